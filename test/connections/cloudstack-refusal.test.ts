import { readAnswer } from '../../src/connections/cloudstack/answer.ts';
import { refused } from '../../src/connections/cloudstack/refusal.ts';
import { assert, tests } from '../tests.ts';

interface Case {
  readonly title: string;
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly requestBytes?: number;
  readonly skew?: number;
  /** `kind code: message`, then the hint. */
  readonly says: readonly [string, string?];
}

const error = (errortext: string, errorcode: number, name = 'listzonesresponse') =>
  JSON.stringify({ [name]: { uuidList: [], errorcode, cserrorcode: 9999, errortext } });
const page = (title: string) => `<html><head><title>${title}</title></head><body><h2>${title}</h2></body></html>`;
const LOG = 'the reason is in /var/log/cloudstack/management/management-server.log of the server that answered';
const CREDENTIALS = 'unable to verify user credentials and/or request signature';

const cases: readonly Case[] = [
  {
    title: 'a wrong key or signature',
    status: 401,
    body: error(CREDENTIALS, 401),
    says: [
      `Failure api-401: listZones: ${CREDENTIALS} (401)`,
      'check "api_key" and "secret_key" (a blank or line end too many?), whether the user is enabled and may use API keys ("api.key.access"), and that this version knows the command',
    ],
  },
  {
    title: 'a clock that is ahead',
    status: 401,
    body: error(CREDENTIALS, 401),
    skew: 840,
    says: [
      `Failure api-401-clock: listZones: ${CREDENTIALS} (401)`,
      "the server's clock is 14 min ahead of this machine's, and signed requests expire: set both by NTP",
    ],
  },
  {
    title: 'a clock that is behind',
    status: 401,
    body: error(CREDENTIALS, 401),
    skew: -360,
    says: [
      `Failure api-401-clock: listZones: ${CREDENTIALS} (401)`,
      "the server's clock is 6 min behind this machine's, and signed requests expire: set both by NTP",
    ],
  },
  {
    title: 'a role that lacks the command',
    status: 401,
    body: error(
      "The given command 'listZones' either does not exist, is not available for user.",
      401,
      'errorresponse',
    ),
    says: [
      "Failure api-401-role: listZones: The given command 'listZones' either does not exist, is not available for user. (401)",
      'the role of this API key lacks "listZones", or this version has no such command; rotating certificates needs a root admin\'s key',
    ],
  },
  {
    title: 'the envelope that is literally null',
    status: 401,
    body: error(CREDENTIALS, 401, 'null'),
    says: [
      `Failure api-401: listZones: ${CREDENTIALS} (401)`,
      'check "api_key" and "secret_key" (a blank or line end too many?), whether the user is enabled and may use API keys ("api.key.access"), and that this version knows the command',
    ],
  },
  {
    title: 'throttling',
    status: 429,
    body: error('The given user has reached his/her account api limit, please retry after [800] ms.', 429),
    says: [
      'Unreachable api-429: listZones: The given user has reached his/her account api limit, please retry after [800] ms. (429)',
      'the account is over its API limit ("api.throttling.max"); root admins are exempt; lower "-f"',
    ],
  },
  {
    title: 'a parameter error',
    status: 431,
    body: error('Invalid value provided for API arg: name', 431),
    says: ['Failure api-431: listZones: Invalid value provided for API arg: name (431)'],
  },
  {
    title: "Jetty's own 431",
    status: 431,
    body: '<h1>Bad Message 431</h1><pre>reason: Request Header Fields Too Large</pre>',
    says: [
      "Failure api-431-page: listZones: cloud.example:8443 refuses the request's headers (over 8 KiB)",
      'shorten "api_url", or look for a proxy that adds headers',
    ],
  },
  {
    title: 'an unknown command on the integration port',
    status: 432,
    body: error('Unknown API command: listZones', 432),
    says: [
      'Failure api-432: listZones: Unknown API command: listZones (432)',
      'this version does not know the command, or "api_url" is the integration port, which reads no POST body',
    ],
  },
  {
    title: 'maintenance',
    status: 503,
    body: error('Maintenance or Shutdown has been initiated on this management server. Can not accept new jobs', 503),
    says: [
      'Unreachable api-503: listZones: Maintenance or Shutdown has been initiated on this management server. Can not accept new jobs (503)',
      'this management server is in maintenance or shutting down: use another one ("api_url"), or cancelMaintenance / cancelShutdown',
    ],
  },
  {
    title: 'a failed start',
    status: 503,
    body: page('Error 503 Service Unavailable'),
    says: [
      'Unreachable api-503-page: listZones: cloud.example:8443 answers 503 with a page ("Error 503 Service Unavailable"), not with the API',
      'a management server that failed to start does so for good: see /var/log/cloudstack/management/management-server.log; a load balancer does when no server is up behind it',
    ],
  },
  {
    title: 'a gateway without a server behind it',
    status: 502,
    body: page('502 Bad Gateway'),
    says: [
      'Unreachable api-gateway: listZones: something in front of cloud.example:8443 answers 502: it got no answer from the management server',
    ],
  },
  {
    title: 'an internal error',
    status: 530,
    body: error('Command failed due to Internal Server Error', 530),
    says: ['Failure api-530: listZones: Command failed due to Internal Server Error (530)', LOG],
  },
  {
    title: 'a disabled account',
    status: 531,
    body: error('the user is disabled', 531),
    says: [
      'Failure api-531: listZones: the user is disabled (531)',
      'the account or user is disabled, or the login is wrong',
    ],
  },
  {
    title: 'no capacity',
    status: 533,
    body: error('no capacity', 533),
    says: [
      'Failure api-533: listZones: no capacity (533)',
      'no host, address or storage has room for it: see the capacity of the zone',
    ],
  },
  {
    title: 'an unavailable resource',
    status: 534,
    body: error('agent is away', 534),
    says: [
      'Failure api-534: listZones: agent is away (534)',
      `a resource it needs is not available (a host, a system VM, an agent): ${LOG}`,
    ],
  },
  {
    title: 'something in use',
    status: 536,
    body: error('in use', 536),
    says: ['Failure api-536: listZones: in use (536)', 'something else is using it; try again when that has ended'],
  },
  {
    title: 'a code that no row knows',
    status: 537,
    body: error('rules in conflict', 537),
    says: ['Failure api-537: listZones: rules in conflict (537)'],
  },
  {
    title: 'a form over 1 MiB',
    status: 404,
    body: page('Error 404 Not Found'),
    requestBytes: 1_200_000,
    says: [
      'Failure api-404-size: listZones: Error 404 Not Found (404)',
      'the request has 1200000 bytes; CloudStack takes forms up to 1 MiB',
    ],
  },
  {
    title: 'a path that is not the API',
    status: 404,
    body: page('Error 404 Not Found'),
    says: [
      'Failure api-404: listZones: Error 404 Not Found (404)',
      'does "api_url" end in /client/api? it is https://cloud.example:8443/client/api',
    ],
  },
  {
    title: 'a redirect',
    status: 302,
    body: '',
    headers: { location: '/client/' },
    says: [
      'Failure api-redirect: listZones: cloud.example:8443 answers 302 and points to /client/; signed requests do not follow',
      'set "api_url" to https://cloud.example:8443/client/',
    ],
  },
  {
    title: 'a page where the API should be',
    status: 200,
    body: page('Sign in'),
    says: [
      'Failure api-page: listZones: https://cloud.example:8443/client/api answers 200 with something that is not the API: "Sign in"',
      'set "api_url" to the API (…/client/api); a proxy or a login page may stand in front of it',
    ],
  },
  {
    title: 'JSON of somebody else',
    status: 200,
    body: '{"status":"ok"}',
    says: [
      'Failure api-page: listZones: https://cloud.example:8443/client/api answers 200 with something that is not the API: "{"status":"ok"}"',
      'set "api_url" to the API (…/client/api); a proxy or a login page may stand in front of it',
    ],
  },
  {
    title: 'a proxy that forbids',
    status: 403,
    body: page('Access denied'),
    says: [
      'Failure api-page: listZones: https://cloud.example:8443/client/api answers 403 with something that is not the API: "Access denied"',
      'set "api_url" to the API (…/client/api); a proxy or a login page may stand in front of it',
    ],
  },
  {
    title: 'a proxy that wants a password of its own',
    status: 401,
    body: page('401 Authorization Required'),
    says: [
      'Failure api-page: listZones: https://cloud.example:8443/client/api answers 401 with something that is not the API: "401 Authorization Required"',
      'set "api_url" to the API (…/client/api); a proxy or a login page may stand in front of it',
    ],
  },
  {
    title: 'an error inside an answer of status 200',
    status: 200,
    body: error('odd', 530),
    says: ['Failure api-530: listZones: odd (530)', LOG],
  },
];

