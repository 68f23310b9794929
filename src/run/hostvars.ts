// `hostvars` and `groups`: the whole tree as values, made when somebody asks and kept until the tree changes.

import type { Host, Value, ValueMap } from '../model.ts';
import { HostScope, type ScopeWorld } from './scope.ts';
import type { Tree } from './tree.ts';

/** What the world of scopes is made of; `hostvars` and `groups` are added. */
export type ScopeWorldOptions = Omit<ScopeWorld, 'hostvars' | 'groups'>;

export function scopeWorld(options: ScopeWorldOptions): ScopeWorld {
  const world: ScopeWorld = {
    ...options,
    lookup: (kind, terms) => options.lookup(kind, terms),
    hostvars: perVersion(options.tree, () => hostvarsOf(world)),
    groups: perVersion(options.tree, () => groupsOf(options.tree)),
  };
  return world;
}

function perVersion<T>(tree: Tree, make: () => T): () => T {
  let kept: { readonly version: number; readonly value: T } | undefined;
  return () => {
    if (kept?.version !== tree.version) kept = { version: tree.version, value: make() };
    return kept.value;
  };
}

function hostvarsOf(world: ScopeWorld): ValueMap {
  const hosts: Record<string, Value> = Object.create(null);
  for (const host of world.tree.all()) {
    Object.defineProperty(hosts, host.path, { enumerable: true, get: () => variablesOf(world, host) });
  }
  return hosts;
}

/** A host's variables, without those of plays and tasks. */
function variablesOf(world: ScopeWorld, host: Host): ValueMap {
  const scope = new HostScope(world, host, undefined, []);
  const variables: Record<string, Value> = Object.create(null);
  for (const name of [...scope.names(), 'inventory_hostname', 'inventory_hostname_short', 'group_names']) {
    Object.defineProperty(variables, name, {
      enumerable: true,
      configurable: true,
      get: () => scope.get(name) ?? null,
    });
  }
  return variables;
}

function groupsOf(tree: Tree): ValueMap {
  const groups: Record<string, string[]> = Object.assign(Object.create(null), { all: [] });
  for (const host of tree.all()) {
    for (const group of new Set(['all', ...host.groups])) (groups[group] ??= []).push(host.path);
  }
  return groups;
}
