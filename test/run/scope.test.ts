import { Failure } from '../../src/errors.ts';
import type { Host, Value, VarLayer } from '../../src/model.ts';
import { scopeWorld } from '../../src/run/hostvars.ts';
import { HostScope } from '../../src/run/scope.ts';
import { Store } from '../../src/run/store.ts';
import { Tree } from '../../src/run/tree.ts';
import { compileTemplate } from '../../src/template/template.ts';
import { assert, tests } from '../tests.ts';
import { at, host, layer } from './build.ts';

const templates = (vars: Readonly<Record<string, string>>): VarLayer => ({
  origin: 'test',
  vars: new Map(Object.entries(vars).map(([name, text]) => [name, compileTemplate(text, at)])),
});

function world(hosts: readonly Host[], extraVars?: VarLayer) {
  const store = new Store();
  const scopes = scopeWorld({
    tree: new Tree(hosts),
    store,
    extraVars,
    planning: false,
    playbookFolder: 'playbooks',
    inventoryFolder: 'inventory',
    lookup: (kind) => `looked up: ${kind}`,
  });
  const scope = (of: Host, vars: readonly VarLayer[] = [], locals: Readonly<Record<string, Value>> = {}) =>
    new HostScope(scopes, of, undefined, vars, new Map(Object.entries(locals)));
  return { store, scope };
}

/** Every level that can give `x`, from low to high; each is given in turn with all those below it. */
const levels = [
  'above: inventory',
  'inventory group',
  'inventory host',
  'above: facts',
  'facts',
  'play',
  'task',
  'above: registered',
  'registered',
  'loop',
  'extra',
] as const;

function winner(upTo: number): Value | undefined {
  const has = (level: (typeof levels)[number]) => levels.indexOf(level) <= upTo;
  const give = (level: (typeof levels)[number]) => (has(level) ? [layer(level, { x: level })] : []);
  const cloud = host('eu', 'cloud', [], undefined, give('above: inventory'));
  const zone = host('eu/ams', 'zone', [], cloud, [...give('inventory group'), ...give('inventory host')]);
  const { store, scope } = world([cloud, zone], has('extra') ? layer('-e', { x: 'extra' }) : undefined);
  if (has('above: facts')) cloud.facts = { x: 'above: facts' };
  if (has('facts')) zone.facts = { x: 'facts' };
  if (has('above: registered')) store.set(cloud, 'x', 'above: registered');
  if (has('registered')) store.set(zone, 'x', 'registered');
  return scope(zone, [...give('play'), ...give('task')], has('loop') ? { x: 'loop' } : {}).get('x');
}

tests('names are looked up', {
  'in the order of precedence': () => {
    assert.equal(
      levels.map((_, index) => winner(index)),
      levels,
    );
  },
  'late, so that a value follows what it is made of': () => {
    const a = host('a', 'host', [], undefined, [templates({ greeting: 'hello {{ who }}' })]);
    const { store, scope } = world([a]);
    assert.is(scope(a, [layer('play', { who: 'play' })]).get('greeting'), 'hello play');
    store.set(a, 'who', 'fact');
    assert.is(scope(a, [layer('play', { who: 'play' })]).get('greeting'), 'hello fact');
  },
  'but not in circles': () => {
    const a = host('a', 'host', [], undefined, [templates({ a: '{{ b }}', b: '{{ c }}', c: '{{ b }}' })]);
    assert.throws(
      () => world([a]).scope(a).get('a'),
      (error: unknown) => error instanceof Failure && error.message === '"b" refers to itself: b → c → b',
    );
  },
  'as own names only': () => {
    const a = host('a');
    const { scope } = world([a]);
    for (const name of ['constructor', '__proto__', 'toString', 'nosuch']) assert.is(scope(a).get(name), undefined);
  },
});

const eu = host('eu', 'cloud', ['clouds'], undefined, [templates({ domain: '{{ inventory_hostname }}.example.com' })]);
const ams = host('eu/ams', 'zone', ['zones'], eu);

tests('the engine gives', {
  'hosts by their paths, and a short name': () => {
    const { scope } = world([eu, ams]);
    assert.is(scope(ams).get('inventory_hostname'), 'eu/ams');
    assert.is(scope(ams).get('inventory_hostname_short'), 'ams');
    assert.equal(scope(ams).get('group_names'), ['zones']);
  },
  'groups with the paths of their hosts': () => {
    const groups = world([eu, ams]).scope(ams).get('groups');
    assert.equal({ ...(groups as object) }, { all: ['eu', 'eu/ams'], clouds: ['eu'], zones: ['eu/ams'] });
  },
  'the variables of other hosts, as they see them': () => {
    const { scope, store } = world([eu, ams]);
    store.set(ams, 'r', 1);
    const text = "{{ hostvars['eu'].domain }} {{ hostvars['eu/ams'].domain }} {{ hostvars['eu/ams'].r }}";
    assert.is(compileTemplate(text, at).evaluate(scope(eu)), 'eu.example.com eu/ams.example.com 1');
    const missing = compileTemplate("{{ hostvars['nosuch'].x | default('none') }}", at);
    assert.is(missing.evaluate(scope(eu)), 'none');
  },
  'what nobody can override': () => {
    const { scope } = world([eu, ams], layer('-e', { inventory_hostname: 'mine', playbook_dir: 'mine' }));
    assert.is(scope(eu).get('inventory_hostname'), 'eu');
    assert.is(scope(eu).get('playbook_dir'), 'playbooks');
    assert.is(scope(eu).get('inventory_dir'), 'inventory');
  },
});
