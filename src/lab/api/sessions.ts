// Logins by user name and password. A session hangs on two cookies and a parameter, and a wrong one ends it.

import { randomBytes } from 'node:crypto';
import type { Identity, Install, ServerRow } from '../world/install.ts';
import { Refusal } from '../world/refusal.ts';
import { type ApiCall, parameter } from './request.ts';

export interface SessionAnswer {
  readonly content: Readonly<Record<string, unknown>>;
  readonly cookies: readonly string[];
}

export class Sessions {
  readonly #keys = new Map<string, string>();

  /** Throws `Refusal` 531 without an exception code. */
  login(call: ApiCall, install: Install, server: ServerRow): SessionAnswer {
    const username = parameter(call, 'username') ?? '';
    const path = (parameter(call, 'domain') ?? '/').replace(/^\/?/, '/').replace(/\/?$/, '/');
    if (path !== '/' && path !== '/ROOT/') throw new Refusal(531, `Unable to find the domain from the path ${path}`);
    const right = username === 'admin' && parameter(call, 'password') === install.options.adminPassword;
    if (!right || install.options.adminPassword === undefined) {
      throw new Refusal(531, `Failed to authenticate user ${username} in domain 1; please provide valid credentials`);
    }
    const id = randomBytes(16).toString('hex');
    const key = randomBytes(20).toString('base64url');
    this.#keys.set(id, key);
    return {
      content: loginContent(username, key, server, install.identity),
      cookies: [`JSESSIONID=${id}; Path=/client`, `sessionkey=${key};HttpOnly;SameSite=Lax`],
    };
  }

  /** Whether the call has a session at all: without one, signatures decide. */
  knows(call: ApiCall): boolean {
    return this.#keys.has(call.cookies.get('JSESSIONID') ?? '');
  }

  /** Both cookies and the parameter must fit; where they do not, the session is over. */
  admits(call: ApiCall): boolean {
    const id = call.cookies.get('JSESSIONID') ?? '';
    const key = this.#keys.get(id);
    const fits = key !== undefined && call.cookies.get('sessionkey') === key && parameter(call, 'sessionkey') === key;
    if (!fits) this.#keys.delete(id);
    return fits;
  }

  logout(call: ApiCall): SessionAnswer {
    this.#keys.delete(call.cookies.get('JSESSIONID') ?? '');
    const gone = 'Expires=Thu, 01-Jan-1970 00:00:00 GMT; Max-Age=0';
    return { content: { description: 'success' }, cookies: [`JSESSIONID=; ${gone}`, `sessionkey=; ${gone}`] };
  }

  /** A restart forgets all of them. */
  clear(): void {
    this.#keys.clear();
  }
}

const loginContent = (username: string, sessionkey: string, server: ServerRow, identity: Identity) => ({
  username,
  userid: identity.userId,
  domainid: identity.domainId,
  timeout: 1800,
  account: 'admin',
  firstname: 'Admin',
  lastname: 'User',
  type: '1',
  timezone: 'UTC',
  timezoneoffset: '0.0',
  registered: 'false',
  sessionkey,
  is2faenabled: 'false',
  is2faverified: 'true',
  issuerfor2fa: 'CloudStack',
  managementserverid: server.id,
});
