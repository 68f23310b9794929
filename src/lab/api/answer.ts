// Answers in CloudStack's envelopes, JSON or XML.

import { exceptionCodes, type Refusal } from '../world/refusal.ts';
import type { Rules } from '../world/rules.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: string;
}

export type Format = 'json' | 'xml';

/** What stands in an envelope: `{count, zone: [...]}`, `{jobid}`, `{}`. */
export type Content = Readonly<Record<string, unknown>>;

const security = {
  'X-Content-Type-Options': 'nosniff',
  'X-XSS-Protection': '1;mode=block',
  'content-security-policy': [
    '1',
    'default-src=none',
    'script-src=self',
    'connect-src=self',
    'img-src=self',
    'style-src=self',
  ],
};

const typeOf = (format: Format): string => `${format === 'json' ? 'application/json' : 'text/xml'};charset=utf-8`;

export function success(envelope: string, content: Content, format: Format, rules: Rules): Answer {
  const body =
    format === 'json'
      ? JSON.stringify({ [envelope]: content })
      : xml(envelope, content, ` cloud-stack-version="${rules.version}"`);
  return {
    status: 200,
    headers: { 'Content-Type': typeOf(format), ...security, Vary: 'Accept-Encoding, User-Agent' },
    body,
  };
}

/**
 * A refusal. Where it was raised before the command began (401, login's 531, 400) there is no X-Description, and where
 * no exception is behind it no `cserrorcode`.
 */
export function failure(envelope: string | undefined, refusal: Refusal, format: Format): Answer {
  const code = refusal.exception ? { cserrorcode: exceptionCodes[refusal.exception] } : {};
  const content = { errorcode: refusal.status, ...code, errortext: refusal.message };
  const described = ![400, 401, 531].includes(refusal.status);
  const body =
    format === 'json'
      ? JSON.stringify({ [envelope ?? 'null']: { uuidList: refusal.uuidList, ...content } })
      : xml(envelope ?? 'errorresponse', content, '');
  const description = described ? { 'X-Description': oneLine(refusal.message) } : {};
  return { status: refusal.status, headers: { 'Content-Type': typeOf(format), ...description, ...security }, body };
}

/** A header holds no line breaks and only Latin characters. */
const oneLine = (text: string): string => text.replace(/[^\x20-\x7e]/g, ' ');

function xml(envelope: string, content: Content, attributes: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?><${envelope}${attributes}>${elements(content)}</${envelope}>`;
}

function elements(content: Content): string {
  return Object.entries(content)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) =>
      Array.isArray(value) ? value.map((item) => element(name, item)).join('') : element(name, value),
    )
    .join('');
}

function element(name: string, value: unknown): string {
  const inner =
    typeof value === 'object' && value !== null
      ? elements(value as Content)
      : String(value).replace(/[&<>]/g, (char) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[char] ?? char);
  return `<${name}>${inner}</${name}>`;
}

/** CloudStack's dates: `2026-11-24T23:16:32+0000`. */
export const dateText = (date: Date): string => date.toISOString().replace(/\.\d+Z$/, '+0000');
