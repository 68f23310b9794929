import { assert, tests } from '../tests.ts';
import { apiKey, type Cloud, enveloped, secretKey, startCloud } from './cloud.ts';
import { failureText, hostOf, stepOf, withConnections } from './steps.ts';

type Users = readonly { readonly domain: string; readonly domainid: string }[];

const root = { username: 'admin', domain: 'ROOT', domainid: '5f0e9d3c-1111-4222-8333-444455556666' };
const tenant = { username: 'anna', domain: 'tenants', domainid: '0b0b0b0b-1111-4222-8333-444455556666' };

async function withCloud<T>(users: Users, body: (cloud: Cloud) => Promise<T>): Promise<T> {
  const cloud = await startCloud(({ command }) => enveloped(command, { count: users.length, user: users }));
  try {
    return await body(cloud);
  } finally {
    await cloud.close();
  }
}

const variables = (cloud: Cloud) => ({ api_url: cloud.url, api_key: apiKey, secret_key: secretKey });

tests('identity of a cloud', {
  'a cloud is the same by each name, and is asked once for each': () =>
    withCloud([tenant, root], (cloud) =>
      withConnections(async (connections) => {
        const one = hostOf(variables(cloud), 'cloud', 'eu-1');
        const below = hostOf(variables(cloud), 'system_vm', 'eu-1/ams/v-1-VM');
        const other = hostOf(variables(cloud), 'cloud', 'production');
        const identity = root.domainid;
        assert.equal(await Promise.all([one, below, other].map((host) => connections.identity(host, stepOf()))), [
          { identity, cloud: 'eu-1' },
          { identity, cloud: 'eu-1' },
          { identity, cloud: 'production' },
        ]);
        assert.equal(
          cloud.calls.map(({ command }) => command),
          ['listUsers', 'listUsers'],
        );
      }),
    ),
  'a machine that lies in no cloud has none, and nobody is asked': () =>
    withConnections(async (connections) => {
      assert.is(await connections.identity(hostOf({}, 'host', 'web1'), stepOf()), undefined);
    }),
  'a key that does not see the ROOT domain is refused, each time': () =>
    withCloud([tenant], (cloud) =>
      withConnections(async (connections) => {
        const ask = () => failureText(connections.identity(hostOf(variables(cloud)), stepOf()));
        const told = [await ask(), await ask()];
        const text = [
          'Failure identity: which cloud "eu-1" is cannot be told: listUsers shows no user of the domain ROOT',
          'hint: use the API key of a root admin, whose role allows listUsers: without it no lock keeps two runs off the cloud',
        ].join('\n');
        assert.equal(told, [text, text]);
        assert.is(cloud.calls.length, 2);
      }),
    ),
});
