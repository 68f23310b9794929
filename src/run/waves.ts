// How `serial` cuts a play's hosts into batches, and how `order` sorts them.

import { createHash } from 'node:crypto';
import type { Host, Play, WaveSize } from '../model.ts';

/**
 * The size of the batch with that index (from 0): the list is used up from the left and its last entry repeats.
 * `live` is the number of live hosts at the start of the play; no list, and 0 or fewer hosts, mean all; a percentage is at least one host.
 */
export function waveSize(serial: readonly WaveSize[], index: number, live: number): number {
  const size = serial[Math.min(index, serial.length - 1)];
  if (!size) return live;
  if ('percent' in size) return Math.max(1, Math.floor((live * size.percent) / 100));
  return size.hosts <= 0 ? live : size.hosts;
}

/** How many batches there will be when no host is lost on the way. */
export function waveCount(serial: readonly WaveSize[], live: number): number {
  let count = 0;
  for (let left = live; left > 0; count += 1) left -= waveSize(serial, count, live);
  return count;
}

/** Hosts in the order of the play. A shuffle depends on the seed alone. */
export function ordered(hosts: readonly Host[], order: Play['order'], seed: string): Host[] {
  switch (order) {
    case 'inventory':
      return [...hosts];
    case 'reverse_inventory':
      return [...hosts].reverse();
    case 'sorted':
      return [...hosts].sort((a, b) => compare(a.path, b.path));
    case 'reverse_sorted':
      return [...hosts].sort((a, b) => compare(b.path, a.path));
    case 'shuffle':
      return hosts
        .map((host) => ({ host, key: createHash('sha256').update(`${seed}\n${host.path}`).digest('hex') }))
        .sort((a, b) => compare(a.key, b.key))
        .map(({ host }) => host);
  }
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
