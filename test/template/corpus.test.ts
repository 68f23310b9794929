// Holds the evaluator against the real Jinja2: corpus.json was written by it (corpus.py says how).

import { readFileSync } from 'node:fs';
import type { Value } from '../../src/model.ts';
import { assert, tests } from '../tests.ts';
import { complaintOf, evaluate, type Names, render } from './evaluate.ts';

interface Case {
  readonly text: string;
  readonly value?: Value;
  readonly fails?: string;
}

const folder = new URL('../../../test/template/', import.meta.url);
const read = (name: string) => JSON.parse(readFileSync(new URL(name, folder), 'utf8'));
const corpus: { readonly expressions: readonly Case[]; readonly templates: readonly Case[] } = read('corpus.json');
const deviations: readonly (Case & { readonly reason: string })[] = read('deviations.json');
const context: Names = read('context.json');

/** What is wrong before anything runs, in Jinja as with us. */
const STATIC = new Set(['TemplateSyntaxError', 'TemplateAssertionError']);

function check({ text, value, fails }: Case, run: (text: string, names: Names) => Value): string | undefined {
  if (fails !== undefined) {
    const { kind } = complaintOf(() => run(text, context));
    return STATIC.has(fails) && kind !== 'InvalidInput' ? `${text}: found only when it runs` : undefined;
  }
  const found = run(text, context);
  return JSON.stringify(found) === JSON.stringify(value) ? undefined : `${text}: ${JSON.stringify(found)}`;
}

function wrong(cases: readonly Case[], run: (text: string, names: Names) => Value): string[] {
  const deviating = new Set(deviations.map(({ text }) => text));
  return cases.filter(({ text }) => !deviating.has(text)).flatMap((one) => check(one, run) ?? []);
}

/** Of a template that is one expression Jinja's corpus has the text, we give the value. */
const renderText = (text: string, names: Names) => {
  const value = render(text, names);
  return typeof value === 'string' ? value : render(`${text}{# #}{{ "" }}`, names);
};

tests('corpus', {
  'expressions have the values that Jinja gives them': () => {
    assert.equal(wrong(corpus.expressions, evaluate), []);
  },
  'templates have the texts that Jinja makes of them': () => {
    assert.equal(wrong(corpus.templates, renderText), []);
  },
  'every deviation is one: Jinja says something else, and we say what is written there': () => {
    const all = new Map(corpus.expressions.concat(corpus.templates).map((one) => [one.text, one]));
    for (const { text, value, fails, reason } of deviations) {
      const theirs = all.get(text);
      assert.ok(theirs !== undefined, `${text} is not in the corpus`);
      assert.ok(reason.length > 20);
      const run = text.includes('{{ ') ? renderText : evaluate;
      if (fails === undefined) assert.equal(run(text, context), value, text);
      else assert.is(complaintOf(() => run(text, context)).message, fails);
      assert.not.equal(theirs?.value, value ?? 'nothing', `${text} does not deviate`);
    }
  },
  'the corpus is large, and most of it has values': () => {
    const all = corpus.expressions.concat(corpus.templates);
    assert.ok(all.length > 700);
    assert.ok(all.filter((one) => one.fails === undefined).length > 600);
  },
});
