// What a run that applies a plan may change: what the plan lists, and what stands where a plan cannot look.

import { SafetyStop } from '../../src/errors.ts';
import type { Playbook } from '../../src/model.ts';
import type { Decision } from '../../src/plan/decision.ts';
import { gateOf, type Wanted } from '../../src/plan/gate.ts';
import { modules, playbookOf } from '../playbook/playbook-of.ts';
import { assert, tests } from '../tests.ts';

const playbook: Playbook = playbookOf(`
- hosts: all
  tasks:
    - command: one
    - { command: two, loop: [a, b] }
    - block:
        - { command: three, notify: open }
      rescue:
        - command: four
    - hosts: zones
      tasks:
        - command: five
    - global_setting: { name: a, value: b }
  handlers:
    - { name: open, command: six }
    - { name: other, command: seven }
`);

const decided = (task: string, more: Partial<Decision> = {}): Decision => ({
  task,
  host: 'lab',
  name: 'x',
  status: 'changed',
  summary: 'do it',
  ...more,
});

const decisions: readonly Decision[] = [
  decided('0.0'),
  decided('0.1', { item: { index: 0, label: 'a' } }),
  decided('0.1', { item: { index: 1, label: 'b' }, status: 'ok' }),
  decided('0.2.0', { status: 'to_prove' }),
  decided('0.3', { status: 'to_prove' }),
  decided('0.4'),
];

const wanted = (task: string, more: Partial<Wanted> = {}): Wanted => ({
  task,
  host: 'lab',
  item: undefined,
  summary: 'do it',
  ...more,
});

const cases: Readonly<Record<string, readonly [Wanted, boolean]>> = {
  'what it lists': [wanted('0.0'), true],
  'not the same on another host': [wanted('0.0', { host: 'other' }), false],
  'not other words where nobody can look at the effect': [wanted('0.0', { summary: 'undo it' }), false],
  'other words where the effect is looked at': [wanted('0.4', { summary: 'do it better' }), true],
  'an item that it lists': [wanted('0.1', { item: 0 }), true],
  'not one that was right': [wanted('0.1', { item: 1 }), false],
  'what only a run can know': [wanted('0.2.0', { summary: 'anything' }), true],
  'a rescue, to which no plan comes': [wanted('0.2.1'), true],
  'what lies inside a play that only a run can know of': [wanted('0.3.0', { host: 'lab/ams' }), true],
  'not that on a host elsewhere': [wanted('0.3.0', { host: 'other/ams' }), false],
  'the handler of what only a run can know': [wanted('0.h.0'), true],
  'not another handler': [wanted('0.h.1'), false],
};

function passes(each: Wanted): boolean {
  const gate = gateOf({ plan: { decisions }, playbook, modules, again: 'cs-play plan …' });
  try {
    gate(each);
    return true;
  } catch (error) {
    if (!(error instanceof SafetyStop)) throw error;
    assert.is(error.message, `the plan does not list this change: ${each.summary}`);
    return false;
  }
}

tests(
  'the gate lets through',
  Object.fromEntries(
    Object.entries(cases).map(([title, [each, through]]) => [title, () => assert.is(passes(each), through)]),
  ),
);
