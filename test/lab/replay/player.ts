// Plays recorded exchanges against a lab, one after another, as the client did.

import { createHmac } from 'node:crypto';
import { type IncomingMessage, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ApiServer, startManagementServer } from '../../../src/lab/api/server.ts';
import { createWorld, installOf } from '../../../src/lab/world/create.ts';
import type { Install, VmRow } from '../../../src/lab/world/install.ts';
import type { Profile, World } from '../../../src/lab/world/world.ts';
import type { Exchange, Rows } from './exchange.ts';
import { withMaterial } from './material.ts';
import { Symbols } from './symbols.ts';

/** As long as CloudStack's own, since the limits of a request's length count it. */
const API_KEY = 'lab-api-key'.padEnd(86, '-');
const SECRET_KEY = 'lab-secret-key';
const PASSWORD = 'lab-password';

export interface Played {
  readonly status: number;
  readonly reason: string;
  readonly type: string | undefined;
  readonly described: boolean;
  readonly body: unknown;
}

export class Player {
  readonly #world: World;
  readonly #install: Install;
  readonly #symbols: Symbols;
  readonly #server: ApiServer;
  #cookies: Record<string, string> = {};

  private constructor(world: World, server: ApiServer) {
    this.#world = world;
    this.#install = installOf(world);
    this.#symbols = new Symbols(this.#install);
    this.#server = server;
  }

  /** An install like the recorded one, before its first upload. */
  static async start(profile: Profile, order: readonly string[]): Promise<Player> {
    const world = createWorld({
      profile,
      name: 'recorded',
      zones: ['Zone-1', 'Zone-2'],
      managementServers: ['localhost'],
      timeFactor: 0.0005,
      apiKey: API_KEY,
      secretKey: SECRET_KEY,
      adminPassword: PASSWORD,
      consoleDomain: '',
      storageDomain: '',
      hypervisorType: 'Simulator',
      hypervisorsPerZone: 2,
      settings: recordedSettings,
      still: true,
    });
    inOrder(installOf(world), order);
    return new Player(world, await startManagementServer(world, { port: 0, host: '127.0.0.1' }));
  }

  async close(): Promise<void> {
    this.#world.close();
    await this.#server.close();
  }

  /** The table `keystore` and the management state, as the recording tells them. */
  rows(): Pick<Rows, 'keystore' | 'state'> {
    const keystore = this.#install.keystore.rows.map(({ id, name, seq, domainSuffix, key }) => ({
      id,
      name,
      seq,
      domain_suffix: domainSuffix,
      key_is_null: key === null ? 1 : 0,
    }));
    return { keystore, state: this.#install.settings.stored('consoleproxy.management.state') ?? '' };
  }

  async play(exchange: Exchange): Promise<Played> {
    await this.#prepare(exchange);
    this.#symbols.foresee(exchange);
    const parameters = this.#parameters(exchange);
    const played = await this.#send(exchange, parameters);
    this.#symbols.learn(exchange, played.body);
    return played;
  }

  /** Ids of this lab as the recording's symbols. */
  symbolic(value: unknown): unknown {
    return this.#symbols.symbolic(value);
  }

  async #prepare({ step, params }: Exchange): Promise<void> {
    if (step === 'enforce: read back') await this.#restart();
    if (/wrong sessionkey param|^auth: logout/.test(step)) await this.#login();
    if (params['command'] === 'queryAsyncJobResult' && step.includes('job result')) {
      await this.#until(() => this.#install.jobs.pending().length === 0);
    }
    if (/^ca: provision/.test(step)) await this.#until(() => this.#isConnected());
    if (/^(lists|systemvm)/.test(step)) await this.#until(() => this.#isQuiet());
  }

  /** Nothing is on its way: the recording's client waited for that as well. */
  #isQuiet(): boolean {
    const { jobs, vms } = this.#install;
    return jobs.pending().length === 0 && vms.every((vm) => vm.state === 'Running' || vm.state === 'Stopped');
  }

  /** The recorded agent was back before the next call; here a call comes sooner. */
  #isConnected(): boolean {
    return this.#install.vms.every(({ agent }) => agent === undefined || agent.state === 'Up');
  }

  async #until(condition: () => boolean): Promise<void> {
    for (let tries = 0; tries < 5000 && !condition(); tries += 1) await sleep(2);
  }

  async #restart(): Promise<void> {
    this.#world.restartManagementServer('localhost');
    await this.#until(() => this.#world.managementServers[0]?.api === 'answers');
    await sleep(20);
  }

  #login(): Promise<Played> {
    const params = { command: 'login', username: 'admin', password: '<PASSWORD>', response: 'json' };
    const exchange: Exchange = { n: 0, step: 'login', method: 'POST', params, sign: 'none', bare: true, status: 200 };
    return this.#send(
      exchange,
      Object.entries(params).map(([name, value]) => [name, this.#fill(value)] as const),
    );
  }

  #parameters({ params, bare, step }: Exchange): (readonly [string, string])[] {
    const all = bare
      ? params
      : { ...params, response: 'json', apikey: '<KEY>', signatureversion: '3', expires: '<+600>' };
    return Object.entries(all).flatMap(([name, value]) =>
      (typeof value === 'string' ? [value] : value).map((one) => [name, this.#fill(one, step)] as const),
    );
  }

  #fill(text: string, step = ''): string {
    return withMaterial(this.#symbols.concrete(text, step))
      .replace('<KEY>', API_KEY)
      .replace('<PASSWORD>', PASSWORD)
      .replace('<SESSIONKEY>', this.#cookies['sessionkey'] ?? 'none')
      .replace(/^<([+-]\d+)(?: (.)(.*))?>$/, (_, ahead: string, between = 'T', zone = '+0000') =>
        expires(Number(ahead), between, zone),
      );
  }

  async #send(exchange: Exchange, parameters: readonly (readonly [string, string])[]): Promise<Played> {
    const query = new URLSearchParams(exchange.query ?? '');
    for (const [name, value] of [...query]) query.set(name, this.#fill(value === '<ADMIN_APIKEY>' ? '<KEY>' : value));
    const body = new URLSearchParams(parameters.map(([name, value]): [string, string] => [name, value]));
    sign(exchange, query, body);
    const inQuery = exchange.method !== 'POST';
    const search = inQuery ? body.toString() : query.toString();
    const headers: Record<string, string> = { connection: 'close' };
    if (exchange.headerLength) headers['x-long'] = 'x'.repeat(exchange.headerLength);
    if (!inQuery) headers['content-type'] = exchange.contentType ?? 'application/x-www-form-urlencoded';
    const cookies = this.#cookieHeader(exchange.step);
    if (cookies) headers['cookie'] = cookies;
    const path = exchange.path ?? `/client/api${search ? `?${search}` : ''}`;
    const answer = await send(this.#server.port, exchange.method, path, headers, inQuery ? '' : body.toString());
    this.#keepCookies(answer.message);
    return played(answer);
  }

  #cookieHeader(step: string): string {
    if (!/session call|^auth: logout/.test(step)) return '';
    const names = step.includes('JSESSIONID only') ? ['JSESSIONID'] : ['JSESSIONID', 'sessionkey'];
    return names.map((name) => `${name}=${this.#cookies[name] ?? ''}`).join('; ');
  }

  #keepCookies(message: IncomingMessage): void {
    for (const cookie of message.headers['set-cookie'] ?? []) {
      const [name = '', value = ''] = (cookie.split(';')[0] ?? '').split('=');
      if (value !== '') this.#cookies[name] = value;
    }
  }
}

