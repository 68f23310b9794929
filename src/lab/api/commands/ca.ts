// The CA framework: the authority of the agents' own certificates. Its certificates can be uploaded like any others.

import { disconnect, reconnectAll } from '../../world/agents.ts';
import type { Install, VmRow } from '../../world/install.ts';
import { broken, invalid } from '../../world/refusal.ts';
import type { Content } from '../answer.ts';
import type { AsyncCommand, AsyncWork, Command, CommandCall, Parameter } from '../command.ts';
import { listOf } from '../lists.ts';

const ROOT = 'root';

const provider: Parameter = { name: 'provider', type: 'string' };

function checkProvider(call: CommandCall): void {
  const name = call.filter('provider') ?? ROOT;
  if (name !== ROOT) throw broken(`CA provider plugin '${name}' not found`);
}

function listCAProviders(call: CommandCall): Content {
  const name = call.filter('name') ?? ROOT;
  const root = { name: ROOT, description: "CloudStack's Root CA provider plugin" };
  return listOf(call, 'caprovider', name === ROOT ? [root] : []);
}

function listCaCertificate(call: CommandCall): Content {
  checkProvider(call);
  return { cacertificates: { certificate: call.install.ca.certificate } };
}

const listed = (text: string | undefined): string[] =>
  (text ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');

async function issue(call: CommandCall): Promise<Content> {
  checkProvider(call);
  const wanted = call.integer('duration') ?? 0;
  const usual = Number(call.install.settings.stored('ca.framework.cert.validity.period'));
  const { certificate, key, authority } = await call.install.ca.issue({
    domains: listed(call.text('domain')),
    addresses: listed(call.text('ipaddress')),
    csr: call.filter('csr'),
    days: wanted > 0 ? wanted : usual,
  });
  return {
    certificates: { certificate, ...(key === undefined ? {} : { privatekey: key }), cacertificates: authority },
  };
}

const issueCertificate: AsyncCommand = {
  name: 'issueCertificate',
  kind: 'async',
  class: 'admin.ca.IssueCertificateCmd',
  parameters: [
    { name: 'csr', type: 'string', length: 65535 },
    { name: 'domain', type: 'string' },
    { name: 'ipaddress', type: 'string' },
    { name: 'duration', type: 'integer' },
    provider,
  ],
  run: (call): AsyncWork => ({
    did: `issue a certificate for ${call.text('domain') ?? 'a request'}`,
    work: () => issue(call),
  }),
};

const provisionCertificate: AsyncCommand = {
  name: 'provisionCertificate',
  kind: 'async',
  class: 'admin.ca.ProvisionCertificateCmd',
  parameters: [
    { name: 'hostid', type: 'uuid', required: true, entity: 'host' },
    { name: 'reconnect', type: 'boolean' },
    provider,
  ],
  run: (call): AsyncWork => ({
    did: `provision a certificate to ${call.text('hostid')}`,
    work: async () => provision(call),
  }),
};

/** A hypervisor's agent is always there; one inside a system VM must be connected. */
function provision(call: CommandCall): Content {
  const { install } = call;
  checkProvider(call);
  const id = call.text('hostid') ?? '';
  const vm = install.vms.find(({ agent }) => agent?.id === id);
  if (vm === undefined && !install.hosts.some((host) => host.id === id)) {
    throw invalid(`Unable to find the host by ID: ${id}`);
  }
  if (vm) provisionAgent(install, vm, call.flag('reconnect'));
  return { success: true };
}

function provisionAgent(install: Install, vm: VmRow, reconnect: boolean): void {
  if (vm.agent?.state !== 'Up') {
    const type = vm.type === 'consoleproxy' ? 'ConsoleProxy' : 'SecondaryStorageVM';
    const host = JSON.stringify({ id: vm.dbId, name: vm.name, type, uuid: vm.agent?.id });
    throw broken(`Failed to generate keystore and get CSR from the host/agent Host ${host}`);
  }
  if (!reconnect) return;
  disconnect(install, vm);
  reconnectAll(install);
}

const revokeCertificate: AsyncCommand = {
  name: 'revokeCertificate',
  kind: 'async',
  class: 'admin.ca.RevokeCertificateCmd',
  parameters: [{ name: 'serial', type: 'string', required: true }, { name: 'cn', type: 'string' }, provider],
  run: (call): AsyncWork => ({
    did: `revoke the certificate ${call.text('serial')}`,
    work: async () => {
      checkProvider(call);
      call.install.ca.revoke(call.text('serial') ?? '');
      return { success: true };
    },
  }),
};

export const caCommands: readonly Command[] = [
  { name: 'listCAProviders', kind: 'read', parameters: [{ name: 'name', type: 'string' }], run: listCAProviders },
  { name: 'listCaCertificate', kind: 'read', parameters: [provider], run: listCaCertificate },
  issueCertificate,
  provisionCertificate,
  revokeCertificate,
];
