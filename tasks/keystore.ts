import {
  fingerprintOf,
  knownPaths,
  pathIn,
  readListing,
  STORE_PASSWORD,
  scripts,
  type TrustStore,
} from '../src/cloudstack/trust-store.ts';
import type { Output } from '../src/connection.ts';
import { certificateOf } from '../src/pki/read.ts';
import { defineTask, Failure, ok, type Reader } from '../src/task.ts';

/** From the VM's own scripts; where they do not tell, the known path that is there. */
async function findStore(read: Reader): Promise<string> {
  const named = pathIn((await read.ssh.read(['grep', '-h', 'keystore', ...scripts])).stdout);
  if (named !== undefined) return named;
  const listed = (await read.ssh.read(['ls', ...knownPaths])).stdout.split('\n');
  const there = knownPaths.find((path) => listed.includes(path));
  if (there !== undefined) return there;
  throw new Failure(`the VM has no trust store at ${knownPaths.join(' or ')}`, {
    code: 'keystore-missing',
    hint: 'is this a system VM? its agent cannot run without one; destroySystemVm makes CloudStack create a new one',
  });
}

/** In English whatever language the ssh on the way hands on: the listing is read by its words. */
const keytool = (path: string, more: readonly string[], read: Reader): Promise<Output> =>
  read.ssh.read(['keytool', '-list', '-keystore', path, '-storepass', STORE_PASSWORD, ...more], {
    environment: { LC_ALL: 'C' },
  });

function unreadable(path: string, { code, stdout, stderr }: Output): Failure {
  // The JVM's notes about options that it picked up come first.
  const said = `${stdout}\n${stderr}`.split('\n').find((line) => line.trim() !== '' && !line.startsWith('Picked up '));
  return new Failure(`keytool cannot list ${path}: ${said?.trim() ?? `code ${code}`}`, {
    code: 'keystore-unreadable',
    hint: 'try it in the VM: keytool -list -keystore … -storepass vmops.com; a store of its own password or a missing Java needs a new VM (system_vm: { state: destroyed })',
  });
}

async function list(path: string, read: Reader): Promise<TrustStore> {
  const output = await keytool(path, [], read);
  const store = readListing(output.stdout);
  if (store) return store;
  throw unreadable(path, output);
}

/** Java 8 lists SHA-1 only: there the certificate itself is asked for. */
async function fingerprintIn(store: TrustStore, alias: string, path: string, read: Reader): Promise<string> {
  const listed = store.fingerprints.get(alias);
  if (listed !== undefined) return listed;
  const output = await keytool(path, ['-rfc', '-alias', alias], read);
  const fingerprint = fingerprintOf(output.stdout);
  if (fingerprint !== undefined) return fingerprint;
  throw unreadable(path, output);
}

function refuseReset(store: TrustStore, path: string, minimum: number): void {
  if (store.count >= minimum) return;
  throw new Failure(`${path} has ${store.count} entries, fewer than ${minimum}: it was reset`, {
    code: 'keystore-reset',
    hint: 'a live patch before 4.19.2 and 4.20.1 does that (apache/cloudstack#9900); stop and start the VM: system_vm: { state: restarted }',
  });
}

export const keystore = defineTask({
  name: 'keystore',
  summary: 'proves that a storage VM’s agent trusts a certificate',
  description:
    'Asks keytool over SSH for the trust store of the agent: `realhostip.keystore`, from CloudStack 4.23 on `systemvm.keystore`; the path is taken from the VM’s scripts. Under `cpvmcertificate` it holds the root of the uploaded chain, not the server certificate. Compared by SHA-256. A store of a handful of entries was reset by a live patch and no longer trusts the public authorities.',
  args: {
    alias: { type: 'string', description: 'the alias', default: 'cpvmcertificate' },
    certificate: {
      type: 'certificate',
      description: 'what must be there: `{{ bundle.root }}`, or PEM',
      required: true,
    },
    minimum_entries: {
      type: 'integer',
      description: 'fewer entries than that are a reset store',
      default: 50,
      minimum: 1,
    },
  },
  returns: { path: 'the trust store', fingerprint: 'SHA-256 of what it holds', entries: 'how many entries it has' },
  example:
    '- name: The storage VMs trust it\n  keystore: { alias: cpvmcertificate, certificate: "{{ bundle.root }}" }\n',
  provesChanges: true,
  timeoutSeconds: 120,
  async check(args, _host, read) {
    const wanted = certificateOf(args.certificate);
    const alias = args.alias.toLowerCase();
    const path = await findStore(read);
    const store = await list(path, read);
    if (!store.fingerprints.has(alias)) {
      throw new Failure(`${path} has no alias "${alias}" among its ${store.count} entries`, {
        code: 'keystore-alias',
        hint: 'the root row has another domain suffix than the server certificate, secstorage.encrypt.copy was off when the management server started, or no image store of the zone is NFS',
      });
    }
    const fingerprint = await fingerprintIn(store, alias, path, read);
    if (fingerprint !== wanted.fingerprint) {
      throw new Failure(`"${alias}" in ${path} is ${fingerprint}, not ${wanted.subject} (${wanted.fingerprint})`, {
        code: 'keystore-other',
        hint: 'upload the root with the lowest id (certificate_chain does) and restart the VM; its agent imports the root when it connects',
      });
    }
    refuseReset(store, path, args.minimum_entries);
    const values = { path, fingerprint, entries: store.count };
    const decidedOn = { 'trust store': path, [`"${alias}"`]: fingerprint };
    return ok(`"${alias}" is ${wanted.subject}, one of ${store.count} entries`, { values, decidedOn });
  },
});
