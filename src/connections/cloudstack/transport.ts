// The door to HTTP: one POST, one answer, or one of two ways to have none. The only file that knows undici.

import { readFileSync } from 'node:fs';
import { checkServerIdentity } from 'node:tls';
import type { Dispatcher } from 'undici';
import { Failure } from '../../errors.ts';
import { endpointText, type Route, sameEndpoint } from '../route.ts';
import { httpTrouble, type Trouble } from './trouble.ts';

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

/** There is no answer. `sent`: the request may have reached the server, so nobody knows whether it was obeyed. */
export class NoAnswer extends Error {
  readonly sent: boolean;
  readonly trouble: Trouble;

  constructor(sent: boolean, trouble: Trouble) {
    super(trouble.message);
    this.name = 'NoAnswer';
    this.sent = sent;
    this.trouble = trouble;
  }
}

export interface Post {
  readonly url: URL;
  readonly body: string;
  readonly timeoutSeconds: number;
  /** On a connection of its own: a kept one may have been closed by the server just now, and that looks like a lost answer. */
  readonly fresh: boolean;
  readonly signal: AbortSignal;
}

export interface Transport {
  post(post: Post): Promise<HttpAnswer>;
  close(): Promise<void>;
}

export interface TransportOptions {
  /** PEM file of the only authorities to trust; undefined: those that Node trusts. */
  readonly caFile: string | undefined;
  readonly route: Route;
  /** Where HTTP_PROXY, HTTPS_PROXY and NO_PROXY (in either case) are read. */
  readonly environment: NodeJS.ProcessEnv;
}

const CONNECT_SECONDS = 10;
const REQUESTS_AT_ONCE = 8;
const LARGEST_ANSWER = 64 * 1024 * 1024;

/** Tells an error of connecting from one after it: undici hands both to the request in the same way. */
class ConnectError extends Error {
  constructor(cause: unknown) {
    super('not connected', { cause });
  }
}

function authorities(file: string | undefined): string | undefined {
  if (file === undefined) return undefined;
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new Failure(`the file "${file}" of "api_ca_file" cannot be read: ${(error as NodeJS.ErrnoException).code}`, {
      code: 'api-ca-file',
    });
  }
}

type Undici = Pick<typeof import('undici'), 'Agent' | 'EnvHttpProxyAgent' | 'buildConnector' | 'request'>;

/** Connects where the route leads, and judges the certificate by the name that was asked for. */
function connector(undici: Undici, route: Route, ca: string | undefined): import('undici').buildConnector.connector {
  return (options, callback) => {
    const meant = { host: options.hostname.replace(/^\[(.*)\]$/, '$1'), port: portOf(options) };
    const real = route(meant);
    const connect = undici.buildConnector({
      ca,
      timeout: CONNECT_SECONDS * 1000,
      checkServerIdentity: (_name, certificate) => checkServerIdentity(meant.host, certificate),
    });
    connect({ ...options, hostname: real.host, port: String(real.port) }, (...result) => {
      const [error, socket] = result;
      if (error) callback(new ConnectError(error), null);
      else callback(null, socket);
    });
  };
}

function portOf({ port, protocol }: { readonly port: string; readonly protocol: string }): number {
  return port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
}

interface Dispatchers {
  /** Straight to the server, or where `connect_to` leads. */
  readonly direct: Dispatcher;
  /** Through the proxies of the environment, by the URL's scheme. */
  readonly proxied: ReadonlyMap<string, Dispatcher>;
}

function dispatchers(undici: Undici, options: TransportOptions, keepAlive: boolean): Dispatchers {
  const ca = authorities(options.caFile);
  const shared = { connections: REQUESTS_AT_ONCE, pipelining: keepAlive ? 1 : 0, maxResponseSize: LARGEST_ANSWER };
  const direct = new undici.Agent({ ...shared, connect: connector(undici, options.route, ca) });
  const { environment } = options;
  const noProxy = environment['no_proxy'] ?? environment['NO_PROXY'] ?? '';
  const proxied = new Map<string, Dispatcher>();
  for (const scheme of ['http', 'https']) {
    const proxy = environment[`${scheme}_proxy`] ?? environment[`${scheme.toUpperCase()}_PROXY`] ?? '';
    if (proxy === '') continue;
    const agent = new undici.EnvHttpProxyAgent({
      ...shared,
      httpProxy: proxy,
      httpsProxy: proxy,
      noProxy,
      // Plain HTTP goes by an absolute URL: many proxies open tunnels to port 443 only.
      proxyTunnel: false,
      connect: connector(undici, options.route, ca),
      ...(ca === undefined ? {} : { requestTls: { ca } }),
    });
    proxied.set(`${scheme}:`, agent);
  }
  return { direct, proxied };
}

function headersOf(headers: Dispatcher.ResponseData['headers']): HttpAnswer['headers'] {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  );
}

/** Opens nothing yet. Connections are kept and shared by all clouds with the same authorities and routes. */
export function openTransport(options: TransportOptions): Transport {
  let loaded: Promise<Undici> | undefined;
  const opened = new Map<boolean, Dispatchers>();

  async function way(url: URL, fresh: boolean): Promise<{ dispatcher: Dispatcher; proxied: boolean }> {
    const undici = await (loaded ??= import('undici'));
    const pair = opened.get(fresh) ?? dispatchers(undici, options, !fresh);
    opened.set(fresh, pair);
    const meant = { host: url.hostname.replace(/^\[(.*)\]$/, '$1'), port: portOf(url) };
    const routed = !sameEndpoint(meant, options.route(meant));
    const proxy = routed ? undefined : pair.proxied.get(url.protocol);
    return { dispatcher: proxy ?? pair.direct, proxied: proxy !== undefined };
  }

  async function post({ url, body, timeoutSeconds, fresh, signal }: Post): Promise<HttpAnswer> {
    const through = await way(url, fresh);
    const { request } = await (loaded ??= import('undici'));
    try {
      const answer = await request(url, {
        dispatcher: through.dispatcher,
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
        body,
        headersTimeout: timeoutSeconds * 1000,
        bodyTimeout: timeoutSeconds * 1000,
        signal,
      });
      return { status: answer.statusCode, headers: headersOf(answer.headers), body: await answer.body.text() };
    } catch (error) {
      if (signal.aborted) throw new NoAnswer(true, { code: 'cancelled', message: 'the step was stopped' });
      const before = error instanceof ConnectError;
      const trouble = httpTrouble(before ? error.cause : error, {
        name: endpointText({ host: url.hostname, port: portOf(url) }),
        // Past the proxy, as NO_PROXY may say, it is our own connector that fails.
        proxied: through.proxied && !before,
        https: url.protocol === 'https:',
        timeoutSeconds,
      });
      throw new NoAnswer(!before && !trouble.beforeSending, trouble);
    }
  }

  async function close(): Promise<void> {
    const all = [...opened.values()].flatMap(({ direct, proxied }) => [direct, ...proxied.values()]);
    opened.clear();
    await Promise.all(all.map((one) => one.destroy()));
  }

  return { post, close };
}
