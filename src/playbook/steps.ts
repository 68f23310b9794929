// What may stand under `tasks:`: tasks, blocks, plays, metas and imports of files of them.

import { dirname, resolve } from 'node:path';
import type { Block, Handler, MapNode, Meta, Node, Play, Step } from '../model.ts';
import { nearest } from '../nearest.ts';
import { expectList, expectMap, expectText, field, isNothing } from '../yaml/expect.ts';
import { displayPath } from '../yaml/source.ts';
import { type Inherited, inherit, insidePlay } from './inherited.ts';
import { playHead } from './play.ts';
import { checkKeywords, expressionOf, type Reading, readFile, settled } from './reading.ts';
import { taskOf } from './task.ts';

/** Where a list of steps is read into: ids count on through imported files. */
interface Position {
  readonly prefix: string;
  next: number;
  /** Absolute paths of the files being read, outermost first. */
  readonly files: readonly string[];
}

/** The body of a play: its keywords, tasks and handlers. */
export function playOf(
  reading: Reading,
  outer: Inherited,
  map: MapNode,
  id: string,
  place: 'play' | 'inner',
  files: readonly string[],
): Play {
  const { play, inherited } = playHead(reading, outer, map, id, place);
  const inside = place === 'inner' ? insidePlay(inherited) : inherited;
  const position = { prefix: id, next: 0, files };
  const tasks = sectionsOf(reading, inside, map, position);
  const handlers = handlersOf(reading, inside, field(map, 'handlers'), { ...position, prefix: `${id}.h`, next: 0 });
  if (handlers.length === 0 && !sections.some((section) => field(map, section))) {
    reading.problems.push({ message: 'a play without tasks', at: play.at, hint: 'add "tasks:" with a list' });
  }
  return { ...play, tasks, handlers };
}

const sections = ['pre_tasks', 'tasks', 'post_tasks'] as const;

/** The tasks of a play in the order in which they run: as in Ansible, handlers are flushed between its sections. */
function sectionsOf(reading: Reading, inherited: Inherited, map: MapNode, position: Position): Step[] {
  const written = sections.filter((section) => field(map, section) !== undefined);
  return written.flatMap((section, index) => {
    const steps = stepsOf(reading, inherited, field(map, section), `"${section}"`, position);
    return index < written.length - 1 ? [...steps, flushAfter(steps, map, position)] : steps;
  });
}

function flushAfter(steps: readonly Step[], map: MapNode, position: Position): Meta {
  const id = nextId(position);
  const at = steps.at(-1)?.at ?? map.at;
  return { kind: 'meta', id, at, name: undefined, tags: [], when: [], vars: [], action: 'flush_handlers' };
}

function nextId(position: Position): string {
  position.next += 1;
  return `${position.prefix}.${position.next - 1}`;
}

function stepsOf(
  reading: Reading,
  inherited: Inherited,
  node: Node | undefined,
  what: string,
  position: Position,
): Step[] {
  if (!node || isNothing(node)) return [];
  const list = expectList(node, what, reading.problems, 'start each task with "- "');
  return (list?.items ?? []).flatMap((item) => stepOf(reading, inherited, item, position));
}

function handlersOf(reading: Reading, inherited: Inherited, node: Node | undefined, position: Position): Handler[] {
  return stepsOf(reading, inherited, node, '"handlers"', position).flatMap((step): Handler[] => {
    if (step.kind === 'block' || step.kind === 'meta') {
      const message = `a ${step.kind} among handlers is not there yet`;
      reading.problems.push({ message, at: step.at, hint: 'write each handler as a task, or as a play' });
      return [];
    }
    return [namedHandler(reading, step)];
  });
}

/** A handler's name with its templates settled: it has to be known before anything notifies it. */
function namedHandler(reading: Reading, handler: Handler): Handler {
  if (!handler.name) {
    if (handler.listen.length > 0) return handler;
    const hint = 'give it a "name", or topics to "listen" to';
    reading.problems.push({ message: 'nothing can notify a handler without a name', at: handler.at, hint });
    return handler;
  }
  if (handler.name.constant) return handler;
  const { text, at } = handler.name;
  const node = settled(reading, handler.vars, { kind: 'scalar', value: text, at }, 'the name of a handler');
  const name = node && expressionOf(reading, node);
  return name ? { ...handler, name } : handler;
}

function stepOf(reading: Reading, outer: Inherited, node: Node, position: Position): Step[] {
  const map = expectMap(node, 'a task', reading.problems);
  if (!map) return [];
  const has = (key: string) => field(map, key) !== undefined;
  if (has('import_tasks')) return imported(reading, outer, map, position);
  const id = nextId(position);
  const step = singleStep(reading, outer, map, id, position.files, has);
  return step ? [step] : [];
}

