// What differs between CloudStack releases, each difference by its name. Sources: the release commits named beside
// them; measured on 4.21.0.0, 4.22.0.1 and 4.23.0.0-SNAPSHOT.

import type { CloudStackReader, Item, TaskHost } from '../connection.ts';
import { Failure } from '../errors.ts';

/** The numbers at the front of `4.22.0.1` or `4.23.0.0-SNAPSHOT`. */
function numbersOf(version: string): number[] {
  const front = /^\d+(\.\d+)*/.exec(version)?.[0] ?? '';
  return front === '' ? [] : front.split('.').map(Number);
}

/** Whether `version` is that release or a later one. Missing parts count as 0: `4.22` is `4.22.0`. */
export function isAtLeast(version: string, release: string): boolean {
  const have = numbersOf(version);
  const want = numbersOf(release);
  for (let part = 0; part < Math.max(have.length, want.length); part += 1) {
    const difference = (have[part] ?? 0) - (want[part] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

const isVersion = (value: unknown): value is string => typeof value === 'string' && numbersOf(value).length > 1;

/**
 * The release of the cloud that a host belongs to: a fact of it once its zones are known, else asked for. It may be
 * hidden from `listCapabilities` by a setting. Throws `Failure` where nobody tells.
 */
export async function versionOf(
  host: TaskHost,
  { cloudstack }: { readonly cloudstack: CloudStackReader },
): Promise<string> {
  const known = host.get('version');
  if (isVersion(known)) return known;
  const { capability } = await cloudstack.read('listCapabilities');
  const told = typeof capability === 'object' && capability !== null && (capability as Item)['cloudstackversion'];
  if (isVersion(told)) return told;
  const servers = await cloudstack.list('listManagementServers');
  const listed = servers.map((server) => server['version']).find(isVersion);
  if (listed !== undefined) return listed;
  throw new Failure(`the CloudStack version of "${host.path}" is not known`, {
    code: 'version-unknown',
    hint: 'set expose.cloudstack.version.api.list.capabilities to true, or give the variable "version"',
  });
}

export interface Behaviour {
  /** An upload makes the scanner stop and start every console proxy of every zone. Gone with e7015cbc4c in 4.22. */
  readonly uploadRestartsConsoles: boolean;
  /**
   * An upload leaves `consoleproxy.management.state` at ResetSuspending, and the next start of a management server
   * then keeps all console proxies down. Since 4.22.
   */
  readonly uploadLeavesSuspended: boolean;
  /** The `consoleproxy.*` settings can be set for one zone. Since 4.22. */
  readonly consoleSettingsByZone: boolean;
  /** The console's websocket has a TLS port of its own, 8443. Since 4.18. */
  readonly consoleWebsocketPort: boolean;
  /** `rebootSystemVm` knows `forced`. Since 4.16. */
  readonly forcedReboot: boolean;
  /** `listSystemVms` tells `agentstate` and `disconnected`. Since 4.13.1. */
  readonly agentState: boolean;
}

export function behaviourOf(version: string): Behaviour {
  return {
    uploadRestartsConsoles: !isAtLeast(version, '4.22'),
    uploadLeavesSuspended: isAtLeast(version, '4.22'),
    consoleSettingsByZone: isAtLeast(version, '4.22'),
    consoleWebsocketPort: isAtLeast(version, '4.18'),
    forcedReboot: isAtLeast(version, '4.16'),
    agentState: isAtLeast(version, '4.13.1'),
  };
}
