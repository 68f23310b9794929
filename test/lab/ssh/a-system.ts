// A machine made of a few files, to run the lab's programs on.

import { keytoolOf, type TrustStore } from '../../../src/lab/ssh/programs/keytool.ts';
import { apachectl } from '../../../src/lab/ssh/programs/services.ts';
import { everywhere } from '../../../src/lab/ssh/programs.ts';
import { runShell } from '../../../src/lab/ssh/shell.ts';
import type { Output, System, UnitState } from '../../../src/lab/ssh/system.ts';
import { keystoreBytes } from '../../../src/lab/ssh/truststore.ts';

export interface Parts {
  readonly files?: Readonly<Record<string, string>>;
  readonly units?: Readonly<Record<string, UnitState>>;
  readonly store?: TrustStore;
}

export function aSystem({ files = {}, units = {}, store }: Parts): System {
  const content = new Map<string, Buffer>(Object.entries(files).map(([path, text]) => [path, Buffer.from(text)]));
  if (store) content.set(store.path, keystoreBytes(store));
  return {
    hostname: 's-2-VM',
    read: (path) => content.get(path),
    paths: () => [...content.keys()],
    unit: (name) => units[name],
    control: (_name, verb) => (verb === 'stop' ? 'the lab does not stop it' : undefined),
    listening: () => [{ address: '203.0.113.5', port: 443 }],
    processes: () => ['/usr/sbin/apache2 -k start'],
    programs: new Map([...everywhere, ['keytool', keytoolOf(store ? [store] : [])], ['apachectl', apachectl]]),
  };
}

export const runOn = (parts: Parts, command: string, stdin = ''): Promise<Output> =>
  runShell(command, () => Promise.resolve(stdin), aSystem(parts));
