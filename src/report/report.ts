// What every report is: a fold over the one stream of events.

import type { Event } from '../model.ts';

export interface Report {
  take(event: Event): void;
  /** Puts the terminal back in order; also after an error. */
  close(): void;
}
