// A run's question on its way to people: at a terminal, and from another process.

import { PassThrough } from 'node:stream';
import { approvalsFor } from '../../src/cli/confirm.ts';
import type { Io } from '../../src/cli/io.ts';
import { answer, publish, questionsOf } from '../../src/journal/questions.ts';
import type { Answer, Question } from '../../src/run/confirm.ts';
import { Secret } from '../../src/secret.ts';
import { userAtHost } from '../../src/user.ts';
import { withFolder } from '../rig.ts';
import { assert, tests } from '../tests.ts';

const question: Question = {
  number: 1,
  play: 'p',
  on: undefined,
  message: 'go on?',
  hosts: ['A'],
  until: new Date(Date.now() + 3_600_000),
};

/** A terminal in memory: what is typed, and what is shown. */
class Desk {
  readonly keys = Object.assign(new PassThrough(), { isTTY: true });
  shown = '';
  readonly io: Io;

  constructor(isTTY = true) {
    const stdout = {
      isTTY,
      write: (text: string) => {
        this.shown += text;
        return true;
      },
    };
    const io = { argv: [], environment: {}, stdout, stderr: stdout, stdin: () => this.keys };
    this.io = io as unknown as Io;
  }
}

const never = (): AbortSignal => new AbortController().signal;
const given = { approved: true, who: 'anna@desk', at: '2026-11-25T03:50:00.000Z', reason: 'told them' };

tests('a question at a terminal', {
  'takes yes and no, and asks again for anything else': () =>
    withFolder(async (folder) => {
      const desk = new Desk();
      const approvals = approvalsFor(desk.io, 'text', folder);
      const first = approvals.ask(question, never());
      desk.keys.write('maybe\nYES\n');
      const second = approvals.ask({ ...question, number: 2, on: 'eu-1' }, never());
      assert.equal(await first, { approved: true, who: userAtHost() });
      desk.keys.write('n\n');
      assert.equal(await second, { approved: false, who: userAtHost() });
      assert.is(desk.shown, '  "p", yes or no?   "p", yes or no?   "p" on eu-1, yes or no? ');
      assert.equal(questionsOf(folder), []);
    }),
  'is not asked where the output is for a program, nor in a pipe': () =>
    withFolder(async (folder) => {
      for (const [desk, output] of [[new Desk(), 'json'] as const, [new Desk(false), 'text'] as const]) {
        const stop = new AbortController();
        const asked = approvalsFor(desk.io, output, folder).ask(question, stop.signal);
        desk.keys.write('yes\n');
        stop.abort();
        assert.equal([await asked, desk.shown], [undefined, '']);
      }
    }),
  'shows no secret, there or in its file': () =>
    withFolder(async (folder) => {
      new Secret('sesame-open');
      const desk = new Desk();
      const secret = { ...question, play: 'with sesame-open', message: 'is sesame-open right?' };
      const asked = approvalsFor(desk.io, 'text', folder).ask(secret, never());
      await Promise.resolve();
      const lies = questionsOf(folder).map(({ play, message }) => [play, message]);
      assert.equal([desk.shown, lies], ['  "with ***", yes or no? ', [['with ***', 'is *** right?']]]);
      desk.keys.write('yes\n');
      await asked;
    }),
  'is given up when nobody waits any more': () =>
    withFolder(async (folder) => {
      const desk = new Desk();
      const stop = new AbortController();
      const approvals = approvalsFor(desk.io, 'text', folder);
      const asked = [approvals.ask(question, stop.signal), approvals.ask({ ...question, number: 2 }, stop.signal)];
      assert.is(questionsOf(folder).length, 2);
      await Promise.resolve();
      stop.abort();
      assert.equal(await Promise.all(asked), [undefined, undefined]);
      assert.equal([desk.shown, questionsOf(folder)], ['  "p", yes or no? \n', []]);
    }),
});

tests('a question in the folder of a run', {
  'is answered from elsewhere, and the terminal is told to wait no longer': () =>
    withFolder(async (folder) => {
      const desk = new Desk();
      const asked = approvalsFor(desk.io, 'text', folder).ask(question, never());
      const [published] = questionsOf(folder);
      assert.ok(published);
      assert.is(answer(folder, published, given), undefined);
      const { approved, who, reason } = (await asked) as Answer;
      assert.equal([approved, who, reason], [true, 'anna@desk', 'told them']);
      assert.equal(desk.shown, '  "p", yes or no? \n');
    }),
  'hears no answer to a question of an earlier part of the run': () =>
    withFolder(async (folder) => {
      const before = publish(folder, { ...question, until: question.until.toISOString() });
      const stop = new AbortController();
      const asked = approvalsFor(new Desk(false).io, 'text', folder).ask(question, stop.signal);
      answer(folder, before, given);
      stop.abort();
      assert.is(await asked, undefined);
    }),
});
