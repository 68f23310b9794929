// How an SSH connection comes about: what to log in with, whom to trust, and another try where sshd was only busy.

import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import type { NodeSSH } from 'node-ssh';
import type { AnyAuthMethod, Channel } from 'ssh2';
import { Failure, Unreachable } from '../../errors.ts';
import { pause } from '../clock.ts';
import type { Endpoint } from '../route.ts';
import { NoConnection } from '../socket.ts';
import { readKeyFile } from './keys.ts';
import { judgeKey, type KnownHost, keyAlgorithms, readKnownHosts, type Verdict } from './known-hosts.ts';
import type { SshTarget } from './target.ts';
import { hostKeyRefused, loginRefused, noKeys, type Offered } from './trouble.ts';

const READY_SECONDS = 20;
const KEEPALIVE_SECONDS = 10;
const KEEPALIVES_MISSED = 3;
const CONNECT_TRIES = 4;
/** OpenSSH's MaxAuthTries is 6, and every key offered counts. */
const MOST_KEYS = 5;

function knownHostsOf(target: SshTarget): KnownHost[] {
  return (target.knownHosts?.files ?? []).flatMap((file) => {
    try {
      return readKnownHosts(readFileSync(file, 'utf8'), file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw new Failure(`"${file}" cannot be read: ${(error as NodeJS.ErrnoException).code}`, {
        code: 'ssh-known-hosts',
      });
    }
  });
}

/** What to log in with: the named key alone, or the agent and then the default keys that are there. */
function authentication(target: SshTarget): { readonly methods: AnyAuthMethod[]; readonly offered: Offered } {
  const files = target.keyFiles.map(readKeyFile);
  const keys = files.flatMap((file) => (file.kind === 'key' ? [file] : [])).slice(0, MOST_KEYS);
  const offered: Offered = {
    keys: keys.map(({ file }) => file),
    encrypted: files.flatMap(({ kind, file }) => (kind === 'encrypted' ? [file] : [])),
    missing: target.keyNamed ? files.flatMap(({ kind, file }) => (kind === 'missing' ? [file] : [])) : [],
    agent: target.agent !== undefined,
  };
  const username = target.user;
  const agent: AnyAuthMethod[] = target.agent === undefined ? [] : [{ type: 'agent', username, agent: target.agent }];
  const own = keys.map(({ text }): AnyAuthMethod => ({ type: 'publickey', username, key: text }));
  const methods = [...agent, ...own];
  if (methods.length === 0) throw noKeys(target, offered);
  return { methods, offered };
}

export interface Opened {
  readonly ssh: NodeSSH;
  readonly sock: Socket | Channel;
}

/** What is loaded before anything is dialled: a socket that is closed meanwhile would close unheard. */
interface Preparation {
  readonly library: typeof import('node-ssh');
  readonly entries: readonly KnownHost[];
  readonly methods: AnyAuthMethod[];
  readonly offered: Offered;
}

async function shake(
  target: SshTarget,
  { library, entries, methods, offered }: Preparation,
  { sock, real }: Dialled,
): Promise<Opened> {
  const name = target.knownHosts?.name ?? '';
  let refusal: { readonly verdict: Verdict; readonly key: Buffer } | undefined;
  const verify = (key: Buffer): boolean => {
    if (target.knownHosts === undefined) return true;
    const verdict = judgeKey(entries, name, key);
    if (verdict.verdict !== 'known') refusal = { verdict, key };
    return verdict.verdict === 'known';
  };
  const ssh = new library.NodeSSH();
  try {
    await ssh.connect({
      username: target.user,
      sock: sock as Socket,
      authHandler: methods,
      hostVerifier: verify,
      algorithms: { serverHostKey: keyAlgorithms(entries, name) as never },
      readyTimeout: READY_SECONDS * 1000,
      keepaliveInterval: KEEPALIVE_SECONDS * 1000,
      keepaliveCountMax: KEEPALIVES_MISSED,
    });
  } catch (error) {
    sock.destroy();
    if (refusal) throw hostKeyRefused(target, real, refusal.verdict, refusal.key);
    if ((error as { level?: unknown }).level === 'client-authentication') throw loginRefused(target, offered);
    throw error;
  }
  return { ssh, sock };
}

/** sshd drops connections at random while too many log in at once (MaxStartups): then it is worth another try. */
function isDropped(error: unknown): boolean {
  return error instanceof Error && /before handshake|ECONNRESET|No response from server/.test(error.message);
}

export interface Dialled {
  readonly sock: Socket | Channel;
  /** Where the connection went. */
  readonly real: Endpoint;
}

/**
 * Dials and logs in. Rejects with `Unreachable` (nobody there, login refused), or with `Failure` (host key, own keys).
 */
export async function logIn(target: SshTarget, dial: () => Promise<Dialled>, signal: AbortSignal): Promise<Opened> {
  const prepared = { entries: knownHostsOf(target), ...authentication(target), library: await import('node-ssh') };
  for (let tries = 1; ; tries++) {
    try {
      return await shake(target, prepared, await dial());
    } catch (error) {
      if (error instanceof Failure) throw error;
      if (error instanceof NoConnection) throw new Unreachable(error.message, { code: `ssh-${error.reason}` });
      if (!isDropped(error) || tries === CONNECT_TRIES) {
        throw new Unreachable(`${target.name}: no SSH connection: ${(error as Error).message}`, {
          code: 'ssh-connect',
        });
      }
      await pause(tries * (0.2 + Math.random() * 0.4), signal);
    }
  }
}
