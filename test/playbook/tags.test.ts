import { InvalidInput } from '../../src/errors.ts';
import type { Step } from '../../src/model.ts';
import { startAt } from '../../src/playbook/start-at.ts';
import { selectTags } from '../../src/playbook/tags.ts';
import { assert, tests } from '../tests.ts';
import { playbookOf } from './playbook-of.ts';

/** The tasks of Ansible's own table (its acceptance cases for tags). */
const table = playbookOf(`
- hosts: all
  tasks:
    - { name: tag, debug: , tags: tag }
    - { name: always, debug: , tags: [always] }
    - { name: none, debug: }
    - { name: never, debug: , tags: [never, donever] }
    - { name: csv, debug: , tags: "tag1,tag2" }
    - { name: alwaysx, debug: , tags: [always, x] }
`);

/** A tag that only a handler has. */
const tagOfHandler = playbookOf(`
- hosts: all
  tasks:
    - { name: none, debug: , changed_when: true, notify: h }
  handlers:
    - { name: h, debug: , tags: y }
`);

/** `--tags`, `--skip-tags` and the tasks that run. */
const answers: readonly (readonly [string, string, string])[] = [
  ['', '', 'tag always none csv alwaysx'],
  ['tag', '', 'tag always alwaysx'],
  ['', 'tag', 'always none csv alwaysx'],
  ['donever', '', 'always never alwaysx'],
  ['never', '', 'always never alwaysx'],
  ['tag1', '', 'always csv alwaysx'],
  ['untagged', '', 'always none alwaysx'],
  ['tagged', '', 'tag always csv alwaysx'],
  ['all', '', 'tag always none csv alwaysx'],
  ['', 'always', 'tag none csv'],
  ['tag', 'always', 'tag'],
  ['x', 'x', 'always'],
  ['all,never', '', 'tag always none never csv alwaysx'],
  ['', 'tagged', 'none'],
  ['', 'all', 'always alwaysx'],
  ['tag', 'tag', 'always alwaysx'],
  ['tag, tag1', '', 'tag always csv alwaysx'],
];

const nested = playbookOf(`
- hosts: clouds
  tags: outer
  tasks:
    - name: blk
      tags: blk
      block:
        - { name: in block, debug: , tags: own }
        - { name: also in block, debug: }
      rescue:
        - { name: in rescue, debug: }
    - meta: flush_handlers
    - name: inner
      hosts: zones
      tags: deep
      tasks:
        - { name: in zone, debug: }
        - { name: first in zone, debug: , tags: first }
    - { name: last, debug: }
  handlers:
    - { name: handler, debug: }
`);

const name = (step: Step) => step.name?.text ?? step.kind;

/** Names in order; what contains others in front of them in brackets. */
function outline(steps: readonly Step[]): string {
  const parts = steps.map((step) => {
    if (step.kind === 'block') return `${name(step)}[${outline([...step.block, ...step.rescue, ...step.always])}]`;
    return step.kind === 'play' ? `${name(step)}[${outline(step.tasks)}]` : name(step);
  });
  return parts.join(' ');
}

const split = (text: string) => (text === '' ? [] : [text]);
const chosen = (playbook: typeof table, tags: string, skipTags = '') =>
  outline(selectTags(playbook, { tags: split(tags), skipTags: split(skipTags) }).plays.flatMap((play) => play.tasks));

function message(body: () => unknown): string {
  try {
    body();
  } catch (error) {
    if (error instanceof InvalidInput) return error.problems.map((each) => `${each.message}; ${each.hint}`).join('\n');
    throw error;
  }
  return 'nothing was wrong';
}

const many = playbookOf(`
- hosts: all
  tasks:
    - { name: first, debug: }
    - name: blk
      block:
        - { name: second, debug: }
        - { name: third, debug: }
      rescue:
        - { name: rescue, debug: }
- hosts: all
  tasks:
    - command: uptime
`);

const started = (from: string) =>
  startAt(many, from)
    .plays.map((play) => outline(play.tasks))
    .join(' / ');

tests('tags', {
  'a tag that only a handler has is known': () => assert.is(chosen(tagOfHandler, '', 'y'), 'none'),
  ...Object.fromEntries(
    answers.map(([tags, skip, want]) => [
      `--tags "${tags}" --skip-tags "${skip}" leaves ${want}`,
      () => assert.is(chosen(table, tags, skip), want),
    ]),
  ),
  'a tag of a block, a play or an inner play is one of all inside, and handlers stay': () => {
    assert.is(chosen(nested, 'blk'), 'blk[in block also in block in rescue] meta');
    assert.is(chosen(nested, 'own'), 'blk[in block] meta');
    assert.is(chosen(nested, 'deep', 'first'), 'meta inner[in zone]');
    assert.is(chosen(nested, 'outer'), 'blk[in block also in block in rescue] meta inner[in zone first in zone] last');
    assert.is(selectTags(nested, { tags: ['own'], skipTags: [] }).plays[0]?.handlers.length, 1);
  },
  'an unknown tag is refused with the known ones': () =>
    assert.is(
      message(() => selectTags(table, { tags: ['upload'], skipTags: [] })),
      '--tags: no task has the tag "upload"; the playbook has tag, always, never, donever, tag1, tag2, x',
    ),
  'a flag that names no tag is refused': () =>
    assert.is(
      message(() => selectTags(table, { tags: [','], skipTags: [] })),
      '--tags names no tag; leave it out for every task',
    ),
});

tests('--start-at-task', {
  'everything from the task on is left, later plays whole': () =>
    assert.is(started('first'), 'first blk[second third rescue] / task'),
  'a glob finds the first that matches, inside a block as well': () =>
    assert.is(started('th*'), 'blk[third rescue] / task'),
  'a task without a name is found by its module': () => assert.is(started('command'), 'task'),
  'a task that runs only after a failure is no place to start': () =>
    assert.is(
      message(() => startAt(many, 'rescue')),
      '--start-at-task: no task is named "rescue"; --list-tasks prints the names',
    ),
});
