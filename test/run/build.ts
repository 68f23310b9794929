// Plays and hosts for tests, written short.

import { parsePattern } from '../../src/inventory/pattern.ts';
import type {
  Block,
  Expression,
  Handler,
  Host,
  HostKind,
  Meta,
  Play,
  Scope,
  Step,
  Task,
  Value,
  VarLayer,
} from '../../src/model.ts';

const source = { file: 'test.yml', text: '' };
export const at = { source, start: 0, end: 0 };

export const literal = (value: Value): Expression => ({
  text: String(value),
  at,
  names: [],
  constant: true,
  evaluate: () => value,
});

export const computed = (text: string, evaluate: (scope: Scope) => Value): Expression => ({
  text,
  at,
  names: [],
  constant: false,
  evaluate,
});

/** The variable of that name, as an expression. */
export const variable = (name: string): Expression =>
  computed(name, (scope) => {
    const value = scope.get(name);
    if (value === undefined) throw new TypeError(`test variable ${name} is not defined`);
    return value;
  });

export const layer = (origin: string, vars: Readonly<Record<string, Value | Expression>>): VarLayer => ({
  origin,
  vars: new Map(Object.entries(vars).map(([name, value]) => [name, isExpression(value) ? value : literal(value)])),
});

const isExpression = (value: Value | Expression): value is Expression =>
  typeof value === 'object' && value !== null && 'evaluate' in value;

const common = (name: string) => ({ id: name, at, name: literal(name), tags: [], when: [], vars: [] });

/** The name is the id as well: one of a kind in a test. */
export function task(name: string, more: Partial<Task> = {}): Task {
  return {
    ...common(name),
    kind: 'task',
    module: 'debug',
    args: new Map(),
    register: undefined,
    loop: undefined,
    loopControl: { loopVar: 'item', indexVar: undefined, label: undefined, extended: false, pauseSeconds: 0 },
    until: undefined,
    retries: undefined,
    delaySeconds: undefined,
    changedWhen: undefined,
    failedWhen: undefined,
    notify: [],
    listen: [],
    delegateTo: undefined,
    runOnce: false,
    ignoreErrors: undefined,
    ignoreUnreachable: false,
    anyErrorsFatal: false,
    noLog: false,
    diff: undefined,
    checkMode: undefined,
    timeoutSeconds: undefined,
    throttle: undefined,
    environment: [],
    ...more,
  };
}

export function block(
  name: string,
  parts: { readonly block: readonly Step[]; readonly rescue?: readonly Step[]; readonly always?: readonly Step[] },
  more: Partial<Block> = {},
): Block {
  return { ...common(name), kind: 'block', rescue: [], always: [], anyErrorsFatal: false, ...parts, ...more };
}

export const meta = (action: Meta['action'], more: Partial<Meta> = {}): Meta => ({
  ...common(action),
  kind: 'meta',
  action,
  ...more,
});

export function play(
  name: string,
  hosts: string,
  tasks: readonly Step[],
  more: Partial<Play> & { readonly handlers?: readonly Handler[] } = {},
): Play {
  return {
    ...common(name),
    kind: 'play',
    hosts: parsePattern(hosts, at),
    serial: [],
    maxFailPercentage: undefined,
    anyErrorsFatal: false,
    forceHandlers: undefined,
    order: 'inventory',
    allowEmpty: false,
    tasks,
    handlers: [],
    ignoreErrors: undefined,
    runOnce: false,
    notify: [],
    listen: [],
    register: undefined,
    throttle: undefined,
    window: undefined,
    confirm: undefined,
    soak: undefined,
    ...more,
  };
}

/** A host and those below it, parents first: `host('eu-1', 'cloud', ['clouds'])`. */
export function host(
  path: string,
  kind: HostKind = 'host',
  groups: readonly string[] = [],
  parent?: Host,
  layers: readonly VarLayer[] = [],
): Host {
  const name = path.split('/').at(-1) ?? path;
  return { path, name, kind, parent, groups, layers, facts: {} };
}

export const hosts = (...names: readonly string[]): Host[] => names.map((name) => host(name));

/** A cloud's zones and, in each, its system VMs: what a discovery finds. */
export function below(cloud: Host, zones: Readonly<Record<string, readonly string[]>>): Host[] {
  return Object.entries(zones).flatMap(([name, vms]) => {
    const zone = host(`${cloud.path}/${name}`, 'zone', ['zones'], cloud);
    return [zone, ...vms.map((vm) => host(`${zone.path}/${vm}`, 'system_vm', ['system_vms'], zone))];
  });
}
