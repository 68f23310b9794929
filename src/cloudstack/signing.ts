// How a CloudStack API request is signed. The rules are those of `ApiServer.verifyRequest`; they are confirmed
// against servers of 4.21, 4.22 and 4.23.

import { createHmac } from 'node:crypto';

/** How long a signed request is good for. With `enforce.post.requests.and.timestamps` (4.21+) the server takes 15 min at most. */
export const EXPIRES_AFTER_SECONDS = 600;

/** `yyyy-MM-ddTHH:mm:ss+0000`, the one form of `expires` that every version since 4.11 parses. */
export function expires(now: Date): string {
  const at = new Date(now.getTime() + EXPIRES_AFTER_SECONDS * 1000);
  return at.toISOString().replace(/\.\d+Z$/, '+0000');
}

/**
 * A value as Java's URLEncoder writes it, with `%20` for a blank. Bare stay letters, digits and `. - * _`; JavaScript's
 * own encoder also leaves `! ~ ' ( )` bare, which the server then computes differently.
 */
export function encodeValue(value: string): string {
  return encodeURIComponent(value).replace(
    /[!~'()]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** The string that is signed: sorted by name as sent (by code unit), values encoded, all in lower case. */
export function stringToSign(parameters: ReadonlyMap<string, string>): string {
  const names = [...parameters.keys()].filter((name) => name !== 'signature').sort();
  return names
    .map((name) => `${name}=${encodeValue(parameters.get(name) ?? '')}`)
    .join('&')
    .toLowerCase();
}

/** The value of `signature`, in Base64, not yet encoded for the form. */
export function signature(parameters: ReadonlyMap<string, string>, secretKey: string): string {
  return createHmac('sha1', secretKey).update(stringToSign(parameters), 'utf8').digest('base64');
}

/** The body of a POST: every parameter encoded, the names as they are. */
export function formBody(parameters: ReadonlyMap<string, string>): string {
  return [...parameters].map(([name, value]) => `${name}=${encodeValue(value)}`).join('&');
}
