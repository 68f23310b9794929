import { plain } from '../../src/report/paint.ts';
import { planReport } from '../../src/report/plan.ts';
import { assert, tests } from '../tests.ts';
import { ended, pipe, row, runEnded, started, stream } from './events.ts';

const rotation = stream(
  started('plan'),
  {
    type: 'host-discovered',
    host: 'eu-1',
    facts: { version: '4.22.0.1' },
    children: [
      { host: 'eu-1/ams', kind: 'zone' },
      { host: 'eu-1/ams/v-12-VM', kind: 'system_vm' },
      { host: 'eu-1/ams/s-11-VM', kind: 'system_vm' },
      { host: 'eu-1/ms1', kind: 'management_server' },
    ],
  },
  {
    type: 'note',
    task: '0.0',
    host: 'eu-1',
    message: '*.console.example.com until 2027-06-12 (200 days), sha256 3f9c…a1',
  },
  ended('eu-1', 'The new certificate is fit', { message: 'fit' }, 'certificate_bundle'),
  ended('eu-1', 'The chain is in CloudStack', {
    status: 'changed',
    change: { summary: 'upload the chain', impact: '3 calls: root, intermediate1, server certificate' },
  }),
  ended('eu-1/ams/v-12-VM', 'The system VMs serve it', {
    status: 'changed',
    change: {
      summary: 'restart v-12-VM (console proxy)',
      impact: 'stop, start; about 2 min without consoles in ams; 3 sessions cut',
    },
  }),
  ended('eu-1/ams/v-12-VM', 'TLS', { status: 'to_prove', message: 'after: restart v-12-VM' }),
  ended('eu-1/ams/s-11-VM', 'TLS', { status: 'to_prove' }),
  ended('eu-1/ams/s-11-VM', 'Keystore', { status: 'to_prove' }),
  ended('eu-1/ams', 'Zone after zone', { status: 'changed' }, 'play'),
  runEnded([row('eu-1', { ok: 1, changed: 1 })]),
);

const failing = stream(
  started('plan'),
  ended('eu-1', 'The new certificate is fit', {
    status: 'failed',
    message: 'the certificate has expired',
    hint: 'renew it',
  }),
  runEnded([row('eu-1', { failed: 1 })], { exitCode: 2 }),
);

function printed(events: ReturnType<typeof stream>): string {
  const out = pipe();
  const report = planReport(out, { paint: plain, verbosity: 0, diff: false });
  for (const event of events) report.take(event);
  return out.text();
}

tests('plan report', {
  'a rotation reads cloud by cloud, zone by zone, with its cost and its proofs': () => {
    assert.is(
      printed(rotation),
      `
eu-1   CloudStack 4.22.0.1, 1 zone, 2 system VMs, 1 management server
  *.console.example.com until 2027-06-12 (200 days), sha256 3f9c…a1
  ~ upload the chain                    3 calls: root, intermediate1, server
                                        certificate
  eu-1/ams
    ~ restart v-12-VM (console proxy)     stop, start; about 2 min without
                                          consoles in ams; 3 sessions cut
    ? 3 proofs after that                 TLS, Keystore

2 to change, 3 to prove, 1 already right. Nothing was written.
`,
    );
  },
  'a failure is said in its place and again at the end, with what to do': () => {
    assert.is(
      printed(failing),
      `
eu-1
  ! The new certificate is fit: failed  the certificate has expired

FAILED eu-1
  The new certificate is fit
  the certificate has expired
  hint: renew it

0 to change, 0 to prove, 0 already right, 1 failed. Nothing was written.
`,
    );
  },
});
