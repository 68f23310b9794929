// Local ports that stay the lab's while nothing listens on them. A system VM that is down must refuse connections and
// come back on the same port, so a port cannot be held by listening on it: a block of ports is held by its first one.

import { createServer, type Server } from 'node:net';
import { InvalidInput } from '../../errors.ts';

export const LOOPBACK = '127.0.0.1';

/** Below what Linux (from 32768) and macOS (from 49152) hand out by themselves, so that no client gets one by chance. */
const LOWEST = 16_384;
const BLOCKS = 256;
const BLOCK_SIZE = 64;

export interface Ports {
  /** A port of 127.0.0.1 that no other lab will use. */
  take(): number;
  close(): Promise<void>;
}

/** Claims at least `count` ports. Throws `InvalidInput` when the machine has not as many. */
export async function claimPorts(count: number): Promise<Ports> {
  const anchors: Server[] = [];
  const free: number[] = [];
  const release = async (): Promise<void> => {
    await Promise.all(anchors.map(stopListening));
  };
  const start = Math.floor(Math.random() * BLOCKS);
  for (let step = 0; step < BLOCKS && free.length < count; step += 1) {
    const first = LOWEST + ((start + step) % BLOCKS) * BLOCK_SIZE;
    const anchor = await tryListen(first);
    if (anchor === undefined) continue;
    anchors.push(anchor);
    free.push(...(await portsAfter(first)));
  }
  if (free.length < count) {
    await release();
    const message = `only ${free.length} of ${count} local ports are free between ${LOWEST} and 32767`;
    throw new InvalidInput([{ message, hint: 'end other labs, or ask for fewer zones and clouds' }]);
  }
  return { take: () => next(free), close: release };
}

function next(free: number[]): number {
  const port = free.shift();
  if (port === undefined) throw new Error('the lab claimed too few ports');
  return port;
}

/** Those of a block that nobody else listens on. */
async function portsAfter(first: number): Promise<number[]> {
  const ports = Array.from({ length: BLOCK_SIZE - 1 }, (_, index) => first + 1 + index);
  const usable = await Promise.all(
    ports.map(async (port) => {
      const server = await tryListen(port);
      if (server !== undefined) await stopListening(server);
      return server !== undefined;
    }),
  );
  return ports.filter((_, index) => usable[index]);
}

function tryListen(port: number): Promise<Server | undefined> {
  const server = createServer((socket) => socket.destroy());
  return new Promise((resolve) => {
    server.once('error', () => resolve(undefined));
    server.listen({ host: LOOPBACK, port, exclusive: true }, () => resolve(server));
  });
}

function stopListening(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}
