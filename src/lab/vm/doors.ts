// Which local ports stand for which ports of the system VMs, and what listens on them at the moment.

import { Failure } from '../../errors.ts';
import type { Machine, PortState } from '../machine.ts';
import { type Listener, listen } from './listener.ts';
import type { Ports } from './ports.ts';

/** The ports that a system VM may open to the public network. */
export const PUBLIC_PORTS: readonly number[] = [80, 443, 8080, 8443];

const CLOSED: PortState = { kind: 'closed' };

/** How long a port may be occupied by somebody else before the lab gives up on it. */
const OCCUPIED_MILLISECONDS = 2000;
const RETRY_MILLISECONDS = 50;

export interface Doors {
  /** The port of 127.0.0.1 where `publicIp:port` is. Throws RangeError for a pair that the lab does not have. */
  localPort(publicIp: string, port: number): number;
  /** Makes the machine's ports answer, or refuse, as it says. */
  show(machine: Machine): void;
  /** Closes what is open on that address. */
  hide(publicIp: string): void;
  /** Resolves when everything shown so far is in place, or was reported as impossible. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Takes one local port for every port of every address. Nothing listens before a machine is shown. `report` is called
 * with a port's failure to open: nobody waits for a change, so nobody else would hear of it.
 */
export function createDoors(publicIps: readonly string[], ports: Ports, report: (error: unknown) => void): Doors {
  const doors = new Map<string, Door>();
  for (const publicIp of publicIps) {
    for (const port of PUBLIC_PORTS) doors.set(`${publicIp}:${port}`, new Door(port, ports.take(), report));
  }
  const door = (publicIp: string, port: number): Door => {
    const found = doors.get(`${publicIp}:${port}`);
    if (found === undefined) throw new RangeError(`${publicIp}:${port} is not an address of this lab`);
    return found;
  };
  return {
    localPort: (publicIp, port) => door(publicIp, port).localPort,
    show: (machine) => {
      for (const port of PUBLIC_PORTS) {
        const state = machine.power === 'on' ? machine.ports[port] : undefined;
        door(machine.publicIp, port).want(state ?? CLOSED);
      }
    },
    hide: (publicIp) => {
      for (const port of PUBLIC_PORTS) door(publicIp, port).want(CLOSED);
    },
    settled: async () => {
      await Promise.all([...doors.values()].map((each) => each.settled()));
    },
    close: async () => {
      for (const each of doors.values()) each.want(CLOSED);
      await Promise.all([...doors.values()].map((each) => each.settled()));
    },
  };
}

/** One port. Changes come faster than sockets open and close, so they queue up behind each other. */
class Door {
  readonly localPort: number;
  readonly #port: number;
  readonly #report: (error: unknown) => void;
  #wanted: PortState = CLOSED;
  #shown: PortState = CLOSED;
  #listener: Listener | undefined;
  #work: Promise<void> = Promise.resolve();

  constructor(port: number, localPort: number, report: (error: unknown) => void) {
    this.#port = port;
    this.localPort = localPort;
    this.#report = report;
  }

  want(state: PortState): void {
    this.#wanted = state;
    this.#work = this.#work.then(() => this.#change()).catch(this.#report);
  }

  settled(): Promise<void> {
    return this.#work;
  }

  async #change(): Promise<void> {
    const state = this.#wanted;
    if (same(state, this.#shown)) return;
    await this.#listener?.close();
    this.#listener = undefined;
    this.#shown = CLOSED;
    if (state.kind === 'closed') return;
    this.#listener = await listenPatiently(this.localPort, this.#port, state);
    this.#shown = state;
  }
}

function same(one: PortState, other: PortState): boolean {
  if (one.kind !== 'tls' || other.kind !== 'tls') return one.kind === other.kind;
  return one.key === other.key && one.certificates.join() === other.certificates.join();
}

async function listenPatiently(
  localPort: number,
  port: number,
  state: Exclude<PortState, { kind: 'closed' }>,
): Promise<Listener> {
  const giveUp = Date.now() + OCCUPIED_MILLISECONDS;
  for (;;) {
    try {
      return await listen(localPort, port, state);
    } catch (error) {
      const occupied = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
      if (!occupied) throw error;
      if (Date.now() > giveUp) {
        throw new Failure(`port ${localPort} of this machine was taken by another program`, {
          hint: 'end that program, or start the lab again to get other ports',
        });
      }
      await new Promise((resolve) => setTimeout(resolve, RETRY_MILLISECONDS));
    }
  }
}
