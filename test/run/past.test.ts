import type { Result } from '../../src/model.ts';
import { type End, StepFold } from '../../src/run/past.ts';
import { assert, tests } from '../tests.ts';

const step = { task: 'loop', host: 'a' };
const result: Result = { status: 'changed', values: {}, seconds: 0 };

/** One item of a loop with one write, numbered like the item from 1. */
function item(fold: StepFold, index: number, outcome: 'done' | 'unknown', end: End): void {
  const write = index + 1;
  fold.change({ ...step, item: index, at: '2026-11-25T00:00:00Z', change: { summary: `item ${index}` } });
  fold.began({ type: 'write-started', ...step, write, what: `write ${write}` }, undefined);
  fold.wrote({ type: 'write-ended', ...step, write, outcome }, {});
  fold.item({ ...step, index, result }, end);
}

tests('what is known of a step', {
  'an item that is done makes nobody forget what is not known of one before it': () => {
    const fold = new StepFold();
    item(fold, 0, 'unknown', 'failed');
    item(fold, 1, 'done', 'stands');
    const past = fold.past();
    assert.equal([...(past?.items.keys() ?? [])], [1]);
    assert.is(past?.takeWrite('write 1')?.outcome, 'unknown');
    assert.is(past?.takeWrite('write 2'), undefined);
  },
  'of items that are all done nothing is left but that they are': () => {
    const fold = new StepFold();
    item(fold, 0, 'done', 'stands');
    item(fold, 1, 'done', 'stands');
    const past = fold.past();
    assert.equal([...(past?.items.keys() ?? [])], [0, 1]);
    assert.is(past?.takeWrite('write 1'), undefined);
  },
  'a step that stands leaves nothing to go on with': () => {
    const fold = new StepFold();
    item(fold, 0, 'done', 'stands');
    fold.ended('stands');
    assert.is(fold.past(), undefined);
  },
});