function singleStep(
  reading: Reading,
  outer: Inherited,
  map: MapNode,
  id: string,
  files: readonly string[],
  has: (key: string) => boolean,
): Step | undefined {
  if (has('block')) return blockOf(reading, outer, map, id, files);
  if (has('hosts') || has('tasks')) {
    if (has('hosts')) return playOf(reading, outer, map, id, 'inner', files);
    reading.problems.push({
      message: 'a play needs "hosts"',
      at: map.at,
      hint: 'write "hosts:", or "block:" for "tasks:"',
    });
    return undefined;
  }
  if (has('meta')) return metaOf(reading, outer, map, id);
  const stray = ['rescue', 'always'].find(has);
  if (stray) {
    const hint = `put the tasks before it under "block:"`;
    reading.problems.push({ message: `"${stray}" without "block"`, at: map.at, hint });
    return undefined;
  }
  if (!has('import_playbook')) return taskOf(reading, outer, map, id);
  const hint = 'put it on top of the playbook, beside the plays';
  reading.problems.push({ message: '"import_playbook" cannot stand among tasks', at: map.at, hint });
  return undefined;
}

function blockOf(reading: Reading, outer: Inherited, map: MapNode, id: string, files: readonly string[]): Block {
  checkKeywords(reading, 'block', map, new Set());
  const inherited = inherit(reading, outer, map, 'block vars');
  const name = field(map, 'name');
  const position: Position = { prefix: id, next: 0, files };
  const part = (key: string) => stepsOf(reading, inherited, field(map, key), `"${key}"`, position);
  const { tags, when, vars, anyErrorsFatal } = inherited;
  const head = { id, at: map.at, name: name && expressionOf(reading, name), tags, when, vars, anyErrorsFatal };
  const block = part('block');
  const stray = hasSteps(field(map, 'block'))
    ? undefined
    : ['rescue', 'always'].find((key) => hasSteps(field(map, key)));
  if (stray) {
    const hint = 'put the tasks that it is for under "block:"';
    reading.problems.push({ message: `"${stray}" beside an empty "block"`, at: map.at, hint });
  }
  return { kind: 'block', ...head, block, rescue: part('rescue'), always: part('always') };
}

const hasSteps = (node: Node | undefined): boolean => node?.kind === 'list' && node.items.length > 0;

const actions = ['flush_handlers', 'end_play', 'end_batch', 'end_host', 'clear_host_errors', 'noop'] as const;
const laterActions = ['refresh_inventory', 'reset_connection', 'clear_facts', 'end_role'];

function metaOf(reading: Reading, outer: Inherited, map: MapNode, id: string): Meta | undefined {
  checkKeywords(reading, 'meta', map, new Set());
  const inherited = inherit(reading, outer, map, 'task vars');
  const node = field(map, 'meta');
  const text = node && expectText(node, '"meta"', reading.problems);
  if (!node || text === undefined) return undefined;
  const action = actions.find((each) => each === text);
  if (!action) {
    const guess = nearest(text, actions);
    const hint = guess ? `did you mean "${guess}"?` : actions.join(', ');
    const message = laterActions.includes(text) ? `"meta: ${text}" is not there yet` : `there is no "meta: ${text}"`;
    reading.problems.push({ message, at: node.at, hint });
    return undefined;
  }
  const name = field(map, 'name');
  const { tags, when, vars } = inherited;
  return { kind: 'meta', id, at: map.at, name: name && expressionOf(reading, name), tags, when, vars, action };
}

/** The steps of another file, in this place: what the import says is inherited by each of them. */
function imported(reading: Reading, outer: Inherited, map: MapNode, position: Position): Step[] {
  checkKeywords(reading, 'import_tasks', map, new Set());
  const inherited = inherit(reading, outer, map, 'import vars');
  const path = importedPath(reading, inherited, map, 'import_tasks');
  if (!path) return [];
  if (position.files.includes(path.absolute)) {
    reading.problems.push({ message: `"${displayPath(path.absolute)}" imports itself`, at: path.at });
    return [];
  }
  const root = readFile(reading, path.absolute, path.at);
  if (!root) return [];
  if (isNothing(root)) {
    reading.problems.push({ message: `"${displayPath(path.absolute)}" has no tasks`, at: path.at });
    return [];
  }
  const inside: Position = { prefix: position.prefix, next: position.next, files: [...position.files, path.absolute] };
  const steps = stepsOf(reading, { ...inherited, folder: dirname(path.absolute) }, root, 'a file of tasks', inside);
  position.next = inside.next;
  return steps;
}

/** The file that an import names: a text, or a map with `file`. */
export function importedPath(reading: Reading, inherited: Inherited, map: MapNode, key: string) {
  const written = field(map, key);
  const inner = written?.kind === 'map' ? field(written, 'file') : written;
  const node = inner && settled(reading, inherited.vars, inner, `"${key}"`);
  const text = node && expectText(node, `"${key}"`, reading.problems);
  if (!node || text === undefined) return undefined;
  return { absolute: resolve(inherited.folder, text), at: node.at };
}
