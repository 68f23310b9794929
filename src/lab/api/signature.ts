// The signature of a request, as CloudStack computes it (ApiServer.verifyRequest): the lab's own, so that a mistake of
// the client's cannot hide in shared code.

import { createHmac, timingSafeEqual } from 'node:crypto';
import { type ApiCall, parameter } from './request.ts';

/** Java's URLEncoder with a blank as %20: everything but letters, digits and `. - * _`. */
const encode = (value: string): string =>
  encodeURIComponent(value).replace(/[!'()~]/g, (char) => `%${char.charCodeAt(0).toString(16)}`);

export function signatureOf(parameters: ReadonlyMap<string, string>, secretKey: string): string {
  const names = [...parameters.keys()].filter((name) => name.toLowerCase() !== 'signature').sort();
  const text = names.map((name) => `${name}=${encode(parameters.get(name) ?? '')}`).join('&');
  return createHmac('sha1', secretKey).update(text.toLowerCase()).digest('base64');
}

export function isSigned(call: ApiCall, secretKey: string): boolean {
  const given = Buffer.from(parameter(call, 'signature') ?? '');
  const right = Buffer.from(signatureOf(call.parameters, secretKey));
  return given.length === right.length && timingSafeEqual(given, right);
}

const DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)$/;

/** When the request ends, or undefined where the text is none of the formats that CloudStack reads. */
export function readExpires(text: string | undefined): Date | undefined {
  if (text === undefined || !DATE.test(text)) return undefined;
  return new Date(text.replace(/([+-]\d\d)(\d\d)$/, '$1:$2'));
}
