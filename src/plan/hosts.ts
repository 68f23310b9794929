// The hosts that a plan found below a cloud, each with what tells that it is still the same one.

import type { DiscoveredHost, Discovery } from '../connection.ts';
import type { HostKind, Value, ValueMap } from '../model.ts';

export interface PlannedHost {
  /** Its path. */
  readonly host: string;
  readonly kind: HostKind;
  /** By the name under which a difference is told. */
  readonly facts: ValueMap;
}

/** A cloud and all that was found below it. */
export function hostsFound(cloud: string, discovery: Discovery): PlannedHost[] {
  const own: PlannedHost = { host: cloud, kind: 'cloud', facts: known({ version: discovery.facts['version'] }) };
  return [own, ...discovery.children.flatMap((child) => below(cloud, child))];
}

function below(above: string, { name, kind, facts, children }: DiscoveredHost): PlannedHost[] {
  const host = `${above}/${name}`;
  const identity =
    kind === 'zone' ? { id: facts['id'], 'allocation state': facts['allocationstate'] } : { id: facts['id'] };
  return [{ host, kind, facts: known(identity) }, ...children.flatMap((child) => below(host, child))];
}

const known = (facts: Readonly<Record<string, Value | undefined>>): ValueMap =>
  Object.fromEntries(Object.entries(facts).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
