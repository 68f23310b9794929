// Plain values that YAML reads as something other than what is written.

import type { Location, Problem } from '../errors.ts';

/** What is lost when `written` (a plain scalar) is read as the number `value`; undefined where nothing is. */
export function numberProblem(written: string, value: number, at: Location): Problem | undefined {
  const hint = `put it in quotes: "${written}"`;
  if (/^[-+]?0\d/.test(written)) {
    return {
      message: `"${written}" would be read as the number ${value}`,
      at,
      hint: `${hint}, or write 0o… for octal`,
    };
  }
  if (!Number.isFinite(value)) return { message: `"${written}" is not a number that can be used`, at, hint };
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    return { message: `"${written}" would lose digits: it is read as ${BigInt(value)}`, at, hint };
  }
  // 4.20 is a version, not the number 4.2; 1.0 and 50.00 lose nothing that anybody means.
  if (/^[-+]?\d+\.(?!0*$)\d*0$/.test(written)) {
    return { message: `"${written}" would be read as the number ${value}`, at, hint };
  }
  return undefined;
}