function said({ status, body, headers = {}, requestBytes = 100, skew }: Case): string[] {
  const answer = readAnswer({ status, body, headers }, requestBytes, new Date());
  if (!('refusal' in answer)) return ['taken as an answer'];
  const url = new URL('https://cloud.example:8443/client/api');
  const failure = refused(answer.refusal, { command: 'listZones', url, clockSkewSeconds: skew });
  return [`${failure.name} ${failure.code}: ${failure.message}`, ...(failure.hint === undefined ? [] : [failure.hint])];
}

tests('refusals of the CloudStack API', {
  ...Object.fromEntries(
    cases.map((one) => [`${one.title} is told with what to do`, () => assert.equal(said(one), [...one.says])]),
  ),
  'what a program may want to know of a refusal is in its values': () => {
    const answer = readAnswer({ status: 431, headers: {}, body: error('no', 431) }, 0, new Date());
    assert.ok('refusal' in answer);
    const url = new URL('https://cloud.example/client/api');
    const failure = refused(answer.refusal, { command: 'listZones', url, clockSkewSeconds: undefined });
    assert.equal(failure.values, { errorcode: 431, errortext: 'no', cserrorcode: 9999 });
  },
  'an empty envelope is an answer': () => {
    assert.equal(readAnswer({ status: 200, headers: {}, body: '{"listzonesresponse":{}}' }, 0, new Date()), {
      item: {},
    });
  },
  'Retry-After counts as seconds and as a date': () => {
    const now = new Date('2026-11-30T00:00:00Z');
    const seconds = (value: string) => {
      const answer = readAnswer({ status: 503, headers: { 'retry-after': value }, body: '' }, 0, now);
      return 'refusal' in answer ? answer.refusal.retryAfterSeconds : undefined;
    };
    assert.equal(['7', 'Mon, 30 Nov 2026 00:00:09 GMT', 'soon'].map(seconds), [7, 9, undefined]);
  },
});
