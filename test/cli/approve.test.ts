// What `cs-play approve` says and does, on questions of runs that wait, waited, or died.

import { mkdirSync } from 'node:fs';
import { runFolder } from '../../src/journal/folder.ts';
import {
  answer,
  answerTo,
  type OpenQuestion,
  type Published,
  publish,
  questionsOf,
  withdraw,
} from '../../src/journal/questions.ts';
import { stateFolder } from '../../src/state.ts';
import { userAtHost } from '../../src/user.ts';
import { reusedPid } from '../lock/planted.ts';
import { withFolder } from '../rig.ts';
import { assert, type Cases, tests } from '../tests.ts';
import { inProcess } from './in-process.ts';

const RUN = '20261125-034100-9f3c';
const until = new Date(Date.now() + 3_600_000).toISOString();
const rotation: OpenQuestion = {
  number: 1,
  play: 'Rotate the certificate of every cloud',
  message: 'are the users told?',
  hosts: ['eu-1', 'us-1'],
  until,
};
const zones: OpenQuestion = {
  number: 2,
  play: 'Zone after zone',
  on: 'eu-1',
  message: 'go on?',
  hosts: ['eu-1/ams'],
  until,
};

/** What lies in the run's folder before the words are given. */
type Furnish = (folder: string) => void;

const asks =
  (...questions: readonly OpenQuestion[]): Furnish =>
  (folder) => {
    for (const question of questions) publish(folder, question);
  };

/** As `asks`, with what a run of another process would have written. */
function asksAs(more: Partial<Published>): Furnish {
  return (folder) => publish(folder, { ...rotation, ...more });
}

const given = { approved: false, who: 'anna@desk', at: '2026-11-25T03:50:00.000Z' };

interface Case {
  readonly furnish?: Furnish;
  readonly words: readonly string[];
  readonly code?: number;
  readonly says: string;
  /** `number yes|no reason` of each answer that lies there after. */
  readonly left?: readonly string[];
}

const approved = `approved: "Rotate the certificate of every cloud" of run ${RUN}
  are the users told?
  it is for eu-1, us-1
`;

const cases: Readonly<Record<string, Case>> = {
  'says yes to the question of a run': { furnish: asks(rotation), words: [RUN], says: approved, left: ['1 yes'] },
  'takes the beginning of the id': { furnish: asks(rotation), words: ['2026'], says: approved, left: ['1 yes'] },
  'says no with a reason': {
    furnish: asks(rotation),
    words: [RUN, '--reject', '--reason', 'not tonight'],
    says: approved.replace('approved', 'rejected'),
    left: ['1 no not tonight'],
  },
  'says to which of several questions': {
    furnish: asks(rotation, zones),
    words: [RUN, '--question', '2'],
    says: `approved: "Zone after zone" on eu-1 of run ${RUN}\n  go on?\n  it is for eu-1/ams\n`,
    left: ['2 yes'],
  },
  'wants to know which of several questions': {
    furnish: asks(rotation, zones),
    words: [RUN],
    code: 4,
    says: `error: run ${RUN} waits for 2 answers
hint: say to which with --question: 1 ("Rotate the certificate of every cloud"), 2 ("Zone after zone" on eu-1)
`,
  },
  'needs a run': {
    furnish: asks(rotation),
    words: [],
    code: 4,
    says: `error: no run is named\nhint: these wait for an answer: ${RUN}\n`,
  },
  'needs one run': {
    words: [RUN, RUN],
    code: 4,
    says: 'error: one run at a time, not 2\nhint: cs-play approve RUN\n',
  },
  'is refused for a run that there is not': {
    words: ['2025'],
    code: 4,
    says: 'error: there is no run "2025"\nhint: cs-play runs lists them\n',
  },
  'is refused for a run that waits for nothing': {
    words: [RUN],
    code: 4,
    says: `error: run ${RUN} waits for no answer\nhint: cs-play runs show ${RUN} tells where it stands\n`,
  },
  'is refused for a question that there is not': {
    furnish: asks(rotation),
    words: [RUN, '--question', '3'],
    code: 4,
    says: `error: run ${RUN} does not wait for an answer to question "3"\nhint: leave --question out\n`,
  },
  'is refused for a question that was withdrawn': {
    furnish: (folder) => withdraw(folder, publish(folder, rotation)),
    words: [RUN],
    code: 4,
    says: `error: run ${RUN} waits for no answer\nhint: cs-play runs show ${RUN} tells where it stands\n`,
  },
  'is refused where somebody answered before': {
    furnish: (folder) => answer(folder, publish(folder, rotation), given),
    words: [RUN],
    code: 4,
    says: `error: "Rotate the certificate of every cloud" of run ${RUN} was rejected already, by anna@desk at 2026-11-25 03:50:00 UTC
hint: the first answer counts
`,
    left: ['1 no'],
  },
  'is refused where the time is over': {
    furnish: asksAs({ until: '2026-11-25T03:00:00.000Z' }),
    words: [RUN],
    code: 4,
    says: `error: run ${RUN} does not wait any more: nobody answered while it did\nhint: cs-play resume ${RUN} asks again\n`,
  },
  'does not know the words of another command': {
    words: [RUN, '--rejekt'],
    code: 4,
    says: 'error: unknown flag "--rejekt"\nhint: did you mean "--reject"?\n',
  },
};

function answersIn(folder: string): string[] {
  return questionsOf(folder).flatMap((question) => {
    const found = answerTo(folder, question);
    if (!found) return [];
    assert.ok(found.who === userAtHost() || found.who === given.who);
    return [[question.number, found.approved ? 'yes' : 'no', found.reason].filter(Boolean).join(' ')];
  });
}

const table: Cases = Object.fromEntries(
  Object.entries(cases).map(([title, { furnish, words, code = 0, says, left = [] }]) => [
    title,
    () =>
      withFolder(async (root) => {
        const environment = { XDG_STATE_HOME: root };
        const folder = runFolder(stateFolder(environment), RUN);
        mkdirSync(folder, { recursive: true, mode: 0o700 });
        furnish?.(folder);
        const done = await inProcess(['approve', ...words], { environment });
        assert.equal([done.code, done.stdout + done.stderr], [code, says]);
        assert.equal(answersIn(folder), left);
      }),
  ]),
);

tests('approve', table);
tests('questions of a run', {
  'of two answers exactly one counts, and the other hears of it': () =>
    withFolder(async (folder) => {
      const question = publish(folder, rotation);
      assert.is(answer(folder, question, { ...given, approved: true }), undefined);
      assert.equal(answer(folder, question, given), { ...given, approved: true, nonce: question.nonce });
    }),
  'an answer to a question that was asked before is none to the same one asked again': () =>
    withFolder(async (folder) => {
      const before = publish(folder, rotation);
      const again = publish(folder, rotation);
      answer(folder, before, given);
      assert.equal([questionsOf(folder).length, answerTo(folder, again)], [1, undefined]);
    }),
  'a process that died waits for nothing': () =>
    withFolder(async (folder) => {
      const { isAwaited } = await import('../../src/journal/questions.ts');
      const question = publish(folder, rotation);
      const now = new Date();
      assert.equal(
        [question, { ...question, process: reusedPid() }, { ...question, process: reusedPid(), machine: 'other' }].map(
          (each) => isAwaited(each, now),
        ),
        [true, false, true],
      );
    }),
});
