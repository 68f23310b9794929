// A machine on which ordered faults strike the programs that are run on it.

import type { World } from '../world/world.ts';
import { failed, type Program, type System } from './system.ts';

/** Thrown by a program that has done its work when the connection to who called it is lost. */
export class ConnectionLost extends Error {}

export interface FaultyMachine {
  readonly name: string;
  /** `host`, or a system VM's type. */
  readonly type: string;
  /** Empty for a host. */
  readonly zone: string;
}

/** The system as it is, with `program-fails` and `ssh-lost` of the world upon its programs. */
export function faulty(system: System, machine: FaultyMachine, world: Pick<World, 'strikes'>): System {
  const programs = new Map([...system.programs].map(([name, program]) => [name, struck(name, program)]));
  function struck(command: string, program: Program): Program {
    return async (call) => {
      if (world.strikes('program-fails', { command, machine })) return failed(1, `${command}: Input/output error\n`);
      const output = await program(call);
      if (world.strikes('ssh-lost', { command, machine })) throw new ConnectionLost();
      return output;
    };
  }
  // What the system says of itself may be another the next time, so that it is asked and not copied.
  return Object.create(system, { programs: { value: programs, enumerable: true } }) as System;
}
