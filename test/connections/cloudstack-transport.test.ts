import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert, tests } from '../tests.ts';
import { expiredLeaf, intermediate, key, leaf, root } from './certificates.ts';
import { apiKey, enveloped, type Script, secretKey, startCloud } from './cloud.ts';
import { failureText, hostOf, stepOf, withConnections } from './steps.ts';

const fine: Script = ({ command }) => enveloped(command, { count: 1, zone: [{ id: 'z' }] });
const tls = { cert: leaf + intermediate, key };

interface Setting {
  readonly url: string;
  readonly vars?: Record<string, string | string[] | null>;
  readonly environment?: NodeJS.ProcessEnv;
}

/** One read of a cloud at that URL: what it gives, or the failure's words. */
function ask({ url, vars = {}, environment = {} }: Setting): Promise<string> {
  const host = hostOf({ api_url: url, api_key: apiKey, secret_key: secretKey, api_timeout: 0.3, ...vars });
  return withConnections(
    async (connections) => {
      const reader = connections.reader(host, stepOf(8)).cloudstack;
      const listed = reader.list('listZones');
      const text = await failureText(listed);
      return text === 'no failure' ? JSON.stringify(await listed) : text;
    },
    { environment },
  );
}

/** A bare TCP server for the body; every connection is given to `serve`. */
async function withServer<T>(serve: (socket: Socket) => void, body: (port: number) => Promise<T>): Promise<T> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    serve(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await body((server.address() as AddressInfo).port);
  } finally {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
}

