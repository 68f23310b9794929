// Keywords that what is inside inherits: from play to block to task.

import type { Location } from '../errors.ts';
import { layerOf } from '../inventory/layer.ts';
import type { Expression, MapNode, Node, VarLayer, Window } from '../model.ts';
import { expectBoolean, expectInteger, expectMap, expectTexts, field, isNothing } from '../yaml/expect.ts';
import { conditionsOf, flagExpression, numberExpression } from './conditions.ts';
import { expressionOf, type Reading, settled } from './reading.ts';

export interface Inherited {
  /** Absolute folder that files are named from: that of the file being read. */
  readonly folder: string;
  readonly when: readonly Expression[];
  readonly tags: readonly string[];
  readonly vars: readonly VarLayer[];
  readonly environment: readonly Expression[];
  readonly anyErrorsFatal: boolean;
  readonly ignoreErrors: Expression | undefined;
  readonly ignoreUnreachable: boolean;
  readonly runOnce: boolean;
  readonly noLog: boolean;
  readonly checkMode: boolean | undefined;
  readonly diff: boolean | undefined;
  readonly timeoutSeconds: Expression | undefined;
  readonly throttle: number | undefined;
  readonly notify: readonly string[];
  readonly notifyAt: Location | undefined;
  /** Of the nearest play around that has one. */
  readonly window: readonly Window[] | undefined;
}

/** What a playbook's file starts with. */
export function nothingInherited(folder: string): Inherited {
  return {
    folder,
    when: [],
    tags: [],
    vars: [],
    environment: [],
    anyErrorsFatal: false,
    ignoreErrors: undefined,
    ignoreUnreachable: false,
    runOnce: false,
    noLog: false,
    checkMode: undefined,
    diff: undefined,
    timeoutSeconds: undefined,
    throttle: undefined,
    notify: [],
    notifyAt: undefined,
    window: undefined,
  };
}

/**
 * What a play hands to its tasks. An inner play is one task of the host that it stands on: what decides about that
 * task (`when`, `ignore_errors`, `run_once`, `throttle`, `notify`) is not about the hosts inside.
 */
export function insidePlay(inherited: Inherited): Inherited {
  const own = {
    when: [],
    ignoreErrors: undefined,
    runOnce: false,
    throttle: undefined,
    notify: [],
    notifyAt: undefined,
  };
  return { ...inherited, ...own };
}

/** The keywords of a play, block, task or import on top of what it inherits. `origin` names its `vars:`. */
export function inherit(reading: Reading, outer: Inherited, map: MapNode, origin: string): Inherited {
  const vars = varsOf(reading, outer.vars, map, origin);
  const flag = (name: string) => flagOf(reading, vars, map, name);
  const node = (name: string) => field(map, name);
  const ignore = node('ignore_errors');
  const timeout = node('timeout');
  const when = node('when');
  const notify = node('notify');
  return {
    folder: outer.folder,
    vars,
    when: when ? [...outer.when, ...conditionsOf(reading, when, '"when"')] : outer.when,
    tags: tagsOf(reading, outer.tags, vars, node('tags')),
    environment: environmentOf(reading, outer.environment, node('environment')),
    anyErrorsFatal: flag('any_errors_fatal') ?? outer.anyErrorsFatal,
    ignoreErrors: ignore ? flagExpression(reading, ignore, '"ignore_errors"') : outer.ignoreErrors,
    ignoreUnreachable: flag('ignore_unreachable') ?? outer.ignoreUnreachable,
    runOnce: flag('run_once') ?? outer.runOnce,
    noLog: flag('no_log') ?? outer.noLog,
    checkMode: flag('check_mode') ?? outer.checkMode,
    diff: flag('diff') ?? outer.diff,
    timeoutSeconds: timeout ? numberExpression(reading, timeout, '"timeout"') : outer.timeoutSeconds,
    throttle: throttleOf(reading, vars, node('throttle')) ?? outer.throttle,
    // The nearest says whom to notify, as in Ansible: a task's own replace its block's.
    notify: notify ? textsOf(reading, vars, notify, '"notify"') : outer.notify,
    notifyAt: notify?.at ?? outer.notifyAt,
    window: outer.window,
  };
}

function varsOf(reading: Reading, outer: readonly VarLayer[], map: MapNode, origin: string): readonly VarLayer[] {
  const node = field(map, 'vars');
  if (!node || isNothing(node)) return outer;
  const vars = expectMap(node, '"vars"', reading.problems);
  return vars ? [...outer, layerOf(origin, vars, reading.problems)] : outer;
}

/** A flag that is decided before anything runs. */
export function flagOf(reading: Reading, vars: readonly VarLayer[], map: MapNode, name: string): boolean | undefined {
  const written = field(map, name);
  const node = written && settled(reading, vars, written, `"${name}"`);
  return node && expectBoolean(node, `"${name}"`, reading.problems);
}

function throttleOf(reading: Reading, vars: readonly VarLayer[], written: Node | undefined): number | undefined {
  const node = written && settled(reading, vars, written, '"throttle"');
  const number = node && expectInteger(node, '"throttle"', reading.problems);
  return number === 0 ? undefined : number;
}

/** Texts that are decided before anything runs; a text with commas is a list where `commas` says so. */
export function textsOf(
  reading: Reading,
  vars: readonly VarLayer[],
  written: Node | undefined,
  what: string,
  commas = false,
): string[] {
  const node = written && settled(reading, vars, written, what);
  if (!node) return [];
  const texts = expectTexts(node, what, reading.problems).map(({ text }) => text);
  return commas
    ? texts.flatMap((text) => text.split(',').map((part) => part.trim())).filter((part) => part !== '')
    : texts;
}

function tagsOf(
  reading: Reading,
  outer: readonly string[],
  vars: readonly VarLayer[],
  node: Node | undefined,
): readonly string[] {
  if (!node) return outer;
  return [...new Set([...outer, ...textsOf(reading, vars, node, '"tags"', true)])];
}

/** Outermost first; the nearest map wins for each variable. */
function environmentOf(reading: Reading, outer: readonly Expression[], node: Node | undefined): readonly Expression[] {
  if (!node) return outer;
  const maps = node.kind === 'list' ? node.items : [node];
  return [
    ...outer,
    ...maps.flatMap((each) => {
      const template = each.kind === 'scalar' && typeof each.value === 'string';
      if (!template && !expectMap(each, '"environment"', reading.problems)) return [];
      return expressionOf(reading, each) ?? [];
    }),
  ];
}
