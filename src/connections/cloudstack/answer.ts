// What an HTTP answer says in CloudStack's terms: the object in its envelope, or a refusal.

import type { Item } from '../../connection.ts';
import type { ValueMap } from '../../model.ts';
import type { HttpAnswer } from './transport.ts';

/** The server spoke, and did not do it. */
export interface Refusal {
  /** CloudStack's `errorcode`, which is the HTTP status as well; else that. */
  readonly status: number;
  /** CloudStack's `errortext`, or the title of an HTML page. */
  readonly text: string;
  /** Whether CloudStack said it, in an envelope of its own; else it was Jetty, a proxy or a load balancer. */
  readonly envelope: boolean;
  readonly cserrorcode?: number | undefined;
  /** `Retry-After` in seconds. */
  readonly retryAfterSeconds?: number | undefined;
  /** `Location` of a redirect. */
  readonly location?: string | undefined;
  /** How long the refused request's body was. */
  readonly requestBytes: number;
}

export type Answer = { readonly item: Item } | { readonly refusal: Refusal };

/** An object of an answer, not a list and not null. */
export const isMap = (value: unknown): value is ValueMap =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The fields of a nested object of an answer, or none. */
export function nested(item: Item, name: string): ValueMap {
  const value = item[name];
  return isMap(value) ? value : {};
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/**
 * The object in the one envelope `{"<command>response": {…}}`, whatever its name: errors come as `errorresponse` or
 * literally `"null"` as well. Undefined where the body is no such thing.
 */
function envelope(body: string): Item | undefined {
  const whole = parsed(body);
  if (!isMap(whole)) return undefined;
  const entries = Object.entries(whole);
  const [name, content] = entries[0] ?? [];
  if (entries.length !== 1 || name === undefined || !isMap(content)) return undefined;
  return name === 'null' || name.endsWith('response') ? content : undefined;
}

/** The words of an HTML page: its title, else its first heading, else its first text. */
function pageText(body: string): string {
  const title = /<title[^>]*>([\s\S]*?)<\/title>/i.exec(body)?.[1] ?? /<h1[^>]*>([\s\S]*?)<\/h1>/i.exec(body)?.[1];
  const text = (title ?? body)
    .replace(/<[^>]*>/g, ' ')
    // What is no text at all, such as an answer that is packed without having been asked for.
    .replace(/[\p{Cc}\u{FFFD}]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}

function retryAfter(value: string | undefined, now: Date): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d+$/.test(value.trim())) return Number(value);
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : Math.max(0, (at - now.getTime()) / 1000);
}

/** Reads an answer to a request of that many bytes. `now` is for a `Retry-After` that names a date. */
export function readAnswer({ status, headers, body }: HttpAnswer, requestBytes: number, now: Date): Answer {
  const content = envelope(body);
  if (status === 200 && content && !('errorcode' in content && 'errortext' in content)) return { item: content };
  const code = content?.['cserrorcode'];
  const said = content?.['errorcode'];
  return {
    refusal: {
      status: typeof said === 'number' ? said : status,
      text: typeof content?.['errortext'] === 'string' ? content['errortext'].trim() : pageText(body),
      envelope: content !== undefined,
      cserrorcode: typeof code === 'number' ? code : undefined,
      retryAfterSeconds: retryAfter(headers['retry-after'], now),
      location: headers['location'],
      requestBytes,
    },
  };
}
