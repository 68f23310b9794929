import { place } from '../../src/errors.ts';
import { magicVariables } from '../../src/inventory/magic.ts';
import { tryReadInventory } from '../../src/inventory/read.ts';
import { checkPlaybook } from '../../src/playbook/check.ts';
import { readExtraVars } from '../../src/playbook/extra-vars.ts';
import { magicVariables as given } from '../../src/run/magic.ts';
import { assert, tests } from '../tests.ts';
import { clouds } from './bad/case.ts';
import { inFolder } from './in-folder.ts';
import { modules, playbookOf } from './playbook-of.ts';

const lookup = () => 'looked up';

/** Problems of the tasks of a play on every cloud, `place message`. */
function problems(text: string, extraVars: readonly string[] = [], inventoryText: string = clouds): string[] {
  const { inventory } = inFolder({ 'hosts.yml': inventoryText }, () => tryReadInventory(['hosts.yml'], { lookup }));
  const found = checkPlaybook(playbookOf(text, {}, extraVars), inventory, modules, {
    extraVars: readExtraVars(extraVars),
  });
  return found.map(({ at, message }) => `${at ? place(at).replace(/^.*play/, 'play') : ''} ${message}`);
}

const onClouds = (tasks: string) => `- hosts: clouds\n  tasks:\n${tasks.trim().replace(/^/gm, '    ')}\n`;

/** Playbooks in which nothing is wrong. */
const fine: Readonly<Record<string, string>> = {
  'a variable of the inventory, a fact and a magic variable are known': onClouds(
    '- debug: { msg: "{{ console_domain }} {{ version }} {{ inventory_hostname }} {{ hostvars }}" }',
  ),
  'a guarded name need not be defined': onClouds(
    '- debug: { msg: "{{ nope | default(1) }}" }\n  when: nope is not defined or nope > 1',
  ),
  'what is registered is known to later tasks, plays inside and later plays': `${onClouds(
    '- command: uptime\n  register: r\n- hosts: zones\n  tasks: [{ debug: { msg: "{{ r }}" } }]',
  )}- hosts: machines\n  tasks: [{ debug: { msg: "{{ r }}" } }]\n`,
  'what a block registers is known to its rescue, with what failed': onClouds(
    '- block: [{ command: x, register: r }]\n  rescue: [{ debug: { msg: "{{ r }} {{ ansible_failed_task.name }}" } }]',
  ),
  'what set_fact sets is known': onClouds('- set_fact: { x: 1 }\n- debug: { msg: "{{ x }}" }'),
  'a task knows its own result where the result is judged': onClouds(
    '- command: x\n  register: r\n  until: r.rc == 0\n  failed_when: r.rc > 1\n  changed_when: r.rc == 0',
  ),
  'a loop defines its variables': onClouds(
    '- debug: { msg: "{{ vm }} {{ n }} {{ ansible_loop.last }}" }\n  loop: [1]\n  when: vm > 0\n  vars: { twice: "{{ vm * 2 }}" }\n  loop_control: { loop_var: vm, index_var: n, extended: true, label: "{{ vm }}" }',
  ),
  'variables of the play may use what is registered later': `- hosts: clouds\n  vars: { text: "{{ r.stdout }}" }\n  tasks:\n    - { command: x, register: r }\n    - debug: { msg: "{{ text }}" }\n`,
  'a handler that a flush runs defines what it registers': `- hosts: clouds\n  tasks:\n    - { command: x, notify: h }\n    - meta: flush_handlers\n    - debug: { msg: "{{ r }}" }\n  handlers: [{ name: h, command: y, register: r }]\n`,
  'a play inside notifies a handler of the play around it': `- hosts: clouds\n  tasks:\n    - hosts: zones\n      tasks: [{ command: x, notify: [h, topic] }]\n  handlers:\n    - { name: h, debug: }\n    - { debug: , listen: topic }\n`,
  'zones are named only once they are discovered': onClouds('- hosts: ams\n  tasks: [{ debug: }]'),
  'groups of discovered hosts may be selected on top': '- hosts: console_proxies\n  tasks: [{ debug: }]\n',
  'an empty selection is fine where the play says so':
    '- hosts: clouds:&machines\n  allow_empty: true\n  tasks: [{ debug: }]\n',
  'work may be delegated to this machine, to a host, and to a template': onClouds(
    '- { command: x, delegate_to: localhost }\n- { command: x, delegate_to: m1 }\n- { command: x, delegate_to: "{{ inventory_hostname }}" }',
  ),
};

tests('checkPlaybook', {
  ...Object.fromEntries(Object.entries(fine).map(([title, text]) => [title, () => assert.equal(problems(text), [])])),
  '-e defines a variable': () => {
    const text = onClouds('- debug: { msg: "{{ ticket }}" }');
    assert.equal(problems(text), ['play.yml:3:25 "ticket" is not defined']);
    assert.equal(problems(text, ['ticket=1']), []);
  },
  'variables of a play are not known to the next one': () =>
    assert.equal(
      problems(
        '- hosts: clouds\n  vars: { x: 1 }\n  tasks: [{ debug: { msg: "{{ x }}" } }]\n- hosts: clouds\n  tasks: [{ debug: { msg: "{{ x }}" } }]\n',
      ),
      ['play.yml:5:31 "x" is not defined'],
    ),
  'a condition that is handed down is reported once': () =>
    assert.equal(problems(onClouds('- when: nope\n  block: [{ debug: }, { debug: }]')), [
      'play.yml:3:13 "nope" is not defined',
    ]),
  'variables of the inventory that no task uses are left alone': () =>
    assert.equal(problems(onClouds('- debug:'), [], clouds.replace('"*.console', '"{{ nope }}.console')), []),
  'the magic variables are those that a run gives, and what failed before': () =>
    assert.equal([...magicVariables].sort(), [...given.keys(), 'ansible_failed_task', 'ansible_failed_result'].sort()),
});