/** Which VM was made first in the recorded install was chance: its lists have that order. */
function inOrder({ vms }: Install, order: readonly string[]): void {
  const place = (vm: VmRow) => order.indexOf(`{vm:${vm.zone.name}/${vm.type}}`);
  vms.sort((a, b) => place(a) - place(b));
}

/** Values that the recorded install had from its set-up. */
const recordedSettings = {
  host: 'localhost',
  'integration.api.port': '8096',
  'ca.plugin.root.auth.strictness': 'true',
  'backup.framework.enabled': 'true',
  'secstorage.allowed.internal.sites': '10.147.28.0/24',
};

function expires(ahead: number, between: string, zone: string): string {
  const [, sign = '+', hours = '0', minutes = '0'] = /([+-])(\d\d):?(\d\d)$/.exec(zone) ?? [];
  const offset = (Number(hours) * 3600 + Number(minutes) * 60) * (sign === '-' ? -1 : 1);
  const local = new Date(Date.now() + (ahead + offset) * 1000).toISOString();
  return `${local.slice(0, 10)}${between}${local.slice(11, 19)}${zone}`;
}

const javaEncode = (value: string): string =>
  encodeURIComponent(value).replace(/[!'()~]/g, (char) => `%${char.charCodeAt(0).toString(16)}`);

/** Puts a signature into the body (or the query where the body has no key), right or wrong as the recording had it. */
function sign({ sign: how, method }: Exchange, query: URLSearchParams, body: URLSearchParams): void {
  if (how === 'none') return;
  const pairs = new Map<string, string>();
  for (const [name, value] of [...query, ...body]) if (!pairs.has(name)) pairs.set(name, value);
  const names = [...pairs.keys()].sort(
    how === 'insensitive' ? (a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1) : undefined,
  );
  const encode = how === 'naive' ? encodeURIComponent : javaEncode;
  const last = (name: string) => body.getAll(name).at(-1) ?? '';
  const values = (name: string): string[] =>
    how === 'both' ? body.getAll(name) : [how === 'last' ? last(name) : (pairs.get(name) ?? '')];
  const text = names.flatMap((name) => values(name).map((value) => `${name}=${encode(value)}`)).join('&');
  const spaced = how === 'plus' ? text.replaceAll('%20', '+') : text;
  const signature = createHmac('sha1', SECRET_KEY).update(spaced.toLowerCase()).digest('base64');
  const target = query.has('apikey') && method === 'POST' ? query : body;
  target.set('signature', how === 'wrong' ? 'AAAA' : how === 'empty' ? '' : signature);
}

interface Sent {
  readonly message: IncomingMessage;
  readonly text: string;
}

function send(
  port: number,
  method: string,
  path: string,
  headers: Record<string, string>,
  body: string,
): Promise<Sent> {
  return new Promise((resolve, reject) => {
    const call = request({ host: '127.0.0.1', port, method, path, headers, agent: false }, (message) => {
      const parts: Buffer[] = [];
      message.on('data', (part: Buffer) => parts.push(part));
      message.on('end', () => resolve({ message, text: Buffer.concat(parts).toString('utf8') }));
      message.on('error', reject);
    });
    call.on('error', reject);
    call.end(body);
  });
}

function played({ message, text }: Sent): Played {
  return {
    status: message.statusCode ?? 0,
    reason: message.statusMessage ?? '',
    type: message.headers['content-type']?.split(';')[0],
    described: message.headers['x-description'] !== undefined,
    body: text.startsWith('{') ? (JSON.parse(text) as unknown) : text,
  };
}
