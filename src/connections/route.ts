// `connect_to`: where a connection to HOST:PORT really goes, as curl's option of that name has it. For NAT, bastions,
// and the lab's unprivileged ports. Names and certificates are still judged by the name that was asked for.

import { Failure } from '../errors.ts';

export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

interface Rule {
  readonly from: { readonly host: string; readonly port: string };
  readonly to: { readonly host: string; readonly port: string };
}

/** Gives the endpoint to connect to for the endpoint that is meant. */
export type Route = (meant: Endpoint) => Endpoint;

const PART = /(?:\[([^\]]*)\]|([^:[\]]*))/.source;
const RULE = new RegExp(`^${PART}:(\\d*):${PART}:(\\d*)$`);

/** `HOST1:PORT1:HOST2:PORT2`; IPv6 in brackets; an empty first part meets any, an empty second one changes nothing. */
function parseRule(text: string): Rule {
  const match = RULE.exec(text);
  if (!match) {
    throw new Failure(`"connect_to" cannot be read: "${text}"`, {
      code: 'connect-to',
      hint: 'write HOST1:PORT1:HOST2:PORT2, IPv6 addresses in brackets; an empty part means any, or the same',
    });
  }
  const [, host1, plain1 = '', port1 = '', host2, plain2 = '', port2 = ''] = match;
  return {
    from: { host: (host1 ?? plain1).toLowerCase(), port: port1 },
    to: { host: host2 ?? plain2, port: port2 },
  };
}

function meets(rule: Rule, meant: Endpoint): boolean {
  const host = meant.host.toLowerCase().replace(/^\[(.*)\]$/, '$1');
  return (
    (rule.from.host === '' || rule.from.host === host) && (rule.from.port === '' || +rule.from.port === meant.port)
  );
}

/** The first rule that meets the endpoint decides; without one it stays as it is. */
export function routeOf(rules: readonly string[]): Route {
  const parsed = rules.map(parseRule);
  return (meant) => {
    const rule = parsed.find((candidate) => meets(candidate, meant));
    if (!rule) return meant;
    return {
      host: rule.to.host === '' ? meant.host : rule.to.host,
      port: rule.to.port === '' ? meant.port : Number(rule.to.port),
    };
  };
}

export function sameEndpoint(one: Endpoint, other: Endpoint): boolean {
  return one.host === other.host && one.port === other.port;
}

/** `host:port`, with the brackets that IPv6 needs. */
export function endpointText({ host, port }: Endpoint): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
