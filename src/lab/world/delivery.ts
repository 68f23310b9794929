// What an agent is given when it connects, and what the VM makes of it. Measured with CloudStack's own delivery classes
// and script: a console proxy takes it once a JVM, a storage VM's script runs at every connection.

import { type ConsoleContent, type Install, note, type ServerRow, type VmRow } from './install.ts';
import { firstCertificate, Unparsable } from './java-certificate.ts';
import { SERVER_ROW } from './keystore.ts';
import { apacheStarts, blocksOf, javaKeyPem } from './pem.ts';
import { consoleKeystore, storageTls } from './views.ts';

/** The material for an agent that has just connected to `server`. */
export function deliver(install: Install, vm: VmRow, server: ServerRow): void {
  if (vm.type === 'consoleproxy') vm.console ??= consoleContent(install, vm, server);
  else configureApache(install, vm, server);
}

function consoleContent(install: Install, vm: VmRow, server: ServerRow): ConsoleContent {
  if (!consoleKeystore(install, server, vm.zone)) return vm.premium ? { kind: 'nothing' } : { kind: 'plain' };
  if (!vm.premium) return { kind: 'plain' };
  const row = install.keystore.find(SERVER_ROW);
  if (row === undefined || row.key === null) {
    note(install, `ERROR Unable to find keystore ${SERVER_ROW}`);
    return { kind: 'nothing' };
  }
  const chain = [row, ...install.keystore.chain().toReversed()];
  try {
    const certificates = chain.map(({ certificate }) => firstCertificate(certificate).toString());
    return { kind: 'tls', certificates, key: javaKeyPem(row.key) };
  } catch (error) {
    if (!(error instanceof Unparsable)) throw error;
    note(install, `WARN Unable to build keystore for ${SERVER_ROW} due to CertificateException`);
    return { kind: 'nothing' };
  }
}

/**
 * What config_ssl.sh does. Without a certificate it installs the expired pair of realhostip.com; a chain file that is
 * there and not replaced stays; a pair that Apache cannot use leaves it down.
 */
function configureApache(install: Install, vm: VmRow, server: ServerRow): void {
  const row = storageTls(server) ? install.keystore.find(SERVER_ROW) : undefined;
  vm.vhost = 'cert_apache';
  if (row === undefined || row.key === null) {
    vm.apacheFiles = install.options.realhostip;
  } else {
    const chain = install.keystore.chain().filter((link) => link.domainSuffix === row.domainSuffix);
    const [root] = chain;
    vm.apacheFiles = { key: row.key, certificate: row.certificate };
    if (root) {
      vm.trustedRoot = blocksOf(root.certificate)[0];
      const kept =
        vm.chainFile !== undefined && install.orders.strikes('apache-keeps-old-chain', { machine: subjectOf(vm) });
      if (!kept) {
        vm.chainFile = chain
          .toReversed()
          .map(({ certificate }) => certificate)
          .join('\n');
      }
    }
  }
  startApache(install, vm);
}

/** A restart of Apache with the files as they are. */
export function startApache(install: Install, vm: VmRow): void {
  const pair = pairOf(install, vm);
  vm.apache = pair === undefined || apacheStarts(pair.certificate, pair.key) ? 'active' : 'failed';
  if (vm.apache === 'failed') note(install, `WARN Unable to configure httpd to use ssl on ${vm.name}`);
}

/** The pair that the vhost names; undefined in a lab without stock certificates. */
export function pairOf(
  install: Install,
  vm: VmRow,
): { readonly certificate: string; readonly key: string } | undefined {
  return vm.vhost === 'snakeoil' ? install.options.snakeoil : vm.apacheFiles;
}

export const subjectOf = (vm: VmRow) => ({ name: vm.name, type: vm.type, zone: vm.zone.name });
