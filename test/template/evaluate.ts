// Expressions as a test sees them: a text that is a whole file, and a scope of plain names.

import { isDeepStrictEqual } from 'node:util';
import { Failure, InvalidInput, type Location } from '../../src/errors.ts';
import type { Expression, Scope, Value } from '../../src/model.ts';
import { compileExpression, compileTemplate } from '../../src/template/template.ts';

export type Names = Readonly<Record<string, Value>>;

export function scopeOf(names: Names): Scope {
  return {
    get: (name) => (Object.hasOwn(names, name) ? names[name] : undefined),
    lookup: (kind, terms) => `${kind}(${terms.join(', ')})`,
  };
}

/** The place of a scalar that is its whole file. */
export function whole(text: string): Location {
  return { source: { file: 'case.yml', text }, start: 0, end: text.length };
}

export const expression = (text: string): Expression => compileExpression(text, whole(text));
export const template = (text: string): Expression => compileTemplate(text, whole(text));
export const evaluate = (text: string, names: Names = {}): Value => expression(text).evaluate(scopeOf(names));
export const render = (text: string, names: Names = {}): Value => template(text).evaluate(scopeOf(names));

/** Those of many cases that come out otherwise than said, with what came out: a diff of all would not be read. */
export function otherwise<T>(cases: readonly (readonly [text: string, said: T])[], outcome: (text: string) => unknown) {
  return cases.map(([text]) => [text, outcome(text)]).filter((found, index) => !isDeepStrictEqual(found, cases[index]));
}

/** What a mistake looks like: the message, what its place covers, the hint. */
export interface Complaint {
  readonly message: string;
  readonly covers: string | undefined;
  readonly hint: string | undefined;
  readonly kind: 'InvalidInput' | 'Failure';
}

const covered = (at: Location | undefined) => at?.source.text.slice(at.start, at.end);

/** The one complaint of something that must fail, in one of the two ways that users cause. */
export function complaintOf(work: () => unknown): Complaint {
  let result: unknown;
  try {
    result = work();
  } catch (error) {
    if (error instanceof InvalidInput) {
      const [first] = error.problems;
      return { kind: 'InvalidInput', message: error.message, covers: covered(first?.at), hint: first?.hint };
    }
    if (error instanceof Failure) {
      return { kind: 'Failure', message: error.message, covers: covered(error.at), hint: error.hint };
    }
    throw error;
  }
  throw new Error(`it did not fail but gave ${JSON.stringify(result)}`);
}
