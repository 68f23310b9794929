// Every mistake with its whole message, the part of the text that it points at, and its hint.

import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { assert, tests } from '../tests.ts';
import { complaintOf, evaluate, type Names, render } from './evaluate.ts';

interface Mistake {
  readonly text: string;
  readonly message: string;
  readonly covers: string;
  readonly hint?: string;
  readonly template?: boolean;
}

const folder = new URL('../../../test/template/', import.meta.url);
const mistakes: readonly Mistake[] = JSON.parse(readFileSync(new URL('complaints.json', folder), 'utf8'));

const names: Names = {
  n: 5,
  s: 'abc',
  map: { alpha: 1, beta: { gamma: 2 } },
  list: [1, 2],
  flag: true,
  nothing: null,
};

function complaintAbout({ text, template }: Mistake): Mistake {
  const { message, covers, hint } = complaintOf(() => (template ? render : evaluate)(text, names));
  return {
    text,
    message,
    covers: covers ?? 'nothing',
    ...(hint === undefined ? {} : { hint }),
    ...(template ? { template } : {}),
  };
}

tests('complaints', {
  'each mistake is told in these words, at this place': () => {
    const wrong = mistakes.map(complaintAbout).filter((found, index) => !isDeepStrictEqual(found, mistakes[index]));
    assert.equal(wrong, []);
  },
  'there are enough of them to speak of': () => {
    assert.ok(mistakes.length > 80);
    assert.is(new Set(mistakes.map(({ text, template }) => `${template} ${text}`)).size, mistakes.length);
  },
  'messages begin in lower case, end without a full stop and hold no line break': () => {
    for (const { message, hint = '' } of mistakes) {
      assert.match(message, /^(?:[^A-Z]|JSON )[^\n]*[^.]$/);
      assert.not.match(hint, /^[A-Z](?![A-Z ])|[.]$|\n/);
    }
  },
});
