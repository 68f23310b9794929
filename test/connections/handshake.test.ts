import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import type { Handshake } from '../../src/connection.ts';
import { handshake } from '../../src/connections/tls/handshake.ts';
import { presentedCertificates } from '../../src/connections/tls/records.ts';
import { assert, tests } from '../tests.ts';
import { derOf, intermediate, key, leaf, root, stranger } from './certificates.ts';

const names = new Map(
  Object.entries({ leaf, intermediate, root, stranger }).map(([name, pem]) => [derOf(pem).toString('hex'), name]),
);
const named = (chain: readonly Buffer[]): string[] => chain.map((der) => names.get(der.toString('hex')) ?? 'unknown');

/** A handshake without the DER: certificates by name. */
function seen(result: Handshake, port: number): unknown {
  const chain = 'chain' in result ? { chain: named(result.chain) } : {};
  const message = 'message' in result ? { message: result.message.replace(String(port), 'PORT') } : {};
  return { ...result, ...message, ...chain };
}

const to = (port: number, serverName: string | undefined = 'cloud.example', timeoutSeconds = 2) => ({
  address: '127.0.0.1',
  port,
  serverName,
  timeoutSeconds,
});
const straight = <T>(endpoint: T): T => endpoint;
const never = new AbortController().signal;

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** What a handshake with a TLS server of these options shows, and the SNI names that the server heard. */
async function withTls(options: TlsOptions, serverName?: string): Promise<{ seen: unknown; sni: unknown[] }> {
  const sni: unknown[] = [];
  const server = createTlsServer({ key, ...options }, (socket) => {
    sni.push((socket as { servername?: unknown }).servername);
    socket.on('error', () => socket.destroy());
  });
  server.on('tlsClientError', () => undefined);
  const port = await listen(server);
  const result = await handshake({ ...to(port), ...(serverName === undefined ? {} : { serverName }) }, straight, never);
  await new Promise((resolve) => server.close(resolve));
  return { seen: seen(result, port), sni };
}

/** What a handshake with a server of bare TCP shows. */
async function withTcp(serve: (socket: Socket) => void, timeoutSeconds = 2): Promise<unknown> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => socket.destroy());
    serve(socket);
  });
  const port = await listen(server);
  const result = await handshake(to(port, 'cloud.example', timeoutSeconds), straight, never);
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => server.close(resolve));
  return seen(result, port);
}

/** A Certificate message as the server sends it, in records of that size. */
function certificateRecords(ders: readonly Buffer[], recordSize: number): Buffer {
  const three = (value: number) => Buffer.from([value >> 16, value >> 8, value]);
  const list = Buffer.concat(ders.flatMap((der) => [three(der.length), der]));
  const body = Buffer.concat([three(list.length), list]);
  const hello = Buffer.from([2, 0, 0, 2, 3, 3]);
  const messages = Buffer.concat([hello, Buffer.from([11]), three(body.length), body]);
  const records: Buffer[] = [];
  for (let at = 0; at < messages.length; at += recordSize) {
    const part = messages.subarray(at, at + recordSize);
    records.push(Buffer.from([22, 3, 3, part.length >> 8, part.length & 255]), part);
  }
  return Buffer.concat(records);
}

const ders = [leaf, intermediate].map(derOf);

