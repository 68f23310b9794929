import { isIP } from 'node:net';
import { domainFor, nameUnder, type SystemVmType } from '../src/cloudstack/names.ts';
import { lookAtChain, silenceWords, warnOfStrangers } from '../src/cloudstack/served.ts';
import { portsOf } from '../src/cloudstack/system-vm.ts';
import { versionOf } from '../src/cloudstack/versions.ts';
import type { Bundle, Certificate } from '../src/pki/bundle.ts';
import { readableCertificate } from '../src/pki/certificate.ts';
import { covers } from '../src/pki/names.ts';
import { bundleOf } from '../src/pki/read.ts';
import { defineTask, Failure, ok, type Reader, type TaskHost, type Value } from '../src/task.ts';

/** Where to knock, and under which name clients do. */
interface Endpoint {
  readonly address: string;
  readonly ports: readonly number[];
  /** Undefined where clients are sent to the bare address of a system VM. */
  readonly name: string | undefined;
}

interface Args {
  readonly host: string | undefined;
  readonly ports: readonly Value[] | undefined;
  readonly server_name: string | undefined;
}

async function endpointOf(args: Args, host: TaskHost, read: Reader): Promise<Endpoint> {
  const ports = args.ports?.map(Number);
  if (args.host !== undefined) {
    return { address: args.host, ports: ports ?? [443], name: args.server_name ?? args.host };
  }
  if (host.kind === 'system_vm') return systemVmEndpoint(args, ports, host, read);
  const address = host.get('ansible_host');
  const name = typeof address === 'string' ? address : host.name;
  return { address: name, ports: ports ?? [443], name: args.server_name ?? host.name };
}

async function systemVmEndpoint(
  args: Args,
  ports: readonly number[] | undefined,
  host: TaskHost,
  read: Reader,
): Promise<Endpoint> {
  const address = host.get('publicip');
  if (typeof address !== 'string' || address === '') {
    throw new Failure(`"${host.path}" has no public address`, {
      code: 'tls-address',
      hint: 'give the host to look at',
    });
  }
  const version = await versionOf(host, read);
  const type = host.get('systemvmtype') as SystemVmType;
  const domain = () => domainFor(read.cloudstack, version, type, String(host.get('zoneid')));
  const name = args.server_name ?? nameUnder(await domain(), address);
  return { address, ports: ports ?? portsOf(type, version), name };
}

type Stage = 'tcp' | 'tls' | 'chain' | 'name' | 'days';

interface Problem {
  readonly stage: Stage;
  readonly message: string;
}

const DAY_MS = 86_400_000;

const daysLeft = (certificate: Certificate, now: Date): number =>
  Math.floor((certificate.notAfter.getTime() - now.getTime()) / DAY_MS);

/** The two that a certificate can have whatever chain it came with. */
function certificateProblems(leaf: Certificate, name: string | undefined, minimumDays: number, now: Date): Problem[] {
  const problems: Problem[] = [];
  if (name !== undefined && !covers(leaf, name)) {
    const stands = [...leaf.names, ...leaf.addresses].join(', ') || 'no name';
    problems.push({ stage: 'name', message: `is for ${stands}, not for ${name}` });
  }
  const days = daysLeft(leaf, now);
  const until = leaf.notAfter.toISOString().slice(0, 10);
  if (leaf.notAfter <= now) problems.push({ stage: 'days', message: `expired on ${until}` });
  else if (days < minimumDays) problems.push({ stage: 'days', message: `has ${days} days left, until ${until}` });
  return problems;
}

/** What one port was found to be. */
interface PortLook {
  readonly leaf: Certificate | undefined;
  readonly problems: readonly Problem[];
}

async function lookAtPort(
  endpoint: Endpoint,
  port: number,
  wanted: { bundle: Bundle | undefined; minimumDays: number },
  read: Reader,
): Promise<PortLook> {
  const { address, name } = endpoint;
  const serverName = name === undefined || isIP(name) ? undefined : name;
  const seen = await read.tls.handshake({ address, port, serverName });
  if (seen.stage !== 'tls') {
    const stage = seen.stage === 'tcp' ? 'tcp' : 'tls';
    return { leaf: undefined, problems: [{ stage, message: silenceWords(seen) }] };
  }
  const [der] = seen.chain;
  if (der === undefined) return { leaf: undefined, problems: [{ stage: 'tls', message: 'presents no certificate' }] };
  const chain = wanted.bundle && lookAtChain(wanted.bundle, seen.chain);
  if (chain?.right) warnOfStrangers(read.tell, `${address}:${port}`, [chain]);
  const leaf = readableCertificate(der);
  if (leaf === undefined) {
    return { leaf, problems: [{ stage: 'tls', message: 'presents a certificate that cannot be read' }] };
  }
  const wrong: Problem[] = chain && !chain.right ? [{ stage: 'chain', message: chain.words }] : [];
  return { leaf, problems: [...wrong, ...certificateProblems(leaf, name, wanted.minimumDays, read.clock.now())] };
}

