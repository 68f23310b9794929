// Names to addresses, by the name servers of the inventory or of this machine.

import { Resolver } from 'node:dns/promises';
import { Failure, Unreachable } from '../../errors.ts';
import { errorCode } from '../socket.ts';

const TIMEOUT_MILLISECONDS = 3000;
const TRIES = 2;

/** No such name, or a name without addresses: an answer, not a failure. */
const EMPTY: ReadonlySet<string> = new Set(['ENOTFOUND', 'ENODATA']);

const REASONS: Readonly<Record<string, string>> = {
  ETIMEOUT: 'no answer in time',
  ESERVFAIL: 'the server failed (SERVFAIL)',
  EREFUSED: 'the server refuses (REFUSED)',
  ECONNREFUSED: 'nothing listens there',
  EBADNAME: 'not a name',
};

function resolverOf(servers: readonly string[]): Resolver {
  const resolver = new Resolver({ timeout: TIMEOUT_MILLISECONDS, tries: TRIES });
  if (servers.length === 0) return resolver;
  try {
    resolver.setServers(servers);
  } catch {
    throw new Failure(`"dns_servers" cannot be read: ${servers.join(', ')}`, {
      code: 'dns-servers',
      hint: 'write IP addresses, with :PORT where it is not 53',
    });
  }
  return resolver;
}

/** A and AAAA records of a name, IPv4 first; empty where there are none. Throws `Unreachable` when nobody answers. */
export async function resolveName(name: string, servers: readonly string[], signal: AbortSignal): Promise<string[]> {
  const resolver = resolverOf(servers);
  const cancel = () => resolver.cancel();
  signal.addEventListener('abort', cancel, { once: true });
  const ask = async (type: 'A' | 'AAAA'): Promise<string[]> => {
    try {
      return await (type === 'A' ? resolver.resolve4(name) : resolver.resolve6(name));
    } catch (error) {
      const code = errorCode(error);
      if (EMPTY.has(code)) return [];
      const asked = servers.length > 0 ? servers.join(', ') : resolver.getServers().join(', ');
      throw new Unreachable(`"${name}" cannot be looked up at ${asked}: ${REASONS[code] ?? code}`, {
        code: 'dns',
        hint: 'is the name server right ("dns_servers"), and does the firewall let port 53 through?',
      });
    }
  };
  try {
    return (await Promise.all([ask('A'), ask('AAAA')])).flat();
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}
