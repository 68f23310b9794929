// Tasks of the made-up modules, written short.

import type { Expression, Task, Value } from '../../src/model.ts';
import { computed, layer, task } from './build.ts';
import type { World } from './harness.ts';

export const args = (values: Readonly<Record<string, Value | Expression>>) => layer('args', values).vars;
export const say = (name: string, msg: Value | Expression = 'hi', more: Partial<Task> = {}) =>
  task(name, { module: 'say', args: args({ msg }), ...more });
export const fail = (name: string, msg = 'broken', more: Partial<Task> = {}, how = 'failure') =>
  task(name, { module: 'fail', args: args({ msg, how }), ...more });
export const keep = (name: string, value: Value | Expression, more: Partial<Task> = {}) =>
  task(name, { module: 'keep', args: args({ name: 'x', value }), ...more });
export const on = (...names: readonly string[]) =>
  computed(`inventory_hostname in ${names}`, (scope) => names.includes(String(scope.get('inventory_hostname'))));
export const field = (name: string, ...path: readonly string[]) =>
  computed([name, ...path].join('.'), (scope) => {
    let value = scope.get(name) as Record<string, Value>;
    for (const part of path) value = value[part] as Record<string, Value>;
    return value as unknown as Value;
  });

/** What `say` said last, as JSON. */
export const said = (world: World) => world.checks.map((check) => check.replace(/^[^:]*: /, ''));

/** A cloud with a zone and its VMs, as discovery finds it. */
export const discovery = {
  facts: { version: '4.22' },
  children: [
    {
      name: 'ams',
      kind: 'zone' as const,
      groups: ['zones'],
      facts: { zone: 'ams' },
      children: ['v-1', 's-2'].map((name) => ({
        name,
        kind: 'system_vm' as const,
        groups: ['system_vms'],
        facts: { publicip: '192.0.2.1' },
        children: [],
      })),
    },
  ],
};
