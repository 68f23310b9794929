// Ranges in host names: `web[01:10].example.com`, `db-[a:f]`, `rack[0:10:2]`.

import type { Location, Problem } from '../errors.ts';

/** A name that expands to more is a mistake. */
const MOST_HOSTS = 100_000;

/** All names that a host key stands for, in order; several ranges multiply, the last changing fastest. */
export function expandRanges(name: string, at: Location, problems: Problem[]): string[] {
  const found = /^([^[]*)\[([^\]]*)\](.*)$/s.exec(name);
  if (!found) return [name];
  const [, before = '', range = '', after = ''] = found;
  const values = rangeOf(range);
  if (values === undefined) {
    const hint = 'a range is [01:10], [a:f] or [0:10:2], both ends included';
    problems.push({ message: `"[${range}]" in a host name is not a range`, at, hint });
    return [];
  }
  const rest = expandRanges(after, at, problems);
  if (values.length * rest.length > MOST_HOSTS) {
    problems.push({ message: `"${name}" stands for more than ${MOST_HOSTS} hosts`, at });
    return [];
  }
  return values.flatMap((value) => rest.map((end) => before + value + end));
}

function rangeOf(range: string): string[] | undefined {
  const numbers = /^(\d*):(\d+)(?::(\d+))?$/.exec(range);
  if (numbers) return numberRange(numbers[1] ?? '', numbers[2] ?? '', Number(numbers[3] ?? 1));
  const letters = /^([a-z]):([a-z])(?::(\d+))?$|^([A-Z]):([A-Z])(?::(\d+))?$/.exec(range);
  if (!letters) return undefined;
  const [from, to, step] = [letters[1] ?? letters[4] ?? '', letters[2] ?? letters[5] ?? '', letters[3] ?? letters[6]];
  return steps(from.charCodeAt(0), to.charCodeAt(0), Number(step ?? 1))?.map((code) => String.fromCharCode(code));
}

/** A leading zero in the start makes every number as wide as the start. */
function numberRange(from: string, to: string, step: number): string[] | undefined {
  const width = from.startsWith('0') && from.length > 1 ? from.length : 0;
  if (width > 0 && to.length !== width) return undefined;
  return steps(Number(from), Number(to), step)?.map((number) => String(number).padStart(width, '0'));
}

function steps(from: number, to: number, step: number): number[] | undefined {
  if (from > to || step < 1 || (to - from) / step > MOST_HOSTS) return undefined;
  return Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, index) => from + index * step);
}
