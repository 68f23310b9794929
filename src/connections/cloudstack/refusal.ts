// What to tell the operator of a refusal: one row for each way in which a CloudStack server, or something in front of
// it, says no. Statuses and texts are those of `ApiErrorCode` and of recorded servers.

import { Failure, Unreachable } from '../../errors.ts';
import { redact } from '../../secret.ts';
import type { Refusal } from './answer.ts';

export interface RefusalContext {
  readonly command: string;
  readonly url: URL;
  /** Seconds that the server's clock is ahead; undefined where it never said. */
  readonly clockSkewSeconds: number | undefined;
}

interface Row {
  readonly code?: string;
  /** Who could not be had, or what was wrong: decides between exit codes 2 and 3. */
  readonly unreachable?: boolean;
  readonly message?: string;
  readonly hint?: string | undefined;
}

/** A difference of clocks that explains a refused signature: requests are valid for 10 minutes from our now. */
const SKEW_SECONDS = 240;
const LARGEST_FORM = 1_048_576;

function minutes(seconds: number): string {
  return `${Math.round(Math.abs(seconds) / 60)} min ${seconds > 0 ? 'ahead of' : 'behind'}`;
}

function unauthorized({ text }: Refusal, { command, clockSkewSeconds: skew }: RefusalContext): Row {
  if (text.includes('does not exist, is not available')) {
    return {
      code: 'api-401-role',
      hint: `the role of this API key lacks "${command}", or this version has no such command; rotating certificates needs a root admin's key`,
    };
  }
  if (skew !== undefined && Math.abs(skew) > SKEW_SECONDS) {
    return {
      code: 'api-401-clock',
      hint: `the server's clock is ${minutes(skew)} this machine's, and signed requests expire: set both by NTP`,
    };
  }
  return {
    hint: 'check "api_key" and "secret_key" (a blank or line end too many?), whether the user is enabled and may use API keys ("api.key.access"), and that this version knows the command',
  };
}

function unavailable({ envelope, text }: Refusal, { url }: RefusalContext): Row {
  if (!envelope) {
    return {
      code: 'api-503-page',
      unreachable: true,
      message: `${url.host} answers 503 with a page ("${redact(text)}"), not with the API`,
      hint: 'a management server that failed to start does so for good: see /var/log/cloudstack/management/management-server.log; a load balancer does when no server is up behind it',
    };
  }
  return {
    unreachable: true,
    hint: 'this management server is in maintenance or shutting down: use another one ("api_url"), or cancelMaintenance / cancelShutdown',
  };
}

function notFound({ requestBytes }: Refusal, { url }: RefusalContext): Row {
  if (requestBytes > LARGEST_FORM) {
    return { code: 'api-404-size', hint: `the request has ${requestBytes} bytes; CloudStack takes forms up to 1 MiB` };
  }
  return { hint: `does "api_url" end in /client/api? it is ${url.origin}${url.pathname}` };
}

function redirected({ location, status }: Refusal, { url }: RefusalContext): Row {
  return {
    code: 'api-redirect',
    message: `${url.host} answers ${status} and points to ${location ?? 'nowhere'}; signed requests do not follow`,
    hint:
      location !== undefined && URL.canParse(location, url.href)
        ? `set "api_url" to ${new URL(location, url).href}`
        : 'set "api_url" to the API itself',
  };
}

function page({ status, text }: Refusal, { url }: RefusalContext): Row {
  return {
    code: 'api-page',
    message: `${url.href} answers ${status} with something that is not the API: "${redact(text)}"`,
    hint: 'set "api_url" to the API (…/client/api); a proxy or a login page may stand in front of it',
  };
}

function headersTooLarge({ envelope }: Refusal, { url }: RefusalContext): Row {
  if (envelope) return {};
  return {
    code: 'api-431-page',
    message: `${url.host} refuses the request's headers (over 8 KiB)`,
    hint: 'shorten "api_url", or look for a proxy that adds headers',
  };
}

const gateway = ({ status }: Refusal, { url }: RefusalContext): Row => ({
  code: 'api-gateway',
  unreachable: true,
  message: `something in front of ${url.host} answers ${status}: it got no answer from the management server`,
});

const LOG = 'the reason is in /var/log/cloudstack/management/management-server.log of the server that answered';

const BY_STATUS: Readonly<Record<number, (refusal: Refusal, context: RefusalContext) => Row>> = {
  301: redirected,
  302: redirected,
  303: redirected,
  307: redirected,
  308: redirected,
  401: unauthorized,
  404: notFound,
  405: () => ({ hint: 'something in front of the API does not let POST through' }),
  407: () => ({ code: 'api-proxy', hint: 'the proxy wants a user: http://USER:PASSWORD@HOST:PORT in HTTPS_PROXY' }),
  429: () => ({
    unreachable: true,
    hint: 'the account is over its API limit ("api.throttling.max"); root admins are exempt; lower "-f"',
  }),
  431: headersTooLarge,
  432: () => ({
    hint: 'this version does not know the command, or "api_url" is the integration port, which reads no POST body',
  }),
  502: gateway,
  503: unavailable,
  504: gateway,
  511: () => ({ hint: 'the user has to pass two-factor authentication; use API keys' }),
  530: () => ({ hint: LOG }),
  531: () => ({ hint: 'the account or user is disabled, or the login is wrong' }),
  532: () => ({ hint: 'a limit of the account is reached' }),
  533: () => ({ hint: 'no host, address or storage has room for it: see the capacity of the zone' }),
  534: () => ({ hint: `a resource it needs is not available (a host, a system VM, an agent): ${LOG}` }),
  535: () => ({ hint: 'a limit of resources is reached' }),
  536: () => ({ hint: 'something else is using it; try again when that has ended' }),
};

/** What Jetty, proxies and load balancers answer as well, with a page; any other status of theirs says too little. */
const WITHOUT_ENVELOPE: ReadonlySet<number> = new Set([301, 302, 303, 307, 308, 404, 405, 407, 431, 502, 503, 504]);

function rowOf(refusal: Refusal, context: RefusalContext): Row {
  if (!refusal.envelope && !WITHOUT_ENVELOPE.has(refusal.status)) return page(refusal, context);
  return BY_STATUS[refusal.status]?.(refusal, context) ?? {};
}

/** A refusal as the error that is thrown: `listZones: <text> (401)`, with a hint and the code `api-<status>`. */
export function refused(refusal: Refusal, context: RefusalContext): Failure {
  const row = rowOf(refusal, context);
  const said = row.message ?? `${redact(refusal.text) || 'no reason given'} (${refusal.status})`;
  const Kind = row.unreachable ? Unreachable : Failure;
  return new Kind(`${context.command}: ${said}`, {
    code: row.code ?? `api-${refusal.status}`,
    hint: row.hint,
    values: {
      errorcode: refusal.status,
      errortext: redact(refusal.text),
      ...(refusal.cserrorcode === undefined ? {} : { cserrorcode: refusal.cserrorcode }),
    },
  });
}
