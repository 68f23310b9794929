// The DNS server of the lab's domains: `203-0-113-5.console.lab.example` is 203.0.113.5, as the wildcard-like zone
// that an operator has to keep for CloudStack answers.

import { createSocket } from 'node:dgram';
import { LOOPBACK } from '../vm/ports.ts';
import { readQuery, TYPE_A, writeAnswer } from './message.ts';

export interface DnsServer {
  /** `127.0.0.1:5300`. */
  readonly address: string;
  close(): Promise<void>;
}

export interface DnsZone {
  /** Domains whose names are made from addresses: `console.lab.example`. */
  readonly domains: readonly string[];
  /** Whether a public address belongs to the lab. */
  isPublic(address: string): boolean;
  /** What an ordered fault makes of the next question; undefined: nothing. */
  fault?(): 'silent' | 'no name' | undefined;
}

/** Starts on a free UDP port of 127.0.0.1. IPv6 and all other types of record are there, and empty. */
export async function startDnsServer(zone: DnsZone): Promise<DnsServer> {
  const socket = createSocket('udp4');
  socket.on('message', (datagram, from) => {
    const query = readQuery(datagram);
    const fault = zone.fault?.();
    if (query === undefined || fault === 'silent') return;
    const address = fault === 'no name' ? undefined : addressOf(query.name, zone);
    const answer =
      address === undefined
        ? writeAnswer(query, 'NXDOMAIN', [])
        : writeAnswer(query, 'NOERROR', query.type === TYPE_A ? [address] : []);
    socket.send(answer, from.port, from.address);
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.bind({ address: LOOPBACK, port: 0, exclusive: true }, resolve);
  });
  return {
    address: `${LOOPBACK}:${socket.address().port}`,
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}

/** The address that a name says, when it is one of the lab's. */
function addressOf(name: string, zone: DnsZone): string | undefined {
  const dot = name.indexOf('.');
  const parts = /^(\d{1,3})-(\d{1,3})-(\d{1,3})-(\d{1,3})$/.exec(name.slice(0, dot));
  if (parts === null || !zone.domains.includes(name.slice(dot + 1))) return undefined;
  const address = parts.slice(1).join('.');
  return zone.isPublic(address) ? address : undefined;
}
