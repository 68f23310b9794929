// The variables of a host that cs-play itself reads: how a cloud or a machine is reached. One table for checking,
// for misspelling hints, for the editor schema and for the reference.

export interface ConnectionVariable {
  readonly type: 'string' | 'integer' | 'number' | 'strings' | 'list' | 'window';
  /** One sentence, no full stop. */
  readonly description: string;
  /** Wrapped in a `Secret` as soon as it is evaluated. */
  readonly secret?: boolean;
  readonly enum?: readonly string[];
  /** A regular expression that each text of a constant value has to match, and what it wants in words. */
  readonly format?: { readonly pattern: RegExp; readonly words: string };
}

export const connectionVariables: Readonly<Record<string, ConnectionVariable>> = {
  api_url: {
    type: 'string',
    description: "the cloud's API, as in https://cloud.example.com/client/api",
    format: { pattern: /^https?:\/\/[^\s/?#@]+(\/[^\s?#]*)?$/, words: 'an http or https URL without user, query or #' },
  },
  api_key: { type: 'string', description: 'API key of the account that cs-play works as', secret: true },
  secret_key: { type: 'string', description: 'secret key that belongs to api_key', secret: true },
  api_ca_file: { type: 'string', description: 'PEM file of the CAs that the API server is trusted by' },
  api_timeout: { type: 'number', description: 'seconds that one API request may take' },
  connect_to: {
    type: 'strings',
    description: 'sends connections elsewhere, as curl does: HOST:PORT:HOST2:PORT2, empty parts match any',
    format: { pattern: /^(\[[^\]]*\]|[^:]*):\d*:(\[[^\]]*\]|[^:]*):\d*$/, words: 'HOST:PORT:HOST2:PORT2' },
  },
  dns_servers: { type: 'strings', description: 'DNS servers to ask instead of those of the system: HOST or HOST:PORT' },
  management_servers: {
    type: 'list',
    description: 'management servers of the cloud, names or maps of a name and variables; each becomes a host below it',
  },
  management_service: { type: 'string', description: 'systemd unit of the management server' },
  management_command: { type: 'strings', description: 'words of the command that restarts the management server' },
  window: {
    type: 'window',
    description: 'when the host may be written to, as in "sat-sun 01:00-05:00 Europe/Amsterdam"',
  },
  console_domain: { type: 'string', description: 'domain of the console proxies, as in *.console.example.com' },
  bundle_recipients: {
    type: 'strings',
    description: 'to whom bundles are encrypted that are kept for a way back: recipients of age (age1…)',
    format: {
      pattern: /^age1([02-9ac-hj-np-z]{58}|(pq|tag|tagpq)1[02-9ac-hj-np-z]+)$/,
      words: 'recipients as age-keygen prints them: age1 and 58 more characters',
    },
  },
  bundle_passphrase: {
    type: 'string',
    description: 'what kept bundles are encrypted with instead, and opened',
    secret: true,
  },
  bundle_identity_file: { type: 'string', description: 'identity of age (AGE-SECRET-KEY-1…) that opens kept bundles' },
  bundles_kept: { type: 'integer', description: 'how many bundles of a cloud are kept (default: 3)' },
  ansible_host: { type: 'string', description: 'name or address to connect to instead of the inventory name' },
  ansible_port: { type: 'integer', description: 'port of SSH' },
  ansible_user: { type: 'string', description: 'user of SSH' },
  ansible_connection: {
    type: 'string',
    description: 'how the machine is reached: by SSH, or because it is this one',
    enum: ['ssh', 'local'],
  },
  ansible_ssh_private_key_file: { type: 'string', description: 'private key of SSH' },
  ansible_group_priority: { type: 'integer', description: 'of groups of the same depth the highest wins (default: 1)' },
  ssh_known_hosts_file: { type: 'string', description: 'known_hosts file instead of those of the user' },
  ssh_config_file: { type: 'string', description: 'configuration of SSH instead of ~/.ssh/config' },
  hypervisor_user: { type: 'string', description: 'user of SSH on hypervisors' },
  hypervisor_port: { type: 'integer', description: 'port of SSH on hypervisors' },
  system_vm_ssh: {
    type: 'string',
    description: 'how system VMs are reached: with the key on the hypervisor, or through it with a key of the runner',
    enum: ['hypervisor', 'jump'],
  },
  system_vm_ssh_key: { type: 'string', description: 'key for system VMs, a path on the hypervisor' },
};

/** Variables of Ansible's that would be ignored if they were taken silently, and what to write instead. */
export const refusedVariables: Readonly<Record<string, string>> = {
  ansible_ssh_common_args: 'write the options into ~/.ssh/config',
  ansible_ssh_extra_args: 'write the options into ~/.ssh/config',
  ansible_ssh_args: 'write the options into ~/.ssh/config',
  ansible_ssh_pass: 'use a key or an agent',
  ansible_password: 'use a key or an agent',
  ansible_become: 'connect as the user that may do it: ansible_user',
  ansible_become_user: 'connect as the user that may do it: ansible_user',
  ansible_become_password: 'connect as the user that may do it: ansible_user',
  ansible_become_pass: 'connect as the user that may do it: ansible_user',
};

/** Variables without which a cloud cannot be talked to. */
export const requiredOfClouds: readonly string[] = ['api_url', 'api_key', 'secret_key'];
