// Every keyword of the playbook language, once: where it may stand and how it may be written. Reading, hints for
// misspelt ones and the editor schema come from this table.

import type { JsonSchema } from '../schema/ajv.ts';
import { windowSchema } from '../window/schema.ts';

/** What a map in a playbook can be. `inner` is a play where a task may stand; a handler is a task or an inner play. */
export type Place = 'play' | 'inner' | 'task' | 'block' | 'meta' | 'import_tasks' | 'import_playbook';

export interface Keyword {
  readonly on: readonly Place[];
  /** One sentence, no full stop. */
  readonly description: string;
  readonly schema: JsonSchema;
}

const template = '\\{\\{';
const text: JsonSchema = { type: 'string' };
const flag: JsonSchema = { type: ['boolean', 'string'], pattern: template };
const number: JsonSchema = { type: ['number', 'string'], pattern: `^-?\\d+(\\.\\d+)?$|${template}`, minimum: 0 };
const texts: JsonSchema = { type: ['string', 'array'], items: { type: 'string' } };
const conditions: JsonSchema = { type: ['string', 'boolean', 'array'], items: { type: ['string', 'boolean'] } };
const map: JsonSchema = { type: 'object' };
const steps: JsonSchema = { type: 'array', items: { $ref: '#/definitions/step' } };

const duration: JsonSchema = { type: ['string', 'number'] };

const confirmSchema: JsonSchema = {
  type: ['string', 'object'],
  properties: {
    message: { description: 'what the person is asked', ...text },
    timeout: { description: 'how long an answer is waited for, as in 4h (default: 1h)', ...duration },
    each: { description: 'wave: asked before every wave of serial', enum: ['play', 'wave'] },
  },
  additionalProperties: false,
};
const soakSchema: JsonSchema = {
  type: ['string', 'number', 'object'],
  properties: {
    time: { description: 'how long, as in 10m', ...duration },
    every: { description: 'time between two looks (default: 30s)', ...duration },
    last: { description: 'after the last wave as well', ...flag },
  },
  additionalProperties: false,
};

const everywhere = ['play', 'inner', 'task', 'block', 'import_tasks', 'import_playbook'] as const;
const withTasks = ['play', 'inner', 'task', 'block', 'import_tasks'] as const;

