// `confirm` and `soak` of a play: who has to say yes, and how long a wave is watched before the next one begins.

import type { Problem } from '../errors.ts';
import type { Confirm, MapNode, Node, Soak, VarLayer, WaveSize } from '../model.ts';
import { nearest } from '../nearest.ts';
import { expectBoolean, expectText, field, kindOf } from '../yaml/expect.ts';
import { expressionOf, type Reading, settled } from './reading.ts';

const CONFIRM_SECONDS = 3600;
const SOAK_EVERY_SECONDS = 30;

/** A message, or a map of `message`, `timeout` and `each`. The message may have templates, the rest is settled. */
export function confirmOf(reading: Reading, vars: readonly VarLayer[], node: Node): Confirm | undefined {
  const { problems } = reading;
  const map: MapNode | undefined = node.kind === 'map' ? node : undefined;
  if (map && !knowsAll(map, 'confirm', ['message', 'timeout', 'each'], problems)) return undefined;
  const message = map ? field(map, 'message') : node;
  if (!message) {
    problems.push({ message: '"confirm" needs a "message"', at: node.at, hint: 'write what the person is asked' });
    return undefined;
  }
  const expression =
    expectText(message, '"confirm"', problems) === undefined ? undefined : expressionOf(reading, message);
  const part = (key: string) => settledPart(reading, vars, map, 'confirm', key);
  const [timeout, each] = [part('timeout'), part('each')];
  const timeoutSeconds = timeout ? durationOf(timeout, '"timeout" of "confirm"', problems) : CONFIRM_SECONDS;
  const when = each ? eachOf(each, problems) : 'play';
  return expression && timeoutSeconds !== undefined && when
    ? { message: expression, timeoutSeconds, each: when }
    : undefined;
}

function eachOf(node: Node, problems: Problem[]): Confirm['each'] | undefined {
  const value = node.kind === 'scalar' ? node.value : undefined;
  if (value === 'play' || value === 'wave') return value;
  const message = `"each" of "confirm" has to be play or wave, not ${kindOf(node)}`;
  problems.push({ message, at: node.at, hint: 'wave asks again before every wave of "serial"' });
  return undefined;
}

/** A time, or a map of `time`, `every` and `last`. Only what comes in waves can soak. */
export function soakOf(
  reading: Reading,
  vars: readonly VarLayer[],
  node: Node,
  waves: readonly WaveSize[],
): Soak | undefined {
  const { problems } = reading;
  if (waves.length === 0) {
    const hint = 'add "serial", as in serial: [1, "25%", "100%"]';
    problems.push({ message: '"soak" without "serial": there are no waves to wait between', at: node.at, hint });
  }
  const map = node.kind === 'map' ? node : undefined;
  if (map && !knowsAll(map, 'soak', ['time', 'every', 'last'], problems)) return undefined;
  const part = (key: string) => settledPart(reading, vars, map, 'soak', key);
  const time = map ? part('time') : settled(reading, vars, node, '"soak"');
  if (map && !field(map, 'time')) {
    problems.push({ message: '"soak" needs a "time"', at: node.at, hint: 'write soak: { time: 10m, every: 30s }' });
  }
  const [every, last] = [part('every'), part('last')];
  const seconds = time && durationOf(time, '"soak"', problems);
  const everySeconds = every ? durationOf(every, '"every" of "soak"', problems) : SOAK_EVERY_SECONDS;
  const lastToo = last ? expectBoolean(last, '"last" of "soak"', problems) : false;
  if (seconds === undefined || everySeconds === undefined || lastToo === undefined) return undefined;
  return { seconds, everySeconds, last: lastToo };
}

function settledPart(
  reading: Reading,
  vars: readonly VarLayer[],
  map: MapNode | undefined,
  keyword: string,
  key: string,
): Node | undefined {
  const node = map && field(map, key);
  return node && settled(reading, vars, node, `"${key}" of "${keyword}"`);
}

function knowsAll(map: MapNode, keyword: string, keys: readonly string[], problems: Problem[]): boolean {
  const strangers = map.entries.filter(({ key }) => !keys.includes(key));
  for (const { key, keyAt } of strangers) {
    const guess = nearest(key, keys);
    const hint = guess ? `did you mean "${guess}"?` : `it has ${keys.join(', ')}`;
    problems.push({ message: `"${keyword}" has no "${key}"`, at: keyAt, hint });
  }
  return strangers.length === 0;
}

const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** Seconds above 0: a number of them, or numbers with units from large to small: `10m`, `1h 30m`, `0.5s`. */
function durationOf(node: Node, what: string, problems: Problem[]): number | undefined {
  const value = node.kind === 'scalar' ? node.value : undefined;
  const seconds = typeof value === 'number' ? value : typeof value === 'string' ? secondsIn(value) : undefined;
  if (seconds !== undefined && seconds > 0) return seconds;
  const hint = 'write 30s, 10m, 1h30m, or a number of seconds';
  problems.push({ message: `${what} has to be a time above 0, not ${kindOf(node)}`, at: node.at, hint });
  return undefined;
}

function secondsIn(text: string): number | undefined {
  const trimmed = text.trim();
  if (/^\d+(\.\d+)?$/.test(trimmed)) return Number(trimmed);
  if (!/^(\d+(\.\d+)?d)?\s*(\d+(\.\d+)?h)?\s*(\d+(\.\d+)?m)?\s*(\d+(\.\d+)?s)?$/.test(trimmed)) return undefined;
  const parts = [...trimmed.matchAll(/(\d+(?:\.\d+)?)([dhms])/g)];
  return parts.reduce((sum, [, number, unit]) => sum + Number(number) * (unitSeconds[unit ?? ''] ?? 0), 0);
}
