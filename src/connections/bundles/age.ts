// Encryption of what is kept, in the age format (https://age-encryption.org/v1): the `age` program opens it as well.

import type { Decrypter, Encrypter } from 'age-encryption';
import type { Secret } from '../../secret.ts';

/** To whom a file is encrypted: to recipients (`age1…`), or with a pass phrase alone. The format allows no mixture. */
export type Lock = { readonly recipients: readonly string[] } | { readonly passphrase: Secret };

/** What a file can be opened with; any one of them will do. */
export interface Keys {
  /** `AGE-SECRET-KEY-1…`, as age-keygen writes them. */
  readonly identities: readonly Secret[];
  readonly passphrase: Secret | undefined;
}

/** None of the keys opens the file. */
export class NotHeld extends Error {}

/** A step of the work that a pass phrase costs doubles it; 18 is a second, and what `age` takes. */
const WORK_FACTOR = 18;

/** Loaded when something is encrypted or opened, and not before: most runs do neither. */
const library = () => import('age-encryption');

/** Why a text is no recipient; undefined for one that is. */
export async function recipientFault(recipient: string): Promise<string | undefined> {
  const { Encrypter: Made } = await library();
  return faultOf(() => new Made().addRecipient(recipient));
}

/** Why a text is no identity; undefined for one that is. */
export async function identityFault(identity: Secret): Promise<string | undefined> {
  const { Decrypter: Made } = await library();
  return faultOf(() => new Made().addIdentity(identity.reveal()));
}

function faultOf(attempt: () => void): string | undefined {
  try {
    attempt();
    return undefined;
  } catch (error) {
    // The library quotes nothing of the text.
    return error instanceof Error ? error.message : String(error);
  }
}

/** The bytes of the file. The recipients have been looked at before; `workFactor` is for tests alone. */
export async function encrypted(text: string, lock: Lock, workFactor = WORK_FACTOR): Promise<Uint8Array> {
  const encrypter: Encrypter = new (await library()).Encrypter();
  if ('passphrase' in lock) {
    encrypter.setPassphrase(lock.passphrase.reveal());
    encrypter.setScryptWorkFactor(workFactor);
  } else for (const recipient of lock.recipients) encrypter.addRecipient(recipient);
  return encrypter.encrypt(text);
}

/** The text of the file. Throws `NotHeld` where no key fits, another error where the file is not whole. */
export async function decrypted(bytes: Uint8Array, { identities, passphrase }: Keys): Promise<string> {
  const decrypter: Decrypter = new (await library()).Decrypter();
  for (const identity of identities) decrypter.addIdentity(identity.reveal());
  if (passphrase) decrypter.addPassphrase(passphrase.reveal());
  try {
    return await decrypter.decrypt(bytes, 'text');
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('no identity matched')) throw new NotHeld();
    throw error;
  }
}
