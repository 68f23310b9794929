// The text of a saved plan: what is read back is what was written, and anything else is refused.

import { createHash } from 'node:crypto';
import { InvalidInput } from '../../src/errors.ts';
import { planFrom, planOf, planText } from '../../src/plan/file.ts';
import { Secret } from '../../src/secret.ts';
import { assert, tests } from '../tests.ts';

const source = { file: 'play.yml', text: 'first\n- second line\nthird\n' };

const plan = planOf({
  madeBy: '1.2.3',
  created: new Date('2026-11-25T03:04:05Z'),
  validSeconds: 7200,
  asked: {
    playbook: '/p/play.yml',
    inventories: [],
    tags: [],
    skipTags: [],
    extraVars: ['a=1'],
    secretVars: [],
    forks: 5,
    forceHandlers: false,
    folder: '/p',
  },
  files: [{ path: '/p/play.yml', sha256: 'ab' }],
  seed: 'seed',
  hosts: [{ host: 'lab', kind: 'cloud', facts: { version: '4.22' } }],
  events: [
    {
      at: '2026-11-25T03:04:05Z',
      type: 'step-ended',
      task: '0.0',
      host: 'lab',
      name: 'Look',
      module: 'own',
      rescued: false,
      notified: [],
      result: {
        status: 'failed',
        ignored: true,
        message: 'with hidden-in-the-message',
        at: { source, start: 8, end: 14 },
        values: { token: new Secret('hidden-in-the-message') },
        seconds: 0,
      },
    },
  ],
});
const text = planText(plan);

/** The text with a checksum of its own, as anybody can make it. */
function signed(edited: string): string {
  const { sha256: _, ...rest } = JSON.parse(edited);
  const sha256 = createHash('sha256').update(JSON.stringify(rest)).digest('hex');
  return JSON.stringify({ ...rest, sha256 });
}

const refused: Readonly<Record<string, readonly [string, string]>> = {
  'text that is no JSON': ['- hosts: all\n', '"FILE" is not a saved plan'],
  'JSON of something else': ['{"plan": 1}', '"FILE" is not a saved plan'],
  'a list': ['[]', '"FILE" is not a saved plan'],
  'a plan that is cut off': [text.slice(0, -20), '"FILE" is cut off or damaged'],
  'a plan that was edited': [text.replace('a=1', 'a=2'), '"FILE" is not as cs-play wrote it: it was edited or damaged'],
  'a plan whose id leads out of the state folder': [
    signed(text.replace(plan.id, '../../x')),
    '"FILE" is not a saved plan',
  ],
  'a format of a later cs-play': [
    text.replace('"version": 1', '"version": 2'),
    '"FILE" has the format 2 of cs-play 1.2.3, and this cs-play reads 1',
  ],
};

function messageOf(content: string): string {
  try {
    planFrom(content, 'FILE');
    return 'taken';
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    return error.message;
  }
}

tests('a saved plan', {
  'is read back as it was written': () => assert.is(planText(planFrom(text, 'FILE')), text),
  'holds its decisions, and of a source no more than the line that is spoken of': () => {
    assert.equal(
      [plan.expires, plan.decisions],
      [
        '2026-11-25T05:04:05.000Z',
        [
          {
            task: '0.0',
            host: 'lab',
            name: 'Look',
            status: 'failed',
            leftAlone: undefined,
            summary: undefined,
            impact: undefined,
            decidedOn: undefined,
            message: 'with ***',
          },
        ],
      ],
    );
    assert.is(text.includes('hidden'), false);
    assert.is(text.includes('second line'), true);
    assert.is(text.includes('first'), false);
  },
  ...Object.fromEntries(
    Object.entries(refused).map(([what, [content, message]]) => [
      `is refused where it is ${what}`,
      () => assert.is(messageOf(content), message),
    ]),
  ),
});
