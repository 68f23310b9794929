// `serial` and `max_fail_percentage`: how large the waves of a play are, and when it stops.

import type { Problem } from '../errors.ts';
import type { Node, WaveSize } from '../model.ts';
import { kindOf } from '../yaml/expect.ts';

/** Every size in order, the last of which repeats; empty: all hosts at once. 0 or fewer hosts are all that remain. */
export function wavesOf(node: Node, problems: Problem[]): WaveSize[] {
  const items = node.kind === 'list' ? node.items : [node];
  return items.flatMap((item) => waveOf(item, problems) ?? []);
}

const everyone: WaveSize = { percent: 100 };

function waveOf(node: Node, problems: Problem[]): WaveSize | undefined {
  const value = node.kind === 'scalar' ? node.value : undefined;
  const percent = typeof value === 'string' ? percentOf(value) : undefined;
  if (percent !== undefined) return percent < 0 ? everyone : { percent };
  const hosts = typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value;
  if (typeof hosts === 'number' && Number.isInteger(hosts)) return hosts <= 0 ? everyone : { hosts };
  const message = `"serial" has to be a number of hosts or a percentage, not ${kindOf(node)}`;
  problems.push({ message, at: node.at, hint: 'write 1, "25%", or a list such as [1, "25%", "100%"]' });
  return undefined;
}

/** A share between 0 and 100 percent, `25`, `33.3` or `"25%"`. */
export function failPercentageOf(node: Node, problems: Problem[]): number | undefined {
  const value = node.kind === 'scalar' ? node.value : undefined;
  const percent = typeof value === 'string' ? (percentOf(value) ?? Number(value || 'none')) : value;
  if (typeof percent === 'number' && percent >= 0 && percent <= 100) return percent;
  const message = `"max_fail_percentage" has to be from 0 to 100, not ${kindOf(node)}`;
  problems.push({ message, at: node.at });
  return undefined;
}

function percentOf(text: string): number | undefined {
  const found = /^(-?\d+(?:\.\d+)?)\s*%$/.exec(text.trim());
  return found ? Number(found[1]) : undefined;
}
