// Faults that were ordered, and how often they still strike.

import type { Fault, FaultName } from '../faults.ts';
import type { FaultSubject } from './world.ts';

interface Order {
  readonly fault: Fault;
  left: number;
}

/** What lasts until it is withdrawn, unless its order says otherwise; the others strike once. */
const lasting = new Set<FaultName>([
  'vm-does-not-come-back',
  'agent-never-up',
  'apache-keeps-old-chain',
  'no-listener-8443',
  'host-key-changed',
  'clock-skew',
  'dns-silent',
  'dns-no-name',
]);

export class Orders {
  #orders: Order[] = [];

  add(fault: Fault): void {
    const left = fault.times ?? (lasting.has(fault.name) ? Number.POSITIVE_INFINITY : 1);
    this.#orders.push({ fault, left });
  }

  withdraw(name: FaultName): void {
    this.#orders = this.#orders.filter((order) => order.fault.name !== name);
  }

  /** Whether such a fault is in force, without counting. */
  holds(name: FaultName, subject: FaultSubject = {}): boolean {
    return this.#find(name, subject) !== undefined;
  }

  /** Whether one strikes now; counts the strike. */
  strikes(name: FaultName, subject: FaultSubject = {}): boolean {
    const order = this.#find(name, subject);
    if (order === undefined) return false;
    order.left -= 1;
    return true;
  }

  #find(name: FaultName, subject: FaultSubject): Order | undefined {
    return this.#orders.find((order) => order.fault.name === name && order.left > 0 && aims(order.fault, subject));
  }
}

function aims(fault: Fault, { command, parameters, machine }: FaultSubject): boolean {
  if (fault.command !== undefined && fault.command.toLowerCase() !== command?.toLowerCase()) return false;
  if (fault.parameter !== undefined && !hasParameter(parameters ?? {}, fault.parameter)) return false;
  if (fault.target === undefined) return true;
  if (machine === undefined) return false;
  return [machine.name, machine.type, `${machine.zone}/${machine.type}`].includes(fault.target);
}

function hasParameter(parameters: Readonly<Record<string, string>>, wanted: string): boolean {
  const [name = '', value] = wanted.split('=');
  const given = Object.entries(parameters).find(([key]) => key.toLowerCase() === name);
  return given !== undefined && (value === undefined || given[1] === value);
}
