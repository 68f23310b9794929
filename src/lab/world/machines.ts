// System VMs as the machines that the lab's listeners and SSH servers show.

import { rootCertificates } from 'node:tls';
import type { Machine, PortState, TrustStoreEntry } from '../machine.ts';
import { pairOf, subjectOf } from './delivery.ts';
import type { Install, VmRow } from './install.ts';
import { blocksOf } from './pem.ts';

const CLOSED: PortState = { kind: 'closed' };
const PLAIN: PortState = { kind: 'plain' };

/** Tells of a machine that changed. */
export function changed(install: Install, vm: VmRow): void {
  if (install.machineListeners.size === 0) return;
  const machine = machineOf(install, vm);
  for (const listener of install.machineListeners) listener({ kind: 'machine', machine });
}

export function machineOf(install: Install, vm: VmRow): Machine {
  return {
    id: vm.id,
    type: vm.type,
    name: vm.name,
    zone: vm.zone.name,
    hypervisor: vm.host?.name ?? '',
    publicIp: vm.publicIp,
    privateIp: vm.privateIp,
    linkLocalIp: vm.linkLocalIp,
    power: vm.power,
    ports: vm.power === 'on' ? portsOf(install, vm) : {},
    files: filesOf(install, vm),
    trustStore: { path: install.rules.trustStore, password: 'vmops.com', entries: trustStoreOf(install, vm) },
    services: servicesOf(vm),
  };
}

function portsOf(install: Install, vm: VmRow): Readonly<Record<number, PortState>> {
  return vm.type === 'consoleproxy' ? consolePorts(install, vm) : storagePorts(install, vm);
}

function consolePorts(install: Install, vm: VmRow): Readonly<Record<number, PortState>> {
  const content = vm.console;
  if (content === undefined || content.kind === 'nothing') return { 443: CLOSED, 8443: CLOSED };
  if (content.kind === 'plain') return { 80: PLAIN, 8080: PLAIN, 443: CLOSED, 8443: CLOSED };
  const silent = vm.vncPort !== 8443 || install.orders.holds('no-listener-8443', { machine: subjectOf(vm) });
  return { 443: content, 8443: silent ? CLOSED : content, ...(vm.vncPort === 8080 ? { 8080: PLAIN } : {}) };
}

function storagePorts(install: Install, vm: VmRow): Readonly<Record<number, PortState>> {
  const pair = pairOf(install, vm);
  if (vm.apache !== 'active') return { 80: CLOSED, 443: CLOSED };
  if (pair === undefined) return { 80: PLAIN, 443: CLOSED };
  const [leaf = '', ...rest] = blocksOf(pair.certificate);
  const chain = vm.vhost === 'cert_apache' && vm.chainFile !== undefined ? blocksOf(vm.chainFile) : rest;
  return { 80: PLAIN, 443: { kind: 'tls', certificates: [leaf, ...chain], key: pair.key } };
}

function filesOf(install: Install, vm: VmRow): Readonly<Record<string, string>> {
  const role = vm.type === 'consoleproxy' ? 'consoleproxy' : 'secstorage';
  const shared = {
    '/etc/cloudstack-release': `Cloudstack Release ${install.rules.version}\n`,
    '/var/cache/cloud/cmdline': `${cmdline(vm, role).join(' ')}\n`,
    [`${AGENT}/conf/agent.properties`]: `guid=${vm.agent?.id ?? ''}\n`,
    ...scripts(install.rules.trustStore),
  };
  return vm.type === 'consoleproxy'
    ? { ...shared, '/root/vncport': `${vm.vncPort}\n` }
    : { ...shared, ...apacheFiles(install, vm) };
}

const AGENT = '/usr/local/cloud/systemvm';

/** The two scripts that name the trust store, by the lines that do. */
const scripts = (trustStore: string): Readonly<Record<string, string>> => ({
  [`${AGENT}/_run.sh`]: `#!/usr/bin/env bash
java -Djavax.net.ssl.trustStore=.${trustStore.slice(AGENT.length)} -cp $CP com.cloud.agent.AgentShell $keyvalues $@
`,
  [`${AGENT}/config_ssl.sh`]: `#!/usr/bin/env bash
keytool -delete -alias "$aliasName" -keystore ${trustStore} -storepass "$storepass" -noprompt
keytool -import -alias "$aliasName" -file "$rootcert" -keystore ${trustStore} -storepass "$storepass" -noprompt
`,
});