tests('TLS handshakes', {
  'the chain is seen in the order in which it is presented, strangers included': async () => {
    const result = await withTls({ cert: leaf + stranger + intermediate + root });
    assert.equal(result, {
      seen: { stage: 'tls', protocol: 'TLSv1.2', chain: ['leaf', 'stranger', 'intermediate', 'root'] },
      sni: ['cloud.example'],
    });
  },
  'a lone leaf is seen as one': async () => {
    assert.equal((await withTls({ cert: leaf })).seen, { stage: 'tls', protocol: 'TLSv1.2', chain: ['leaf'] });
  },
  'an address is not sent as a name': async () => {
    assert.equal((await withTls({ cert: leaf }, '127.0.0.1')).sni, [false]);
  },
  'a server that speaks only TLS 1.3 is seen as Node shows it': async () => {
    const result = await withTls({ cert: leaf + intermediate, minVersion: 'TLSv1.3' });
    assert.equal(result.seen, { stage: 'tls', protocol: 'TLSv1.3', chain: ['leaf', 'intermediate'] });
  },
  'a server that closes in the handshake is told from one that is not there': async () => {
    const closed = await withTcp((socket) => socket.once('data', () => socket.end()));
    assert.equal(closed, { stage: 'handshake', message: 'the server closed the connection', chain: [] });
  },
  'a server that resets in the handshake is told as well': async () => {
    const reset = await withTcp((socket) => socket.once('data', () => socket.resetAndDestroy()));
    assert.equal(reset, { stage: 'handshake', message: 'the server closed the connection', chain: [] });
  },
  'plain HTTP is no TLS': async () => {
    const plain = await withTcp((socket) => socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')));
    assert.equal(plain, { stage: 'handshake', message: 'wrong version number', chain: [] });
  },
  'a server that says nothing is given up in time': async () => {
    const silent = await withTcp(() => undefined, 0.2);
    assert.equal(silent, { stage: 'handshake', message: 'not done within 0.2 s', chain: [] });
  },
  'a handshake that fails after the certificate keeps the chain': async () => {
    const hello = certificateRecords(ders, 4096);
    const broken = (await withTcp((socket) => socket.once('data', () => socket.end(hello)))) as {
      stage: string;
      chain: string[];
    };
    assert.is(broken.stage, 'handshake');
    assert.equal(broken.chain, ['leaf', 'intermediate']);
  },
  'an alert is told in its words': async () => {
    const alert = Buffer.from([21, 3, 3, 0, 2, 2, 40]);
    const failed = await withTcp((socket) => socket.once('data', () => socket.end(alert)));
    assert.match((failed as { message: string }).message, /handshake.failure/);
  },
  'a flood of what is no TLS ends at once': async () => {
    const flood = await withTcp((socket) => socket.once('data', () => socket.write(Buffer.alloc(1 << 20, 0x41))));
    assert.equal(flood, { stage: 'handshake', message: 'wrong version number', chain: [] });
  },
  'half a handshake that then stands still is given up in time, with what it showed': async () => {
    const half = await withTcp(
      (socket) => socket.once('data', () => socket.write(certificateRecords(ders, 4096))),
      0.3,
    );
    const { stage, chain } = half as { stage: string; chain: string[] };
    assert.equal([stage, chain], ['handshake', ['leaf', 'intermediate']]);
  },
  'a chain of a hundred certificates is seen whole': async () => {
    const { seen: found } = await withTls({ cert: leaf + intermediate.repeat(99) });
    assert.is((found as { chain: string[] }).chain.length, 100);
  },
  'a port that refuses is a matter of TCP': async () => {
    const server = createServer();
    const port = await listen(server);
    await new Promise((resolve) => server.close(resolve));
    assert.equal(seen(await handshake(to(port), straight, never), port), {
      stage: 'tcp',
      reason: 'refused',
      message: '127.0.0.1:PORT refuses connections',
    });
  },
  'a route leads elsewhere, and messages keep the name that was meant': async () => {
    const server = createTlsServer({ key, cert: leaf });
    const port = await listen(server);
    const target = { address: '192.0.2.7', port: 443, serverName: undefined, timeoutSeconds: 2 };
    const result = await handshake(target, () => ({ host: '127.0.0.1', port }), never);
    assert.is(result.stage, 'tls');
    await new Promise((resolve) => server.close(resolve));
    assert.equal(await handshake(target, () => ({ host: '127.0.0.1', port }), never), {
      stage: 'tcp',
      reason: 'refused',
      message: '192.0.2.7:443 refuses connections',
    });
  },
  'messages spread over records, and records spread over packets, are put together': () => {
    for (const size of [1, 7, 100, 5000]) {
      assert.equal(presentedCertificates(certificateRecords(ders, size)), ders);
    }
  },
  'bytes that end early, or are no TLS, show no certificate': () => {
    const whole = certificateRecords(ders, 5000);
    const cuts = [0, 3, 20, whole.length - 1].map((length) => presentedCertificates(whole.subarray(0, length)).length);
    assert.equal(cuts, [0, 0, 0, 0]);
    assert.equal(presentedCertificates(Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')), []);
  },
});
