// An API that is not there, is something else, or does not know the caller: exit code, reason and way out.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { withLab } from '../rig.ts';
import { assert, tests } from '../tests.ts';
import { eventsOf, failuresOf } from './told.ts';

const KEYS =
  'check "api_key" and "secret_key" (a blank or line end too many?), whether the user is enabled and may use API keys ("api.key.access"), and that this version knows the command';
const DENIED = 'unable to verify user credentials and/or request signature (401)';

interface Away {
  readonly title: string;
  /** `api` is the lab's URL, `page` that of a web server. */
  readonly variable: (urls: { readonly api: string; readonly page: string }) => string;
  readonly ends: number;
  readonly says: string;
  readonly hint: string;
}

const cases: readonly Away[] = [
  {
    title: 'nothing listens at "api_url"',
    variable: () => 'api_url=http://127.0.0.1:1/client/api',
    ends: 3,
    says: '(unreachable): a look: API refuses connections',
    hint: 'is the management server running, and is "api_url" right?',
  },
  {
    // A label longer than DNS allows: no resolver is asked.
    title: 'the name in "api_url" does not resolve',
    variable: () => `api_url=http://${'x'.repeat(64)}.example/client/api`,
    ends: 3,
    says: `(unreachable): a look: ${'x'.repeat(64)}.example:80 is a name that does not exist`,
    hint: 'is the name in "api_url" right?',
  },
  {
    title: 'a web server answers at "api_url"',
    variable: ({ page }) => `api_url=${page}`,
    ends: 2,
    says: '(failed): a look: http://API/client/api answers 200 with something that is not the API: "Welcome!"',
    hint: 'set "api_url" to the API (…/client/api); a proxy or a login page may stand in front of it',
  },
  {
    title: 'the path of "api_url" is another',
    variable: ({ api }) => `api_url=${api}x`,
    ends: 2,
    says: '(failed): a look: Error 404 Not Found (404)',
    hint: 'does "api_url" end in /client/api? it is http://API/client/apix',
  },
  {
    title: 'the secret key is wrong',
    variable: () => 'secret_key=another',
    ends: 2,
    says: `(failed): a look: ${DENIED}`,
    hint: KEYS,
  },
  {
    title: 'the API key is wrong',
    variable: () => 'api_key=another',
    ends: 2,
    says: `(failed): a look: ${DENIED}`,
    hint: KEYS,
  },
];

async function withPage<T>(body: (url: string) => Promise<T>): Promise<T> {
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'text/html').end('<html><body><h1>Welcome!</h1></body></html>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await body(`http://127.0.0.1:${(server.address() as AddressInfo).port}/client/api`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

tests('an API that cannot be used', {
  [`ends the run with its reason: ${cases.map(({ title }) => title).join('; ')}`]: () =>
    withPage((page) =>
      withLab({ profile: '4.22', zones: 1, timeFactor: 0.01 }, async ({ lab, playHere }) => {
        const api = lab.clouds[0]?.apiUrl ?? '';
        for (const { title, variable, ends, says, hint } of cases) {
          const run = await playHere(['rotate-certs.yml', '--output', 'json', '-e', variable({ api, page })]);
          const wanted = `lab, Rotate the certificate of every cloud ${says}\n  hint: ${hint}`;
          assert.is(failuresOf(eventsOf(run)), wanted, title);
          assert.is(run.code, ends, title);
        }
        assert.equal(lab.writes(), []);
      }),
    ),
});
