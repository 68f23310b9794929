// Lists: pages, and the two ways in which a filter matches.

import { invalid, malformed } from '../world/refusal.ts';
import { remembered } from '../world/remembered.ts';
import type { Content } from './answer.ts';
import type { CommandCall } from './command.ts';

/** `default.page.size`. */
const LARGEST_PAGE = 500;

/**
 * `{count, [name]: page}`. No match at all is `{}`; a page beyond the end has a count and no array. Without paging only
 * the first 500 come back; `count` always counts all. Throws `Refusal`.
 */
export function listOf(call: CommandCall, name: string, items: readonly Content[]): Content {
  const { skip, take } = pageOf(call, name);
  if (items.length === 0) return {};
  const page = items.slice(skip, skip + take);
  return page.length === 0 ? { count: items.length } : { count: items.length, [name]: page };
}

function pageOf(call: CommandCall, name: string): { readonly skip: number; readonly take: number } {
  const page = call.integer('page');
  const size = call.integer('pagesize');
  if (size === -1) {
    // The list of settings asks for its page in another place than the others, and fails there.
    const refuse = name === 'configuration' ? malformed : invalid;
    if (page !== undefined) throw refuse("Can't specify page parameter when pagesize is -1 (Unlimited)");
    return { skip: 0, take: Number.POSITIVE_INFINITY };
  }
  if (size !== undefined && size > LARGEST_PAGE) {
    throw malformed(`Page size can't exceed max allowed page size value: ${LARGEST_PAGE}`);
  }
  if (page === undefined && size === undefined) return { skip: 0, take: LARGEST_PAGE };
  if (size === undefined) throw malformed('"pagesize" parameter is required when "page" is specified');
  if (page === undefined) throw malformed('"page" parameter is required when "pagesize" is specified');
  return { skip: (Math.max(page, 1) - 1) * size, take: Math.max(size, 0) };
}

/** MySQL's LIKE: `%` and `_`, whatever the case. */
export const like = (value: string, pattern: string): boolean => expressionOf(pattern).test(value);

const PATTERNS = 16;

/** A list asks for one pattern as often as it has items. */
const expressionOf = remembered(PATTERNS, (pattern) => {
  const source = pattern
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll('%', '[\\s\\S]*')
    .replaceAll('_', '[\\s\\S]');
  return new RegExp(`^${source}$`, 'i');
});

/** What `keyword` does, and `name` of some lists. */
export const contains = (value: string, part: string): boolean => like(value, `%${part}%`);

/** Equal as MySQL compares. */
export const same = (value: string, other: string): boolean => value.toLowerCase() === other.toLowerCase();
