import { position, type Source } from '../../src/errors.ts';
import type { Scope, Value } from '../../src/model.ts';
import { compileExpression, compileTemplate } from '../../src/template/template.ts';
import { assert, tests } from '../tests.ts';

const scopeOf = (names: Readonly<Record<string, Value>>): Scope => ({
  get: (name) => (Object.hasOwn(names, name) ? names[name] : undefined),
  lookup: (kind, terms) => [kind, ...terms],
});

function sourceOf(text: string): { source: Source; start: number; end: number } {
  return { source: { file: 'case.yml', text }, start: 0, end: text.length };
}

tests('templates', {
  'one expression alone gives its value, anything else a text': () => {
    const scope = scopeOf({ n: 5, none: null });
    const render = (text: string) => compileTemplate(text, sourceOf(text)).evaluate(scope);
    assert.is(render('{{ n }}'), 5);
    assert.is(render('{{ n }} '), '5 ');
    assert.is(render('n'), 'n');
  },
  'the place of a mistake is the place in the file': () => {
    const text = 'when: x =';
    const at = { source: { file: 'case.yml', text }, start: 6, end: 9 };
    assert.throws(
      () => compileExpression('x =', at),
      (error: { problems: readonly { at: typeof at }[] }) => position(error.problems[0]?.at ?? at).column === 9,
    );
  },
});
