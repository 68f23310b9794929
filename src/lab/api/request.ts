// An API request as the servlet sees it: one value for each name, whatever way it came.

import type { IncomingHttpHeaders } from 'node:http';

export interface ApiCall {
  readonly method: string;
  /** Names as they were sent, first value of each; what is in the query wins over what is in the body. */
  readonly parameters: ReadonlyMap<string, string>;
  readonly cookies: ReadonlyMap<string, string>;
}

/** `query` without its question mark. A body counts only where it is a form. */
export function readCall(method: string, query: string, body: string, headers: IncomingHttpHeaders): ApiCall {
  const parameters = new Map<string, string>();
  const isForm = /^application\/x-www-form-urlencoded\b/i.test(headers['content-type'] ?? '');
  for (const text of isForm ? [query, body] : [query]) {
    for (const [name, value] of new URLSearchParams(text)) {
      if (!parameters.has(name)) parameters.set(name, value);
    }
  }
  return { method, parameters, cookies: readCookies(headers.cookie ?? '') };
}

function readCookies(header: string): Map<string, string> {
  const pairs = header.split(';').map((pair) => pair.trim().split('='));
  return new Map(pairs.map(([name = '', ...value]) => [name, value.join('=')]));
}

/** A parameter by its name in any case. */
export function parameter(call: ApiCall, name: string): string | undefined {
  for (const [key, value] of call.parameters) if (key.toLowerCase() === name) return value;
  return undefined;
}
