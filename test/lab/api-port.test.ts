// A management server's port that somebody else has when it comes back.

import { createServer } from 'node:net';
import { startManagementServer } from '../../src/lab/api/server.ts';
import { createWorld } from '../../src/lab/world/create.ts';
import { assert, tests } from '../tests.ts';

const world = () =>
  createWorld({
    profile: '4.22',
    name: 'lab',
    zones: ['ams'],
    managementServers: ['ms1'],
    timeFactor: 0.002,
    apiKey: 'key',
    secretKey: 'secret',
    consoleDomain: '',
    storageDomain: '',
    still: true,
  });

tests('lab: the port of a management server', {
  'taken by another process while the server was down, it is reported, and served once it is free': async () => {
    const lab = world();
    let report = (_message: string): void => undefined;
    const warned = new Promise<string>((resolve) => {
      report = resolve;
    });
    const server = await startManagementServer(lab, { port: 0, host: '127.0.0.1', warn: (text) => report(text) });
    const other = createServer((socket) => socket.destroy());
    lab.stopManagementServer('ms1');
    await new Promise<void>((resolve, reject) => {
      other.once('error', reject);
      other.listen(server.port, '127.0.0.1', resolve);
    });
    lab.startManagementServer('ms1');
    const message = await warned;
    assert.is(message, `port ${server.port} of "ms1" is taken by another process; trying again`);
    await new Promise((resolve) => other.close(resolve));
    assert.is(await answered(server.url), 401);
    lab.close();
    await server.close();
  },
});

/** The status of the first answer; the world's clock ends the waiting where there is none. */
async function answered(url: string): Promise<number> {
  for (let tries = 0; tries < 1000; tries += 1) {
    const status = await fetch(url).then(
      (answer) => answer.status,
      () => new Promise<undefined>((resolve) => setTimeout(resolve, 5, undefined)),
    );
    if (status !== undefined) return status;
  }
  throw new Error('the server never came back');
}
