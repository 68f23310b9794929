// What differs between CloudStack releases, each difference by its name. Sources: the release commits named beside
// them; measured on 4.21.0.0, 4.22.0.1 and 4.23.0.0-SNAPSHOT.

import type { TaskHost } from '../connection.ts';
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

/** The release of the cloud that a host belongs to. Throws `Failure` where nobody has found it out. */
export function versionOf(host: TaskHost): string {
  const version = host.get('version');
  if (typeof version === 'string' && numbersOf(version).length > 1) return version;
  throw new Failure(`the CloudStack version of "${host.path}" is not known`, {
    code: 'version-unknown',
    hint: 'run the task on a cloud of the inventory, or on a zone, system VM or management server below one; the variable "version" overrides what is found',
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
