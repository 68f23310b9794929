// A chain with a certificate twice, as an overwritten surplus row makes it, before OpenSSL's own client.

import { execFile, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { labCertificates } from '../certificates.ts';
import { withLab } from '../rig.ts';
import { assert, tests } from '../tests.ts';

const { served } = await labCertificates();
const [intermediate = ''] = served.intermediates;
const material = { ...served, intermediates: [intermediate, intermediate] };

const isHere = spawnSync('openssl', ['version']).status === 0;
if (!isHere) console.log('skipped: no openssl here');

/** How many certificates were sent, and what came of the verification. */
function client(port: number, root: string): Promise<string> {
  const target = ['-connect', `127.0.0.1:${port}`, '-servername', '203-0-113-10.console.lab.example'];
  const words = ['s_client', ...target, '-CAfile', root, '-verify_return_error', '-showcerts'];
  return new Promise((resolve) => {
    const child = execFile('openssl', words, (_, stdout) => {
      const sent = stdout.match(/BEGIN CERTIFICATE/g)?.length ?? 0;
      resolve(`${sent} certificates, ${/Verify return code: .*/.exec(stdout)?.[0] ?? 'no verdict'}`);
    });
    child.stdin?.end();
  });
}

tests('a certificate that comes twice', {
  'is verified by openssl s_client': () =>
    withLab({ profile: '4.22', zones: 1, world: { material } }, async ({ lab: { clouds }, folder }) => {
      if (!isHere) return;
      const [cloud] = clouds;
      const root = join(folder, 'root.pem');
      writeFileSync(root, served.root);
      const machines = cloud?.world.machines() ?? [];
      const ports = machines.map(({ publicIp }) => cloud?.localPort(publicIp, 443) ?? 0);
      const said = await Promise.all(ports.map((port) => client(port, root)));
      assert.equal(said, Array(2).fill('4 certificates, Verify return code: 0 (ok)'));
    }),
});
