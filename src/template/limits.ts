// A template never takes the runner down: what could grow without bound is refused beyond what anyone needs.

import { Failure, type Location } from '../errors.ts';

/** Characters of a text that an expression makes. */
const LONGEST_TEXT = 10_000_000;
/** Items of a list that an expression makes. */
const LONGEST_LIST = 1_000_000;
/** Characters that a regular expression is let loose on. */
const LONGEST_SEARCHED = 100_000;
/** Passes through the bodies of all `for` loops of one template. */
export const MOST_PASSES = 100_000;

export function limitText(length: number, at: Location): void {
  if (length > LONGEST_TEXT) throw new Failure(`the text would be longer than ${LONGEST_TEXT} characters`, { at });
}

export function limitList(length: number, at: Location): void {
  if (length > LONGEST_LIST) throw new Failure(`the list would be longer than ${LONGEST_LIST} items`, { at });
}

export function limitSearched(text: string, at: Location): void {
  if (text.length <= LONGEST_SEARCHED) return;
  throw new Failure(`the text to search in is longer than ${LONGEST_SEARCHED} characters`, { at });
}
