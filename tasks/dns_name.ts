import { domainFor, nameUnder, type SystemVmType } from '../src/cloudstack/names.ts';
import { versionOf } from '../src/cloudstack/versions.ts';
import { defineTask, Failure, ok, type Reader, type TaskHost } from '../src/task.ts';

interface Expected {
  readonly name: string;
  readonly address: string;
}

/** The name that CloudStack hands out for the system VM that the task runs on; undefined where it hands out none. */
async function nameOfVm(host: TaskHost, read: Reader): Promise<string | undefined> {
  const type = host.get('systemvmtype');
  const zoneId = host.get('zoneid');
  if (host.kind !== 'system_vm' || typeof type !== 'string' || typeof zoneId !== 'string') {
    throw new Failure(`"${host.path}" is not a system VM, so that no name follows from it`, {
      code: 'dns-no-name',
      hint: 'give the name and the address, or run the task on system_vms',
    });
  }
  const domain = await domainFor(read.cloudstack, await versionOf(host, read), type as SystemVmType, zoneId);
  return nameUnder(domain, publicIpOf(host));
}

function publicIpOf(host: TaskHost): string {
  const address = host.get('publicip') ?? host.get('ansible_host');
  if (typeof address === 'string') return address;
  throw new Failure(`"${host.path}" has no address that a name could resolve to`, {
    code: 'dns-no-address',
    hint: 'give the address',
  });
}

async function expected(
  args: { readonly name: string | undefined; readonly address: string | undefined },
  host: TaskHost,
  read: Reader,
): Promise<Expected | undefined> {
  const name = args.name ?? (await nameOfVm(host, read));
  return name === undefined ? undefined : { name, address: args.address ?? publicIpOf(host) };
}

export const dnsName = defineTask({
  name: 'dns_name',
  summary: 'proves that the name a system VM is reached by resolves to it',
  description:
    'The name follows from `consoleproxy.url.domain` (of the zone, from CloudStack 4.22 on) or `secstorage.ssl.cert.domain` and the public address: `*.dom` gives `a-b-c-d.dom`, another text is a fixed name (a load balancer: give its `address`), blank means that clients are sent to the bare address.',
  args: {
    name: { type: 'string', description: 'the name; by default the one that CloudStack hands out for the system VM' },
    address: { type: 'string', description: 'what it must resolve to; by default the public address of the host' },
  },
  returns: { name: 'the name', addresses: 'what it resolves to' },
  example: '- name: Browsers find the console proxies\n  dns_name: {}\n',
  timeoutSeconds: 60,
  async check(args, host, read) {
    const wanted = await expected(args, host, read);
    if (wanted === undefined) return ok('clients are sent to the bare address: nothing to resolve');
    const { name, address } = wanted;
    const addresses = await read.dns.resolve(name);
    const values = { name, address, addresses };
    if (addresses.includes(address)) {
      const decidedOn = { name, address, 'resolves to': [...addresses].sort() };
      return ok(`${name} resolves to ${address}`, { values, decidedOn });
    }
    if (addresses.length === 0) {
      throw new Failure(`"${name}" does not exist in DNS; it must resolve to ${address}`, {
        code: 'dns-missing',
        hint: `add an A record for ${name}, or for every address of the system VMs' range under that domain`,
        values,
      });
    }
    throw new Failure(`"${name}" resolves to ${addresses.join(', ')}, not to ${address}`, {
      code: 'dns-wrong',
      hint: 'correct the record; where the name belongs to a load balancer, give its address to the task',
      values,
    });
  },
});
