// `--output json`: the event stream itself, one JSON object a line, nothing else.

import type { Event } from '../model.ts';
import { redact } from '../secret.ts';
import type { Output } from './live.ts';
import type { Report } from './report.ts';

/** Secrets print as `***`: by type when serialised, and by value in the line as a whole. */
export function ndjsonReport(out: Output): Report {
  return {
    take: (event: Event) => void out.write(redact(`${JSON.stringify(event)}\n`)),
    close: () => undefined,
  };
}
