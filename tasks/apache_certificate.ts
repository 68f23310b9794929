import { certificatesIn, isKeyOf, paths, vhostProblems } from '../src/cloudstack/apache.ts';
import { lookAtChain, warnOfStrangers } from '../src/cloudstack/served.ts';
import type { Bundle, Certificate } from '../src/pki/bundle.ts';
import { bundleOf } from '../src/pki/read.ts';
import { defineTask, Failure, ok, type Reader } from '../src/task.ts';

/** The text of a file, or why there is none. */
async function fileText(path: string, read: Reader): Promise<{ text: string } | { problem: string }> {
  const { code, stdout, stderr } = await read.ssh.read(['cat', path]);
  if (code === 0) return { text: stdout };
  return { problem: `${path} cannot be read: ${stderr.trim() || `code ${code}`}` };
}

function certificatesOf(path: string, text: string): { certificates: Certificate[] } | { problem: string } {
  try {
    const certificates = certificatesIn(text);
    return certificates.length > 0 ? { certificates } : { problem: `${path} holds no certificate` };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { problem: `${path} holds a certificate that cannot be read: ${error.message}` };
  }
}

async function certificatesAt(path: string, read: Reader) {
  const file = await fileText(path, read);
  return 'problem' in file ? file : certificatesOf(path, file.text);
}

/** Apache sends the first certificate of the one file and then all of the other. */
async function chainProblems(bundle: Bundle, name: string, read: Reader): Promise<string[]> {
  const server = await certificatesAt(paths.certificate, read);
  const chain = await certificatesAt(paths.chain, read);
  const problems = [server, chain].flatMap((part) => ('problem' in part ? [part.problem] : []));
  if ('problem' in server || 'problem' in chain) return problems;
  const sent = [...server.certificates.slice(0, 1), ...chain.certificates].map(({ der }) => der);
  const look = lookAtChain(bundle, sent);
  if (!look.right) return [`with ${paths.certificate} and ${paths.chain} it ${look.words}`];
  warnOfStrangers(read.tell, name, [look]);
  return [];
}

/** By the public half: the private one is never read out. */
async function keyProblems(bundle: Bundle, read: Reader): Promise<string[]> {
  const { code, stdout, stderr } = await read.ssh.read(['openssl', 'pkey', '-in', paths.key, '-pubout']);
  if (code !== 0) return [`${paths.key} cannot be read: ${stderr.trim().split('\n')[0] || `code ${code}`}`];
  return isKeyOf(stdout, bundle.leaf) ? [] : [`${paths.key} is the key of another certificate`];
}

async function siteProblems(read: Reader): Promise<string[]> {
  const names = (await read.ssh.read(['ls', paths.vhosts])).stdout.split('\n').filter((name) => /^vhost/.test(name));
  if (names.length === 0) return [`${paths.vhosts} has no vhost file`];
  const files = await Promise.all(names.map((name) => fileText(`${paths.vhosts}/${name}`, read)));
  const named = files.map((file, index) => ({ file, name: names[index] ?? '' }));
  // One of them is for plain HTTP in some releases; what counts are those that speak TLS.
  const problems = named.flatMap(({ file, name }) => {
    if ('problem' in file) return [file.problem];
    return /^\s*SSLEngine\s+on/im.test(file.text) ? vhostProblems(name, file.text) : [];
  });
  const secure = named.some(({ file }) => 'text' in file && /^\s*SSLEngine\s+on/im.test(file.text));
  return secure || problems.length > 0 ? problems : [`no vhost in ${paths.vhosts} has SSLEngine on`];
}

async function serviceProblems(read: Reader): Promise<string[]> {
  const state = (await read.ssh.read(['systemctl', 'is-active', 'apache2'])).stdout.trim();
  return state === 'active' ? [] : [`apache2 is ${state || 'unknown to systemctl'}`];
}

export const apacheCertificate = defineTask({
  name: 'apache_certificate',
  summary: 'proves over SSH that a storage VM’s Apache has the certificate, its chain and its key, and runs',
  description:
    'Reads what `config_ssl.sh` wrote: `/etc/ssl/certs/cert_apache.crt`, `cert_apache_chain.crt`, the vhost files, and the key by its public half. All that is wrong is told at once. Right after a boot the vhost names a snakeoil certificate until the agent has connected; CloudStack only logs it when the script fails, and Apache is then down while the agent is Up.',
  args: {
    serves: { type: 'bundle', description: 'what certificate_bundle registered', required: true },
  },
  example: '- name: The storage VMs present it\n  apache_certificate: { serves: "{{ bundle }}" }\n',
  provesChanges: true,
  timeoutSeconds: 120,
  async check(args, host, read) {
    const bundle = bundleOf(args.serves);
    const problems = [
      ...(await chainProblems(bundle, host.name, read)),
      ...(await keyProblems(bundle, read)),
      ...(await siteProblems(read)),
      ...(await serviceProblems(read)),
    ];
    if (problems.length === 0) {
      const decidedOn = { certificate: bundle.leaf.fingerprint };
      return ok('certificate, chain and key are there, the vhost names them, Apache runs', { decidedOn });
    }
    throw new Failure(problems.join('; '), {
      code: 'apache-certificate',
      hint: 'the agent sets them up when it connects: restart the VM (system_vm: { state: restarted }), then look for "Unable to configure httpd to use ssl" in /var/log/cloud.log',
      values: { problems },
    });
  },
});
