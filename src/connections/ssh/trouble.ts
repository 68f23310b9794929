// What went wrong with SSH, in words and with a way out.

import { Failure, Unreachable } from '../../errors.ts';
import { quoteWord } from '../quoting.ts';
import { type Endpoint, sameEndpoint } from '../route.ts';
import { type KnownHost, keyFingerprint, keyType, type Verdict } from './known-hosts.ts';
import type { SshTarget } from './target.ts';

const at = ({ file, line }: KnownHost): string => `${file}:${line}`;

/** How the user gets the key into known_hosts; through a route, ssh-keyscan would write the wrong name. */
function howToLearn(target: SshTarget, real: Endpoint, key: Buffer): string {
  const { name, files } = target.knownHosts ?? { name: '', files: [] };
  const file = quoteWord(files[0] ?? '~/.ssh/known_hosts');
  const { host, port } = target.endpoint;
  if (target.via === undefined && sameEndpoint(target.endpoint, real)) {
    return `ssh-keyscan ${port === 22 ? '' : `-p ${port} `}${quoteWord(host)} >> ${file}`;
  }
  return `echo '${name} ${keyType(key)} ${key.toString('base64')}' >> ${file}`;
}

/** The refusal of a host key. `real`: where the connection went. */
export function hostKeyRefused(target: SshTarget, real: Endpoint, verdict: Verdict, key: Buffer): Failure {
  const shown = `${keyType(key)} ${keyFingerprint(key)}`;
  const { name = target.name, files = [] } = target.knownHosts ?? {};
  if (verdict.verdict === 'revoked') {
    return new Failure(`${target.name} presents a host key that is revoked in ${at(verdict.by)}: ${shown}`, {
      code: 'ssh-host-key-revoked',
      hint: 'somebody may be in the middle: do not go on before you know why',
    });
  }
  if (verdict.verdict === 'changed') {
    const known = verdict.known.map((entry) => `${entry.type} ${keyFingerprint(entry.key)} (${at(entry)})`).join(', ');
    const remove = `ssh-keygen -R ${quoteWord(name)} -f ${quoteWord(verdict.known[0]?.file ?? '')}`;
    return new Failure(`the host key of ${target.name} has changed: ${shown}, known is ${known}`, {
      code: 'ssh-host-key-changed',
      hint: `was the machine made anew? compare the fingerprint on its console, then: ${remove} && ${howToLearn(target, real, key)}`,
    });
  }
  const authority = verdict.verdict === 'unknown' ? verdict.authority : undefined;
  const note = authority ? ` (the host certificates of @cert-authority in ${at(authority)} are not there yet)` : '';
  return new Failure(
    `the host key of ${target.name} is not known: ${shown}, looked for in ${files.join(', ')}${note}`,
    {
      code: 'ssh-host-key-unknown',
      hint: `compare the fingerprint on its console (ssh-keygen -lf /etc/ssh/ssh_host_*_key.pub), then: ${howToLearn(target, real, key)}`,
    },
  );
}

export interface Offered {
  readonly keys: readonly string[];
  readonly encrypted: readonly string[];
  readonly missing: readonly string[];
  readonly agent: boolean;
}

export function noKeys(target: SshTarget, offered: Offered): Failure {
  const encrypted = offered.encrypted[0];
  const tried = [
    ...offered.encrypted.map((file) => `${file} has a pass phrase`),
    ...offered.missing.map((file) => `${file} is missing`),
  ];
  return new Failure(`there is no key to log in to ${target.name} with: ${tried.join(', ') || 'none is configured'}`, {
    code: 'ssh-key',
    hint:
      encrypted === undefined
        ? 'name one in "ansible_ssh_private_key_file", or load one into ssh-agent'
        : `load it into the agent and do not name it in the inventory: ssh-add ${quoteWord(encrypted)}`,
  });
}

export function loginRefused(target: SshTarget, offered: Offered): Unreachable {
  const shown = [...offered.keys, ...(offered.agent ? ['keys of the agent'] : [])].join(', ');
  const { host, port } = target.endpoint;
  return new Unreachable(`${target.name} refuses the login with ${shown}`, {
    code: 'ssh-login',
    hint: `try: ssh ${port === 22 ? '' : `-p ${port} `}${target.user}@${quoteWord(host)} true; the public key belongs into ~${target.user}/.ssh/authorized_keys there`,
  });
}

/** The texts with which OpenSSH's client says that it did not get as far as the command; its exit code is 255. */
const NOT_THERE =
  /^ssh: connect to host|^ssh: Could not resolve|Connection (?:closed|reset) by .* port|kex_exchange_identification|Host key verification failed|no matching (?:host key|key exchange|cipher)/m;
const LOST = /^Connection to .* closed by remote host|client_loop: send disconnect|^Timeout, server .* not responding/m;

export interface InnerSsh {
  readonly machine: SshTarget;
  readonly vm: { readonly name: string; readonly address: string };
  readonly key: string;
}

/** Whether exit code 255 with that text is the inner ssh's own failure, and which; undefined: the command's. */
export function innerSshFailure({ machine, vm, key }: InnerSsh, stderr: string): Failure | undefined {
  const said = stderr.trim().split('\n').at(-1) ?? '';
  const where = `"${vm.name}" (${vm.address}) from ${machine.name}`;
  if (/Permission denied \(/.test(stderr)) {
    return new Unreachable(`${where}: the VM refuses the login with ${key}: ${said}`, {
      code: 'vm-ssh-login',
      hint: `is ${key} the cloud's key on that machine? set "system_vm_ssh_key" to where it lies`,
    });
  }
  if (LOST.test(stderr)) {
    return new Unreachable(`${where}: the connection was lost: ${said}`, { code: 'ssh-lost' });
  }
  if (NOT_THERE.test(stderr)) {
    return new Unreachable(`${where}: the VM's SSH cannot be reached: ${said}`, {
      code: 'vm-ssh',
      hint: 'the machine itself answers; the VM may be starting, stopped, or run on another host by now',
    });
  }
  return undefined;
}
