// What a journal does not keep is looked at again, and what it does keep stays as it was.

import { NOT_KEPT, type WorkEnded } from '../../src/journal/entry.ts';
import type { Result, ValueMap } from '../../src/model.ts';
import { Forgotten } from '../../src/run/forgotten.ts';
import { assert, type Cases, tests } from '../tests.ts';
import { host, task } from './build.ts';

const box = host('box');
const work = { kind: 'task', task: task('look'), host: box } as unknown as Parameters<Forgotten['add']>[0];
const resultOf = (status: Result['status'], values: ValueMap, message?: string): Result => ({
  status,
  message,
  values,
  seconds: 0,
});

/** What the task came to before, without its secrets. */
const before: ValueMap = { leaf: 'a1', key: NOT_KEPT, rows: [{ name: 'root', key: NOT_KEPT }], replaces: 'b2' };

interface ForgottenCase {
  /** What the looks come to, the last for good. */
  readonly now: readonly Result[];
  readonly kept?: ValueMap;
  readonly stops?: string;
}

const found = (more: ValueMap) =>
  resultOf('ok', { leaf: 'a1', key: 'k1', rows: [{ name: 'root', key: 'k2' }], replaces: 'b2', ...more });
const whole: ValueMap = { leaf: 'a1', key: 'k1', rows: [{ name: 'root', key: 'k2' }], replaces: 'b2' };
const away = resultOf('unreachable', {}, 'nobody is there');

const cases: Readonly<Record<string, ForgottenCase>> = {
  'what is missing is filled in': { now: [found({})], kept: whole },
  'what tells of the moment stays as it was': { now: [found({ replaces: null })], kept: whole },
  'anything else that is not as it was stops the run': {
    now: [found({ leaf: 'c3' })],
    stops: '"look" on box does not come to what it was when the run began: leaf was "a1", is "c3"',
  },
  'a failure stops the run': {
    now: [resultOf('failed', {}, 'gone')],
    stops: '"look" on box does not come to what it was when the run began: it is failed, gone',
  },
  'a host that does not answer yet is asked again': { now: [away, away, found({})], kept: whole },
  'a host that does not answer at all is out of reach, and nothing is said to have changed': {
    now: [away],
    stops: 'nobody is there',
  },
};

const forgottenTest =
  ({ now, kept, stops }: ForgottenCase) =>
  async (): Promise<void> => {
    let time = 0;
    let looks = 0;
    let taken: WorkEnded | undefined;
    const forgotten = new Forgotten({
      look: async () => ({ result: now[Math.min(looks++, now.length - 1)] as Result, facts: {}, variables: {} }),
      keep: (_, ended) => {
        taken = ended;
      },
      momentary: () => ['replaces'],
      clock: {
        now: () => time,
        timer: (milliseconds, ring) => {
          time += milliseconds;
          setImmediate(ring);
          return () => undefined;
        },
      },
      interrupted: undefined,
      warn: () => undefined,
    });
    forgotten.add(work, { kind: 'task', step: 'look', host: 'box', name: 'look', result: resultOf('ok', before) });
    const lost = await forgotten.lookAgain(box);
    assert.is(lost?.message, stops);
    assert.equal(taken?.result.values, kept);
  };

tests(
  'what a journal does not keep',
  Object.fromEntries(Object.entries(cases).map(([title, one]) => [title, forgottenTest(one)])) as Cases,
);