/** An HTTP proxy: CONNECT and absolute URLs, with the status that CONNECT is answered with. */
async function withProxy<T>(status: number, body: (url: string, asked: string[]) => Promise<T>): Promise<T> {
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  const server = createHttpServer((request: IncomingMessage, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(enveloped('listZones', { count: 1, zone: [{ id: 'by proxy' }] }).body);
  });
  server.on('connection', (socket) => sockets.add(socket));
  server.on('connect', (request: IncomingMessage, socket: Socket) => {
    asked.push(`CONNECT ${request.url}`);
    if (status !== 200) return socket.end(`HTTP/1.1 ${status} No\r\n\r\n`);
    const [, port] = (request.url ?? '').split(':');
    const on = connect(Number(port), '127.0.0.1', () => socket.write('HTTP/1.1 200 OK\r\n\r\n'));
    on.pipe(socket).pipe(on);
    on.on('error', () => socket.destroy());
    socket.on('error', () => on.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await body(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked);
  } finally {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
}

const folder = mkdtempSync(join(tmpdir(), 'cs-play-transport-'));
process.on('exit', () => rmSync(folder, { recursive: true }));
const caFile = join(folder, 'ca.pem');
writeFileSync(caFile, root);
const trusting = { api_ca_file: caFile };
const found = '[{"id":"z"}]';

async function withTlsCloud<T>(body: (port: number) => Promise<T>, options = tls): Promise<T> {
  const cloud = await startCloud(fine, options);
  try {
    return await body(cloud.port);
  } finally {
    await cloud.close();
  }
}

tests('the way to the CloudStack API', {
  'HTTPS with a private authority works where its file is named': async () => {
    await withTlsCloud(async (port) => {
      assert.is(await ask({ url: `https://127.0.0.1:${port}/client/api`, vars: trusting }), found);
    });
  },
  'an authority that is not known is told with what to set': async () => {
    await withTlsCloud(async (port) => {
      assert.is(
        await ask({ url: `https://127.0.0.1:${port}/client/api` }),
        `Unreachable api-tls: listZones: the certificate of 127.0.0.1:${port} is not trusted: unable to get local issuer certificate\n` +
          'hint: set "api_ca_file" to a PEM file with the authority that signed it (the system\'s: /etc/ssl/certs/ca-certificates.crt)',
      );
    });
  },
  'a certificate out of its dates is told as that': async () => {
    await withTlsCloud(
      async (port) => {
        assert.match(
          await ask({ url: `https://127.0.0.1:${port}/client/api`, vars: trusting }),
          /^Unreachable api-tls: listZones: the certificate of 127\.0\.0\.1:\d+ is out of its dates: certificate has expired\n/,
        );
      },
      { cert: expiredLeaf + intermediate, key },
    );
  },
  'a route leads elsewhere, and the certificate is judged by the name that was meant': async () => {
    await withTlsCloud(async (port) => {
      const connect_to = [`cloud.example:8443:127.0.0.1:${port}`, `other.example::127.0.0.1:${port}`];
      const vars = { ...trusting, connect_to };
      assert.is(await ask({ url: 'https://cloud.example:8443/client/api', vars }), found);
      assert.is(
        await ask({ url: 'https://other.example:8443/client/api', vars }),
        "Unreachable api-tls: listZones: the certificate of other.example:8443 is for other names: Hostname/IP does not match certificate's altnames: Host: other.example. is not in the cert's altnames: DNS:cloud.example, DNS:localhost, IP Address:127.0.0.1\n" +
          'hint: write in "api_url" a name that the certificate has, and lead it to the server with "connect_to"',
      );
    });
  },
  'a server that ends the TLS handshake is told with the keystore to look at': async () => {
    await withServer(
      (socket) => socket.once('data', () => socket.end()),
      async (port) => {
        assert.is(
          await ask({ url: `https://127.0.0.1:${port}/client/api` }),
          `Unreachable api-tls: listZones: 127.0.0.1:${port} accepts connections and closes them in the TLS handshake\n` +
            'hint: does "api_url" say https where the port is plain HTTP? if not, and it is a management server, its HTTPS keystore cannot be read (missing, truncated, other password): look at https.keystore in /etc/cloudstack/management/server.properties',
        );
      },
    );
  },
  'plain HTTP where HTTPS is expected is told': async () => {
    const cloud = await startCloud(fine);
    assert.is(
      await ask({ url: cloud.url.replace('http:', 'https:') }),
      `Unreachable api-tls: listZones: 127.0.0.1:${cloud.port} does not speak TLS\n` +
        'hint: does "api_url" say https where the port is plain HTTP (8080)?',
    );
    await cloud.close();
  },
  'bytes that are no HTTP are told': async () => {
    await withServer(
      (socket) => socket.once('data', () => socket.end(Buffer.from([0x15, 3, 3, 0, 2, 2, 80]))),
      async (port) => {
        assert.is(
          await ask({ url: `http://127.0.0.1:${port}/client/api` }),
          `Unreachable api-not-http: listZones: 127.0.0.1:${port} does not answer in HTTP\n` +
            'hint: does "api_url" say http where the port is HTTPS (8443)?',
        );
      },
    );
  },
  'a server that refuses connections is told after some tries': async () => {
    const port = await withServer(
      () => undefined,
      async (free) => free,
    );
    assert.is(
      await ask({ url: `http://127.0.0.1:${port}/client/api` }),
      `Unreachable api-refused: listZones: 127.0.0.1:${port} refuses connections\n` +
        'hint: is the management server running, and is "api_url" right?',
    );
  },
  'a server that never answers is told': async () => {
    await withServer(
      () => undefined,
      async (port) => {
        assert.is(
          await ask({ url: `http://127.0.0.1:${port}/client/api` }),
          `Unreachable api-timeout: listZones: 127.0.0.1:${port} gave no answer within 0.3 s\n` +
            'hint: raise "api_timeout" where the server is only slow',
        );
      },
    );
  },
  'a proxy of the environment is used, plainly for HTTP': async () => {
    await withProxy(200, async (proxy, asked) => {
      const url = 'http://cloud.example:8080/client/api';
      assert.is(await ask({ url, environment: { HTTP_PROXY: proxy } }), '[{"id":"by proxy"}]');
      assert.equal(asked, [`POST ${url}`]);
    });
  },
  'a proxy of the environment is used, by a tunnel for HTTPS': async () => {
    await withProxy(200, async (proxy, asked) => {
      await withTlsCloud(async (port) => {
        const url = `https://127.0.0.1:${port}/client/api`;
        assert.is(await ask({ url, vars: trusting, environment: { https_proxy: proxy } }), found);
        assert.equal(asked, [`CONNECT 127.0.0.1:${port}`]);
      });
    });
  },
  'a proxy for one scheme is not used for the other': async () => {
    await withTlsCloud(async (port) => {
      const url = `https://127.0.0.1:${port}/client/api`;
      assert.is(await ask({ url, vars: trusting, environment: { HTTP_PROXY: 'http://127.0.0.1:1' } }), found);
    });
  },
  'NO_PROXY and a route of connect_to go past the proxy': async () => {
    const cloud = await startCloud(fine);
    const environment = { HTTP_PROXY: 'http://127.0.0.1:1', NO_PROXY: '127.0.0.1' };
    assert.is(await ask({ url: cloud.url, environment }), found);
    const vars = { connect_to: [`cloud.example:8080:127.0.0.1:${cloud.port}`] };
    const url = 'http://cloud.example:8080/client/api';
    assert.is(await ask({ url, vars, environment: { HTTP_PROXY: 'http://127.0.0.1:1' } }), found);
    await cloud.close();
  },
  'a proxy that is not there is told as the proxy': async () => {
    const environment = { HTTP_PROXY: 'http://127.0.0.1:1' };
    assert.is(
      await ask({ url: 'http://cloud.example:8080/client/api', environment }),
      'Unreachable api-refused: listZones: the proxy on the way to cloud.example:8080 refuses connections\n' +
        'hint: is the proxy of HTTP_PROXY or HTTPS_PROXY right?',
    );
  },
  'a server that NO_PROXY names is told as the server': async () => {
    const environment = { HTTP_PROXY: 'http://127.0.0.1:1', NO_PROXY: '127.0.0.1' };
    const text = await ask({ url: 'http://127.0.0.1:2/client/api', environment });
    assert.is(text.split('\n')[0], 'Unreachable api-refused: listZones: 127.0.0.1:2 refuses connections');
  },
  'a proxy that refuses the tunnel is told': async () => {
    await withProxy(403, async (proxy) => {
      assert.is(
        await ask({ url: 'https://cloud.example:8443/client/api', environment: { HTTPS_PROXY: proxy } }),
        'Unreachable api-proxy: listZones: the proxy on the way to cloud.example:8443 refuses: Proxy response (403) !== 200 when HTTP Tunneling\n' +
          'hint: name the host in NO_PROXY, or take HTTPS_PROXY and HTTP_PROXY out of the environment',
      );
    });
  },
  'a file of authorities that is missing is told': async () => {
    assert.is(
      await ask({ url: 'https://cloud.example/client/api', vars: { api_ca_file: '/nowhere/ca.pem' } }),
      'Failure api-ca-file: the file "/nowhere/ca.pem" of "api_ca_file" cannot be read: ENOENT',
    );
  },
  'variables that do not do are told before anything is sent': async () => {
    assert.is(
      await ask({ url: 'cloud.example/client/api' }),
      'Failure variable: "api_url" of host "eu-1" is not a URL of an API: "cloud.example/client/api"\n' +
        'hint: write https://HOST:PORT/client/api, without a query and without keys',
    );
    assert.is(
      await ask({ url: 'https://cloud.example/client/api', vars: { api_key: '' } }),
      'Failure variable: variable "api_key" of host "eu-1" is empty\n' +
        'hint: is the variable of the environment set that it is looked up in?',
    );
    assert.is(
      await ask({ url: 'https://cloud.example/client/api', vars: { api_key: null } }),
      'Failure variable: host "eu-1" has no variable "api_key"\n' +
        `hint: give it by reference, not in clear: api_key: "{{ lookup('env', '…') }}"`,
    );
    assert.is(
      await ask({ url: 'https://cloud.example/client/api', vars: { connect_to: ['cloud:1'] } }),
      'Failure connect-to: "connect_to" cannot be read: "cloud:1"\n' +
        'hint: write HOST1:PORT1:HOST2:PORT2, IPv6 addresses in brackets; an empty part means any, or the same',
    );
  },
});
