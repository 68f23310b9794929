// Random soups of tokens: whatever users write, only what users cause is thrown, in bounded time.

import { assert, tests } from '../tests.ts';
import { complaintOf, evaluate, type Names, render } from './evaluate.ts';

const names: Names = {
  a: 1,
  b: 'text',
  c: [1, 'x', null, { k: 2 }],
  d: { k: [1, 2], constructor: 3 },
  e: null,
  u: { unknown: true, reason: 'of the run' },
};

const WORDS =
  `a b c d e u x k 0 1 2.5 -3 'x' "y" '(' '%s' '{}' '' [] {} () true none ( ) [ ] { } , : . .. | + - * / // % ** ~ == != < <= > >= = ` +
  `in not and or is if else is_defined defined undefined string mapping even match version in default upper lower sort map select join ` +
  `first last length int bool to_json from_json combine dict2items unique flatten regex_replace regex_search replace split batch zip ` +
  `round sum min max reverse list range lookup dict get items keys format strip attribute= width= k= loop \\ ' " & ! ? ; # é 😀 {{ }} {% %} {# #} ` +
  `{%if {%for {%set {%endif%} {%endfor%} {%else%} {%raw%} {%endraw%} \n`;
const words = WORDS.split(' ');

/** A small generator of numbers (mulberry32), so that a failing soup can be made again from its seed. */
function randomly(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

function soup(seed: number): string {
  const next = randomly(seed);
  return Array.from({ length: 1 + next(12) }, () => words[next(words.length)]).join(next(2) === 0 ? ' ' : '');
}

/** Whether it gave a value; throws what no user can cause, with the soup in its message. */
function survives(text: string, run: (text: string, names: Names) => unknown): boolean {
  let gaveValue = false;
  try {
    complaintOf(() => {
      const value = run(text, names);
      gaveValue = true;
      return value;
    });
  } catch (error) {
    if (!gaveValue) throw new Error(`${JSON.stringify(text)} threw ${(error as Error).stack}`);
  }
  return gaveValue;
}

/** Subjects, filters and tests put together so that most of them parse, and many evaluate. */
function sentence(seed: number): string {
  const next = randomly(seed);
  const pick = (from: string) => from.split(' ')[next(from.split(' ').length)] ?? '';
  const value = (): string => pick("a b c d e u c[0] d.k d['k'] 1 'x' [1,2] {'k':1} none true nope.x -1 2.5");
  const step = (): string => {
    const kind = next(6);
    if (kind === 0) return ` ${pick('+ - * / // % ~ == < in and or ** !=')} ${value()}`;
    if (kind === 1) return ` is ${pick('defined string mapping even none number in(c) match("x") subset(c) changed')}`;
    if (kind === 2)
      return ` | ${pick('default(1) upper length first sort unique list int bool to_json flatten string trim')}`;
    if (kind === 3)
      return ` | ${pick('join(",") map("string") select map(attribute="k") combine(d) replace("x","y") dict2items')}`;
    if (kind === 4) return `.${pick('split() lower() get("k") items() strip("x") format(1) index(1) k')}`;
    return ` if ${value()} else ${value()}`;
  };
  return value() + Array.from({ length: 1 + next(4) }, step).join('');
}

const seeds = Array.from({ length: 4000 }, (_, seed) => seed);

tests('fuzz', {
  'no soup of tokens makes the evaluator throw what is not the user’s': () => {
    for (const seed of seeds) {
      survives(soup(seed), evaluate);
      survives(`${soup(seed)} {{ ${soup(seed + 1)} }}`, render);
    }
  },
  'nor does any expression, and many of them have values': () => {
    const values = seeds.filter((seed) => survives(sentence(seed), evaluate)).length;
    assert.ok(values > seeds.length / 5 && values < seeds.length, `${values} values`);
  },
});
