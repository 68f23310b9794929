// The clouds of a run: one client for each API and key, one transport for each set of authorities and routes.

import type { TaskHost } from '../../connection.ts';
import { Failure } from '../../errors.ts';
import type { Secret } from '../../secret.ts';
import { absolutePath, type Surroundings } from '../paths.ts';
import { routeOf } from '../route.ts';
import {
  EMPTY_HINT,
  isEmptyVariable,
  listVariable,
  numberVariable,
  requiredText,
  secretVariable,
  textVariable,
} from '../variables.ts';
import { type Client, openClient } from './client.ts';
import { openTransport, type Transport } from './transport.ts';

const DEFAULT_TIMEOUT_SECONDS = 60;

export interface CloudStackDoors {
  /** The client of the cloud that a host is or lies in. Throws `Failure` where its variables do not do. */
  client(host: TaskHost): Client;
  close(): Promise<void>;
}

function requiredSecret(host: TaskHost, name: string): Secret {
  const secret = secretVariable(host, name);
  if (secret) return secret;
  if (isEmptyVariable(host, name)) {
    const message = `variable "${name}" of host "${host.path}" is empty`;
    throw new Failure(message, { code: 'variable', hint: EMPTY_HINT });
  }
  throw new Failure(`host "${host.path}" has no variable "${name}"`, {
    code: 'variable',
    hint: `give it by reference, not in clear: ${name}: "{{ lookup('env', '…') }}"`,
  });
}

function apiUrl(host: TaskHost): URL {
  const text = requiredText(host, 'api_url', 'the API of the cloud: https://HOST:8443/client/api');
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.search !== '' || url.username !== '') {
    throw new Failure(`"api_url" of host "${host.path}" is not a URL of an API: "${text}"`, {
      code: 'variable',
      hint: 'write https://HOST:PORT/client/api, without a query and without keys',
    });
  }
  return url;
}

/** Opens nothing before it is used. */
export function cloudStackDoors(around: Surroundings): CloudStackDoors {
  const transports = new Map<string, Transport>();
  const clients = new Map<string, Client>();

  function transport(host: TaskHost): Transport {
    const file = textVariable(host, 'api_ca_file');
    const caFile = file === undefined ? undefined : absolutePath(file, around);
    const rules = listVariable(host, 'connect_to');
    const key = JSON.stringify([caFile, rules]);
    const kept = transports.get(key);
    if (kept) return kept;
    const opened = openTransport({ caFile, route: routeOf(rules), environment: around.environment });
    transports.set(key, opened);
    return opened;
  }

  function client(host: TaskHost): Client {
    const url = apiUrl(host);
    const apiKey = requiredSecret(host, 'api_key');
    const secretKey = requiredSecret(host, 'secret_key');
    const timeoutSeconds = numberVariable(host, 'api_timeout') ?? DEFAULT_TIMEOUT_SECONDS;
    const through = transport(host);
    const key = JSON.stringify([
      url.href,
      apiKey.reveal(),
      secretKey.reveal(),
      timeoutSeconds,
      host.get('api_ca_file') ?? null,
      host.get('connect_to') ?? null,
    ]);
    const kept = clients.get(key);
    if (kept) return kept;
    const opened = openClient({ url, credentials: { apiKey, secretKey }, timeoutSeconds, transport: through });
    clients.set(key, opened);
    return opened;
  }

  return {
    client,
    close: async () => {
      await Promise.all([...transports.values()].map((one) => one.close()));
    },
  };
}
