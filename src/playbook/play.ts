// The keywords of a play, on top or where a task may stand.

import { join } from 'node:path';
import type { Location } from '../errors.ts';
import { joinPatterns, parsePattern } from '../inventory/pattern.ts';
import { varsFile } from '../inventory/vars-files.ts';
import type { HostPattern, MapNode, Node, Play, VarLayer } from '../model.ts';
import { nearest } from '../nearest.ts';
import { readWindows } from '../window/read.ts';
import { expectText, expectTexts, field } from '../yaml/expect.ts';
import { confirmOf, soakOf } from './guards.ts';
import { flagOf, type Inherited, inherit, textsOf } from './inherited.ts';
import { checkKeywords, collecting, expressionOf, type Reading, settled } from './reading.ts';
import { registerOf } from './task.ts';
import { failPercentageOf, wavesOf } from './waves.ts';

/** A play without what runs in it, and what it hands down. */
export interface PlayHead {
  readonly play: Omit<Play, 'tasks' | 'handlers'>;
  readonly inherited: Inherited;
}

/** The keywords of a play. */
export function playHead(
  reading: Reading,
  outer: Inherited,
  map: MapNode,
  id: string,
  place: 'play' | 'inner',
): PlayHead {
  checkKeywords(reading, place, map, new Set());
  const own = inherit(reading, outer, map, 'play vars');
  const vars = [...own.vars, ...fileLayers(reading, own, map)];
  const window = settledField(reading, vars, map, 'window');
  const inherited = { ...own, vars, window: window ? readWindows(window, reading.problems) : own.window };
  refuseGathering(reading, map);
  const name = field(map, 'name');
  const budget = settledField(reading, inherited.vars, map, 'max_fail_percentage');
  const waves = settledField(reading, inherited.vars, map, 'serial');
  const [confirm, soak] = [field(map, 'confirm'), field(map, 'soak')];
  const serial = waves ? wavesOf(waves, reading.problems) : [];
  const flag = (key: string) => flagOf(reading, inherited.vars, map, key);
  const play: PlayHead['play'] = {
    kind: 'play',
    id,
    at: keyPlace(map, 'hosts'),
    name: name && expressionOf(reading, name),
    tags: inherited.tags,
    when: inherited.when,
    vars: inherited.vars,
    // A play whose hosts are wrong never runs; with some it is checked like the others.
    hosts: hostsOf(reading, inherited, map) ?? parsePattern('all', map.at),
    serial,
    maxFailPercentage: budget && failPercentageOf(budget, reading.problems),
    anyErrorsFatal: inherited.anyErrorsFatal,
    forceHandlers: flag('force_handlers'),
    order: orderOf(reading, inherited.vars, map),
    allowEmpty: flag('allow_empty') ?? false,
    ignoreErrors: inherited.ignoreErrors,
    runOnce: inherited.runOnce,
    notify: inherited.notify,
    notifyAt: inherited.notifyAt,
    listen: textsOf(reading, inherited.vars, field(map, 'listen'), '"listen"'),
    register: registerOf(reading, map),
    throttle: inherited.throttle,
    window: inherited.window,
    confirm: confirm && confirmOf(reading, inherited.vars, confirm),
    soak: soak && soakOf(reading, inherited.vars, soak, serial),
  };
  return { play, inherited };
}

function settledField(reading: Reading, vars: readonly VarLayer[], map: MapNode, key: string): Node | undefined {
  const node = field(map, key);
  return node && settled(reading, vars, node, `"${key}"`);
}

function keyPlace(map: MapNode, key: string): Location {
  return map.entries.find((entry) => entry.key === key)?.keyAt ?? map.at;
}

function fileLayers(reading: Reading, inherited: Inherited, map: MapNode): VarLayer[] {
  const node = settledField(reading, inherited.vars, map, 'vars_files');
  if (!node) return [];
  return expectTexts(node, '"vars_files"', reading.problems).flatMap(
    ({ text, node: at }) =>
      varsFile(join(inherited.folder, text), reading.problems, { at: at.at, read: reading.read }) ?? [],
  );
}

function refuseGathering(reading: Reading, map: MapNode): void {
  const node = field(map, 'gather_facts');
  if (!node || (node.kind === 'scalar' && node.value === false)) return;
  const hint = 'remove it; what CloudStack says of a host is there as variables';
  reading.problems.push({ message: 'there are no facts to gather', at: node.at, hint });
}

/** The hosts of a play: a pattern, or a list of patterns. */
function hostsOf(reading: Reading, inherited: Inherited, map: MapNode): HostPattern | undefined {
  const node = settledField(reading, inherited.vars, map, 'hosts');
  if (!node) return undefined;
  if (node.kind === 'list' && node.items.length === 0) {
    reading.problems.push({ message: '"hosts" is an empty list', at: node.at, hint: 'write "all" for every host' });
    return undefined;
  }
  const texts = expectTexts(node, '"hosts"', reading.problems);
  const patterns = texts.flatMap(
    ({ text, node: each }) => collecting(reading, () => parsePattern(text, each.at)) ?? [],
  );
  if (patterns.length < texts.length || texts.length === 0) return undefined;
  return joinPatterns(patterns, node.at);
}

const orders = ['inventory', 'reverse_inventory', 'sorted', 'reverse_sorted', 'shuffle'] as const;

function orderOf(reading: Reading, vars: readonly VarLayer[], map: MapNode): Play['order'] {
  const node = settledField(reading, vars, map, 'order');
  const text = node && expectText(node, '"order"', reading.problems);
  if (!node || text === undefined) return 'inventory';
  const order = orders.find((each) => each === text);
  if (order) return order;
  const guess = nearest(text, orders);
  const hint = guess ? `did you mean "${guess}"?` : orders.join(', ');
  reading.problems.push({ message: `there is no order "${text}"`, at: node.at, hint });
  return 'inventory';
}