function cmdline(vm: VmRow, role: string): string[] {
  const words = [`name=${vm.name}`, `type=${role}`, `zone=${vm.zone.dbId}`, `eth2ip=${vm.publicIp}`];
  if (vm.type === 'secondarystoragevm') return [...words, 'sslcopy=true'];
  return [...words, ...(vm.premium ? ['premium=true'] : []), `vncport=${vm.vncPort}`];
}

const KEY = '/etc/ssl/private/cert_apache.key';
const CERTIFICATE = '/etc/ssl/certs/cert_apache.crt';
const CHAIN = '/etc/ssl/certs/cert_apache_chain.crt';
const SNAKEOIL_KEY = '/etc/ssl/private/ssl-cert-snakeoil.key';
const SNAKEOIL_CERTIFICATE = '/etc/ssl/certs/ssl-cert-snakeoil.pem';

function apacheFiles(install: Install, vm: VmRow): Record<string, string> {
  const files: Record<string, string> = {
    [`/etc/apache2/sites-enabled/vhost-${vm.publicIp}.conf`]: vhost(vm),
  };
  if (install.options.snakeoil) {
    files[SNAKEOIL_KEY] = install.options.snakeoil.key;
    files[SNAKEOIL_CERTIFICATE] = install.options.snakeoil.certificate;
  }
  if (vm.apacheFiles) {
    files[KEY] = vm.apacheFiles.key;
    files[CERTIFICATE] = vm.apacheFiles.certificate;
  }
  if (vm.chainFile !== undefined) files[CHAIN] = vm.chainFile;
  return files;
}

function vhost(vm: VmRow): string {
  const ours = vm.vhost === 'cert_apache';
  return [
    `<VirtualHost ${vm.publicIp}:443>`,
    '  DocumentRoot /var/www/html',
    '  SSLEngine on',
    '  SSLProtocol TLSv1.2',
    `  SSLCertificateFile ${ours ? CERTIFICATE : SNAKEOIL_CERTIFICATE}`,
    `  SSLCertificateKeyFile ${ours ? KEY : SNAKEOIL_KEY}`,
    `  ${ours && vm.chainFile !== undefined ? '' : '#'}SSLCertificateChainFile ${CHAIN}`,
    '</VirtualHost>',
    '',
  ].join('\n');
}

const [cross = '', intermed = '', root = '', ...authorities] = rootCertificates;

/** What comes with the VM: three authorities and a key pair, then the certificates of the distribution. */
const bundled: readonly TrustStoreEntry[] = [
  { alias: 'cross', kind: 'trustedCertEntry', pem: cross },
  { alias: 'intermed', kind: 'trustedCertEntry', pem: intermed },
  { alias: 'root', kind: 'trustedCertEntry', pem: root },
];
/** With the five others 149, as measured, whatever this Node brings: where it has fewer, the first ones come again. */
const DEBIAN_AUTHORITIES = 144;
const distribution = Array.from({ length: DEBIAN_AUTHORITIES }, (_, index): TrustStoreEntry => {
  const pem = authorities[index % authorities.length] ?? '';
  return { alias: `debian:authority_${index + 1}.pem`, kind: 'trustedCertEntry', pem };
});

function trustStoreOf(install: Install, vm: VmRow): readonly TrustStoreEntry[] {
  const pair = install.options.realhostip;
  const own: TrustStoreEntry[] = pair ? [{ alias: 'realhostip', kind: 'PrivateKeyEntry', pem: pair.certificate }] : [];
  if (vm.trustedRoot === undefined) return [...bundled, ...own];
  const ours: TrustStoreEntry = { alias: 'cpvmcertificate', kind: 'trustedCertEntry', pem: vm.trustedRoot };
  return [...bundled, ...own, ours, ...distribution];
}

function servicesOf(vm: VmRow): Machine['services'] {
  const cloud = vm.power === 'on' ? 'active' : 'inactive';
  return vm.type === 'consoleproxy' ? { cloud } : { cloud, apache2: vm.power === 'on' ? vm.apache : 'inactive' };
}