export const keywords: Readonly<Record<string, Keyword>> = {
  name: { on: [...everywhere, 'meta'], description: 'what it is for, in words', schema: text },
  tags: { on: [...everywhere, 'meta'], description: 'names that --tags and --skip-tags choose by', schema: texts },
  when: { on: [...everywhere, 'meta'], description: 'conditions that must all be true', schema: conditions },
  vars: { on: everywhere, description: 'variables for all that is inside', schema: map },

  hosts: { on: ['play', 'inner'], description: 'which hosts: names, groups, paths, patterns', schema: texts },
  tasks: { on: ['play', 'inner'], description: 'tasks, blocks and plays, in order', schema: steps },
  pre_tasks: {
    on: ['play', 'inner'],
    description: 'tasks before "tasks", with the handlers that they notify',
    schema: steps,
  },
  post_tasks: { on: ['play', 'inner'], description: 'tasks after "tasks" and its handlers', schema: steps },
  handlers: { on: ['play', 'inner'], description: 'what runs once when a change notified it', schema: steps },
  vars_files: { on: ['play', 'inner'], description: 'files of variables', schema: texts },
  serial: {
    on: ['play', 'inner'],
    description: 'hosts at a time: a number, a percentage or a list of them; the last repeats',
    schema: { type: ['integer', 'string', 'array'], items: { type: ['integer', 'string'] } },
  },
  max_fail_percentage: {
    on: ['play', 'inner'],
    description: 'stop when more than this share of a batch failed or was unreachable',
    schema: { type: ['number', 'string'], minimum: 0, maximum: 100 },
  },
  window: {
    on: ['play', 'inner'],
    description: 'when writing is allowed: days, hours and time zone, as in "sat-sun 01:00-05:00 Europe/Amsterdam"',
    schema: windowSchema,
  },
  confirm: {
    on: ['play', 'inner'],
    description: 'what a person has to say yes to before the play begins',
    schema: confirmSchema,
  },
  soak: {
    on: ['play', 'inner'],
    description: 'how long the proofs of a wave are repeated before the next wave begins',
    schema: soakSchema,
  },
  order: {
    on: ['play', 'inner'],
    description: 'in which order hosts come',
    schema: { enum: ['inventory', 'reverse_inventory', 'sorted', 'reverse_sorted', 'shuffle'] },
  },
  force_handlers: { on: ['play', 'inner'], description: 'run notified handlers on failed hosts too', schema: flag },
  allow_empty: { on: ['play', 'inner'], description: 'a pattern that selects no host is no error', schema: flag },
  gather_facts: {
    on: ['play', 'inner'],
    description: 'only false: there is nothing to gather',
    schema: { const: false },
  },

  block: { on: ['block'], description: 'steps that share keywords, rescue and always', schema: steps },
  rescue: { on: ['block'], description: 'steps for hosts that failed in the block', schema: steps },
  always: { on: ['block'], description: 'steps that run after block and rescue in every case', schema: steps },
  import_tasks: { on: ['import_tasks'], description: 'a file of steps that stands here', schema: text },
  import_playbook: { on: ['import_playbook'], description: 'a playbook whose plays stand here', schema: text },
  meta: {
    on: ['meta'],
    description: 'an order to the engine',
    schema: { enum: ['flush_handlers', 'end_play', 'end_batch', 'end_host', 'clear_host_errors', 'noop'] },
  },

  args: { on: ['task'], description: 'arguments of the task module, beside its own', schema: map },
  register: { on: ['task', 'inner'], description: 'the variable that holds the result', schema: text },
  loop: {
    on: ['task'],
    description: 'a list; the task runs once for each item',
    schema: { type: ['array', 'string'] },
  },
  loop_control: { on: ['task'], description: 'loop_var, index_var, label, extended, pause', schema: map },
  until: { on: ['task'], description: 'try again until these conditions are true', schema: conditions },
  retries: { on: ['task'], description: 'how often to try again (default: 3)', schema: number },
  delay: { on: ['task'], description: 'seconds between two tries (default: 5)', schema: number },
  changed_when: { on: ['task'], description: 'conditions that decide whether it changed', schema: conditions },
  failed_when: { on: ['task'], description: 'conditions that decide whether it failed', schema: conditions },
  notify: { on: ['task', 'inner', 'block'], description: 'handlers to run later if this changed', schema: texts },
  listen: { on: ['task', 'inner'], description: 'topics that notify this handler', schema: texts },
  delegate_to: { on: ['task'], description: 'the host whose connection does the work', schema: text },

  any_errors_fatal: { on: withTasks, description: 'one failed host stops the play', schema: flag },
  ignore_errors: { on: withTasks, description: 'a failure does not take the host out', schema: flag },
  ignore_unreachable: { on: withTasks, description: 'an unreachable host stays in', schema: flag },
  run_once: { on: withTasks, description: 'on the first host only, for all', schema: flag },
  no_log: { on: withTasks, description: 'show nothing of arguments and results', schema: flag },
  check_mode: { on: withTasks, description: 'true: only look, in a run too', schema: flag },
  diff: { on: withTasks, description: 'show before and after, or do not', schema: flag },
  timeout: { on: withTasks, description: 'seconds that one task on one host may take', schema: number },
  throttle: { on: withTasks, description: 'on how many hosts at once at most', schema: number },
  environment: {
    on: withTasks,
    description: 'environment variables of commands',
    schema: { type: ['object', 'array', 'string'] },
  },
};

/** Keywords of Ansible that are not there yet, and what to write instead. */
export const notYet: Readonly<Record<string, string>> = {
  roles: 'move the tasks into a file and use "import_tasks"',
  include_role: 'move the tasks into a file and use "import_tasks"',
  import_role: 'move the tasks into a file and use "import_tasks"',
  include_tasks: 'write "import_tasks", which is checked before anything runs',
  include_vars: 'write "vars_files" in the play',
  include: 'write "import_tasks"',
  strategy: 'remove it: hosts go through the tasks together',
  action: 'write the name of the task module as the key',
  local_action: 'write the name of the task module as the key, and "delegate_to: localhost"',
  async: 'remove it: tasks wait for what they start, up to "timeout"',
  poll: 'remove it: tasks wait for what they start, up to "timeout"',
  become: 'connect as the user that may do it: the variable ansible_user',
  become_user: 'connect as the user that may do it: the variable ansible_user',
  become_method: 'connect as the user that may do it: the variable ansible_user',
  become_flags: 'connect as the user that may do it: the variable ansible_user',
  remote_user: 'set the variable ansible_user',
  connection: 'set the variable ansible_connection',
  port: 'set the variable ansible_port',
  delegate_facts: 'set the variable in a play on that host',
  vars_prompt: 'give the variable with -e',
  module_defaults: 'write the arguments at each task',
  collections: 'remove it',
  debugger: 'remove it',
  break_when: 'remove it',
  first_available_file: 'name one file',
};

/** Keywords that a place takes. */
export function keywordsOf(place: Place): string[] {
  return Object.keys(keywords).filter((name) => keywords[name]?.on.includes(place));
}
