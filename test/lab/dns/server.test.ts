import { Resolver } from 'node:dns/promises';
import { startDnsServer } from '../../../src/lab/dns/server.ts';
import { assert, tests } from '../../tests.ts';

type Fault = 'silent' | 'no name';

async function ask(name: string, type: 'A' | 'AAAA' | 'TXT', fault?: Fault): Promise<unknown> {
  const server = await startDnsServer({
    domains: ['console.lab.example'],
    isPublic: (address) => address === '203.0.113.5',
    fault: () => fault,
  });
  const resolver = new Resolver({ timeout: fault === 'silent' ? 50 : 2000, tries: 1 });
  resolver.setServers([server.address]);
  try {
    return await resolver.resolve(name, type);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code;
  } finally {
    await server.close();
  }
}

const questions: readonly [string, 'A' | 'AAAA' | 'TXT', unknown, Fault?][] = [
  ['203-0-113-5.console.lab.example', 'A', ['203.0.113.5']],
  ['203-0-113-5.CONSOLE.lab.example', 'A', ['203.0.113.5']],
  ['203-0-113-5.console.lab.example', 'AAAA', 'ENODATA'],
  ['203-0-113-5.console.lab.example', 'TXT', 'ENODATA'],
  ['203-0-113-6.console.lab.example', 'A', 'ENOTFOUND'],
  ['203-0-113-5.storage.lab.example', 'A', 'ENOTFOUND'],
  ['203-0-113-5.console.lab.example', 'A', 'ENOTFOUND', 'no name'],
  ['203-0-113-5.console.lab.example', 'A', 'ETIMEOUT', 'silent'],
  ['www.console.lab.example', 'A', 'ENOTFOUND'],
  ['console.lab.example', 'A', 'ENOTFOUND'],
];

tests(
  'DNS of the lab',
  Object.fromEntries(
    questions.map(([name, type, expected, fault]) => [
      `${type} of ${name} is ${JSON.stringify(expected)}${fault ? ` under the fault ${fault}` : ''}`,
      async () => assert.equal(await ask(name, type, fault), expected),
    ]),
  ),
);