const HINTS: Readonly<Record<Stage, string>> = {
  tcp: 'is the VM Running, is TLS on (consoleproxy.sslEnabled, secstorage.encrypt.copy), was it stopped and started since, and is no firewall in between?',
  tls: 'a key that does not fit the certificate, or an RSA-PSS key, fails every handshake: upload a sound bundle and restart the VM',
  chain: 'has the VM been restarted since the upload? system_vm: { state: restarted, until_served: … }',
  name: 'the certificate must cover the domain that CloudStack makes its names of',
  days: 'rotate',
};

const STAGE_WORDS: Readonly<Record<Stage, string>> = {
  tcp: 'TCP',
  tls: 'TLS',
  chain: 'chain',
  name: 'name',
  days: 'dates',
};

export const tlsEndpoint = defineTask({
  name: 'tls_endpoint',
  summary: 'proves by handshake what an address serves: chain, name and days left, on every port',
  description:
    'On a system VM: its public address on 443, and 8443 on console proxies from CloudStack 4.18 on, under the name that CloudStack hands out. The chain is taken exactly as presented. TCP, TLS, chain, name and dates are told apart, for all ports at once. Certificates of earlier uploads beside the right chain are a warning.',
  args: {
    serves: {
      type: 'bundle',
      description: 'the bundle whose whole chain must be presented; without it only name and dates are looked at',
    },
    host: {
      type: 'string',
      description: 'name or address; by default the public address of the system VM, or the host itself',
    },
    ports: { type: 'list', description: 'the ports; by default those of the system VM, else 443' },
    server_name: {
      type: 'string',
      description: 'what SNI says and the certificate must cover; by default the name that clients use',
    },
    minimum_days: { type: 'integer', description: 'days that must be left', default: 0, minimum: 0 },
  },
  returns: {
    address: 'where it looked',
    name: 'the name it was looked at under',
    fingerprint: 'SHA-256 of the certificate on the first port',
    days_left: 'the days that are left there',
  },
  example: '- name: Every port presents it\n  tls_endpoint: { serves: "{{ bundle }}", minimum_days: 14 }\n',
  provesChanges: true,
  timeoutSeconds: 60,
  async check(args, host, read) {
    const bundle = args.serves && bundleOf(args.serves);
    const endpoint = await endpointOf(args, host, read);
    const wanted = { bundle, minimumDays: args.minimum_days };
    const looks = await Promise.all(endpoint.ports.map((port) => lookAtPort(endpoint, port, wanted, read)));
    const problems = looks.flatMap((look, index) =>
      look.problems.map((problem) => ({ ...problem, port: endpoint.ports[index] })),
    );
    const leaf = looks[0]?.leaf;
    const days = leaf ? daysLeft(leaf, read.clock.now()) : null;
    const { address, name = null } = endpoint;
    const values = { address, name, fingerprint: leaf?.fingerprint ?? null, days_left: days };
    if (problems.length === 0) {
      const served = Object.fromEntries(
        looks.map((look, index) => [`served on ${endpoint.ports[index]}`, look.leaf?.fingerprint ?? null]),
      );
      const where = `${name ?? address} on ${endpoint.ports.join(' and ')}`;
      return ok(
        `${where}, ${days} days left${name === null ? '; no domain is set, so that no name was looked at' : ''}`,
        { values, decidedOn: { address, name, ...served } },
      );
    }
    const [first] = problems;
    const list = problems.map(({ port, stage, message }) => `${address}:${port}: ${STAGE_WORDS[stage]}: ${message}`);
    throw new Failure(list.join('; '), { code: `tls-${first?.stage}`, hint: HINTS[first?.stage ?? 'tcp'], values });
  },
});
