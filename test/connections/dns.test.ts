import { createSocket, type Socket } from 'node:dgram';
import type { AddressInfo } from 'node:net';
import { assert, tests } from '../tests.ts';
import { failureText, hostOf, stepOf, withConnections } from './steps.ts';

const A = 1;
const NOERROR = 0;
const SERVFAIL = 2;
const NXDOMAIN = 3;
const REFUSED = 5;

/** What is answered to a name: a code, or addresses of type A. */
const zone: Readonly<Record<string, number | readonly string[]>> = {
  'two.example': ['192.0.2.1', '192.0.2.2'],
  'none.example': NXDOMAIN,
  'broken.example': SERVFAIL,
  'closed.example': REFUSED,
  'empty.example': NOERROR,
};

function questionName(query: Buffer): string {
  const labels: string[] = [];
  for (let at = 12, length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += length + 1;
  }
  return labels.join('.').toLowerCase();
}

/** An answer of RFC 1035: the header, the question as it came, and one record an address. */
function answerTo(query: Buffer): Buffer {
  const name = questionName(query);
  const question = query.subarray(12, 12 + name.length + 6);
  const known = zone[name] ?? NXDOMAIN;
  const type = question.readUInt16BE(question.length - 4);
  const addresses = typeof known === 'number' || type !== A ? [] : known;
  const header = Buffer.from(query.subarray(0, 12));
  header.writeUInt16BE(0x8180 | (typeof known === 'number' ? known : NOERROR), 2);
  header.writeUInt16BE(addresses.length, 6);
  header.writeUInt32BE(0, 8);
  const records = addresses.map((address) =>
    Buffer.from([0xc0, 12, 0, A, 0, 1, 0, 0, 0, 60, 0, 4, ...address.split('.').map(Number)]),
  );
  return Buffer.concat([header, question, ...records]);
}

async function withServer<T>(body: (server: string) => Promise<T>): Promise<T> {
  const socket: Socket = createSocket('udp4');
  socket.on('message', (query, from) => socket.send(answerTo(query), from.port, from.address));
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  try {
    return await body(`127.0.0.1:${(socket.address() as AddressInfo).port}`);
  } finally {
    await new Promise<void>((resolve) => socket.close(resolve));
  }
}

const resolve = (name: string, server: string) =>
  withConnections((connections) => connections.reader(hostOf({ dns_servers: [server] }), stepOf()).dns.resolve(name));

const hint = 'hint: is the name server right ("dns_servers"), and does the firewall let port 53 through?';

tests('names to addresses', {
  'the name servers of the inventory are asked, at their ports': async () => {
    await withServer(async (server) => {
      assert.equal([...(await resolve('two.example', server))].sort(), ['192.0.2.1', '192.0.2.2']);
    });
  },
  'a name that does not exist, and one without addresses, has none': async () => {
    await withServer(async (server) => {
      assert.equal(await resolve('none.example', server), []);
      assert.equal(await resolve('empty.example', server), []);
    });
  },
  'a server that fails or refuses is not taken for an answer': async () => {
    await withServer(async (server) => {
      assert.is(
        await failureText(resolve('broken.example', server)),
        `Unreachable dns: "broken.example" cannot be looked up at ${server}: the server failed (SERVFAIL)\n${hint}`,
      );
      assert.is(
        await failureText(resolve('closed.example', server)),
        `Unreachable dns: "closed.example" cannot be looked up at ${server}: the server refuses (REFUSED)\n${hint}`,
      );
    });
  },
  'a name server that is not there is told': async () => {
    const gone = await withServer(async (server) => server);
    assert.is(
      await failureText(resolve('two.example', gone)),
      `Unreachable dns: "two.example" cannot be looked up at ${gone}: nothing listens there\n${hint}`,
    );
  },
  'a name server that is no address is refused': async () => {
    assert.is(
      await failureText(resolve('two.example', 'ns.example')),
      'Failure dns-servers: "dns_servers" cannot be read: ns.example\nhint: write IP addresses, with :PORT where it is not 53',
    );
  },
});
