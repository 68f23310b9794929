// Who may call: a session, or a signature by the key of the lab's one user.

import type { Install, ServerRow } from '../world/install.ts';
import { Refusal } from '../world/refusal.ts';
import { isTrue } from '../world/views.ts';
import type { Command } from './command.ts';
import { type ApiCall, parameter } from './request.ts';
import type { Sessions } from './sessions.ts';
import { isSigned, readExpires } from './signature.ts';

const DENIED = 'unable to verify user credentials and/or request signature';
const denied = (): Refusal => new Refusal(401, DENIED);

/** How far ahead `expires` may lie where the server enforces it, in milliseconds. */
const FARTHEST = 15 * 60 * 1000;

/** How far a server's clock is ahead of the true time under the fault clock-skew, in milliseconds. */
export const SKEW = 60 * 60 * 1000;

export const serverTime = (install: Install): number => Date.now() + (install.orders.holds('clock-skew') ? SKEW : 0);

/** Throws `Refusal` 401 with the one text that CloudStack has for all reasons, or 400. */
export function admit(
  install: Install,
  server: ServerRow,
  sessions: Sessions,
  call: ApiCall,
  command: Command | undefined,
): void {
  const enforced = isTrue(server.memo.get('enforce.post.requests.and.timestamps') ?? null);
  if (sessions.knows(call)) {
    if (!sessions.admits(call)) throw new Refusal(401, 'unable to verify user credentials');
  } else if (!isAdmitted(install, call, enforced)) {
    throw denied();
  }
  if (command === undefined) throw denied();
  if (enforced && call.method !== 'POST') refuseGet(command, call);
}

function isAdmitted(install: Install, call: ApiCall, enforced: boolean): boolean {
  const key = parameter(call, 'apikey');
  if (key === undefined || key !== install.options.apiKey) return false;
  const version3 = parameter(call, 'signatureversion') === '3';
  if (enforced && !version3) return false;
  if (version3 && !isInTime(call, serverTime(install), enforced)) return false;
  return isSigned(call, install.options.secretKey);
}

function isInTime(call: ApiCall, now: number, enforced: boolean): boolean {
  const expires = readExpires(parameter(call, 'expires'))?.getTime();
  if (expires === undefined || expires < now) return false;
  return !enforced || expires <= now + FARTHEST;
}

function refuseGet(command: Command, call: ApiCall): void {
  if (/^(get|list|query|find)\w+$/.test(command.name) || command.name === 'readyForShutdown') return;
  const what =
    command.name === 'updateConfiguration'
      ? `Changes for configuration ${parameter(call, 'name') ?? ''} needs`
      : `State changing command ${command.name} needs`;
  throw new Refusal(400, `${what} to be sent using POST request`, { exception: 'ServerApi' });
}
