// A plan as data: all that it told, and every host that was found.

import type { Connections } from '../connection.ts';
import type { Event } from '../model.ts';
import { hostsFound, type PlannedHost } from '../plan/hosts.ts';
import type { Report } from '../report/report.ts';
import type { Ready } from './ready.ts';
import type { PlayRequest } from './request.ts';
import { runReady } from './run-ready.ts';

export interface Look {
  readonly exitCode: number;
  readonly events: readonly Event[];
  /** In the order of their paths. */
  readonly hosts: readonly PlannedHost[];
}

/** Plans it; nothing is written. `report` is told besides. */
export async function look(ready: Ready, request: PlayRequest, seed: string, report?: Report): Promise<Look> {
  const events: Event[] = [];
  const hosts: PlannedHost[] = [];
  const collecting: Report = {
    take(event) {
      events.push(event);
      report?.take(event);
    },
    close: () => report?.close(),
  };
  const connections = noting(ready.connections, hosts);
  const exitCode = await runReady(
    { ...ready, connections },
    { ...request, mode: 'plan' },
    { report: collecting, seed },
  );
  return { exitCode, events, hosts: hosts.sort((a, b) => (a.host < b.host ? -1 : 1)) };
}

/** The same connections; what they discover is noted, once for each cloud. */
function noting(connections: Connections, hosts: PlannedHost[]): Connections {
  const known = new Set<string>();
  return {
    ...connections,
    async discover(host, step) {
      const found = await connections.discover(host, step);
      if (found && !known.has(host.path)) hosts.push(...hostsFound(host.path, found));
      known.add(host.path);
      return found;
    },
  };
}
