// A host's part under `--limit`, remembered: it is asked for again and again.

import { limitRole } from '../inventory/limit.ts';
import { select } from '../inventory/pattern.ts';
import type { Host, HostPattern } from '../model.ts';
import type { Chooser } from './choose.ts';

/** Without a limit everything is selected. */
export function chooserFor(limit: HostPattern | undefined): Chooser {
  if (!limit) return { select, role: () => 'selected', limited: false };
  const roles = new Map<Host, ReturnType<typeof limitRole>>();
  const role = (host: Host) => {
    const known = roles.get(host);
    if (known) return known;
    const found = limitRole(limit, host);
    roles.set(host, found);
    return found;
  };
  return { select, role, limited: true };
}
