// Filters between values and their written forms: JSON, Base64, digests.

import { createHash, getHashes } from 'node:crypto';
import { Failure } from '../../errors.ts';
import type { Value } from '../../model.ts';
import { type Callables, flagArg, reads, type Site, textArg, wholeArg } from '../callable.ts';
import { limitText } from '../limits.ts';
import { numberText, str } from '../python.ts';
import { isList, isMap } from '../thing.ts';

const digest = (algorithm: string) => reads('', (value, _, site) => hashed(value, algorithm, site));

export const dataFilters: Callables = {
  to_json: reads('...sort_keys ensure_ascii indent', (value, [sort, ascii, indent], site) => {
    return json(value, { sort, ascii, indent: wholeArg(indent ?? undefined, '"indent"', site, 0) }, site);
  }),
  to_nice_json: reads('indent sort_keys ensure_ascii', (value, [indent, sort, ascii], site) => {
    return json(value, { sort: sort ?? true, ascii, indent: wholeArg(indent, '"indent"', site, 4) }, site);
  }),
  from_json: reads('', (value, _, site) => {
    const text = textArg(value, 'JSON', site);
    try {
      return JSON.parse(text) as Value;
    } catch {
      // The parser's own message quotes the text, which may be confidential.
      throw new Failure('the text is not JSON', { at: site.at });
    }
  }),
  b64encode: reads('', (value) => Buffer.from(str(value), 'utf8').toString('base64')),
  b64decode: reads('', (value, _, site) => {
    const text = textArg(value, 'Base64', site).replace(/\s/g, '');
    const bytes = Buffer.from(text, 'base64');
    if (bytes.toString('base64') !== text) throw new Failure('the text is not Base64', { at: site.at });
    const decoded = bytes.toString('utf8');
    if (Buffer.from(decoded, 'utf8').equals(bytes)) return decoded;
    throw new Failure('what is encoded is not UTF-8 text', { at: site.at });
  }),
  hash: reads('hashtype', (value, [type], site) => hashed(value, textArg(type, '"hashtype"', site, 'sha1'), site)),
  checksum: digest('sha1'),
  sha1: digest('sha1'),
  md5: digest('md5'),
};

function hashed(value: Value, algorithm: string, site: Site): string {
  if (!getHashes().includes(algorithm)) throw new Failure(`there is no hash "${algorithm}"`, { at: site.at });
  return createHash(algorithm).update(str(value), 'utf8').digest('hex');
}

interface JsonOptions {
  readonly sort: Value | undefined;
  readonly ascii: Value | undefined;
  readonly indent: number;
}

/** JSON as Python writes it: a space behind `,` and `:`, and everything but ASCII escaped. */
function json(value: Value, options: JsonOptions, site: Site): string {
  const sort = flagArg(options.sort, '"sort_keys"', site, false);
  limitText(options.indent, site.at);
  const text = jsonPart(value, sort, ' '.repeat(Math.max(0, options.indent)), '\n');
  if (!flagArg(options.ascii, '"ensure_ascii"', site, true)) return text;
  return text.replace(/[\x7f-\uffff]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function jsonPart(value: Value, sort: boolean, margin: string, line: string): string {
  const inner = line + margin;
  const wrap = (open: string, parts: readonly string[], close: string) => {
    if (parts.length === 0) return open + close;
    return margin === ''
      ? `${open}${parts.join(', ')}${close}`
      : `${open}${inner}${parts.join(`,${inner}`)}${line}${close}`;
  };
  if (typeof value === 'number') return numberText(value);
  if (isList(value))
    return wrap(
      '[',
      value.map((item) => jsonPart(item, sort, margin, inner)),
      ']',
    );
  if (!isMap(value)) return JSON.stringify(value);
  const entries = Object.entries(value);
  if (sort) entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return wrap(
    '{',
    entries.map(([key, item]) => `${JSON.stringify(key)}: ${jsonPart(item, sort, margin, inner)}`),
    '}',
  );
}
