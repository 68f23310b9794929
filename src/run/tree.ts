// The hosts of a run: those of the inventory and those found below clouds, by path, and what lies below what.

import type { Host } from '../model.ts';

export class Tree {
  readonly #hosts = new Map<string, Host>();
  readonly #children = new Map<string, Host[]>();
  readonly #written: readonly Host[];
  /** Counts up with every change, so that what is computed from the tree can be remembered. */
  version = 0;

  /** `written`: the hosts of the inventory files, parents before children. */
  constructor(written: readonly Host[]) {
    this.#written = written;
    this.add(written);
  }

  /** Those of the inventory files, in their order. */
  get written(): readonly Host[] {
    return this.#written;
  }

  get(path: string): Host | undefined {
    return this.#hosts.get(path);
  }

  /** Adds hosts, parents before children; a path that is there already keeps its host. */
  add(hosts: readonly Host[]): void {
    for (const host of hosts) {
      if (this.#hosts.has(host.path)) continue;
      this.#hosts.set(host.path, host);
      if (host.parent) this.#below(host.parent.path).push(host);
    }
    this.version += 1;
  }

  #below(path: string): Host[] {
    let children = this.#children.get(path);
    if (!children) this.#children.set(path, (children = []));
    return children;
  }

  /** Everything below a host: each child followed by what lies below it. */
  descendants(host: Host): Host[] {
    const children = this.#children.get(host.path) ?? [];
    return children.flatMap((child) => [child, ...this.descendants(child)]);
  }

  /** Every host there is: the written top hosts in file order, each followed by what lies below it. */
  all(): Host[] {
    return this.#written.filter((host) => !host.parent).flatMap((host) => [host, ...this.descendants(host)]);
  }
}

/** The host itself, then what is above it, nearest first. */
export function* upwards(host: Host): Generator<Host, void, void> {
  for (let at: Host | undefined = host; at; at = at.parent) yield at;
}
