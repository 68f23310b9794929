// What machines can do to a rotation of one zone on CloudStack 4.22.

import { type FaultCase, passes, ROTATED, short, stops } from './fault-case.ts';
import { SWITCHED_ON, WITHOUT_TLS } from './lab-states.ts';

const SCANNER_FIRST = 'its job failed: Fail to start system vm (530)';
const JOB_FAILED = 'its job failed: Command failed due to Internal Server Error (530)';
const CONSOLE = 'lab/ams/v-1-VM, The system VMs serve it (failed)';
const STORAGE = 'lab/ams/s-2-VM, The system VMs serve it (failed)';
const SERVER = 'lab/ms1.lab.example, The new settings count (failed)';
const CREATE_NEW = 'destroySystemVm id=ID makes CloudStack create a new one';
const LATE = 'applied but not in effect after N s';
const CHANGED_KEY = 'has changed: ssh-ed25519 SHA256, known is ssh-ed25519 SHA256 (FOLDER/lab/known_hosts:';

export const machineFaultCases: readonly FaultCase[] = [
  stops('vm-does-not-come-back', 'to a console proxy', {
    order: { target: 'consoleproxy' },
    words: short(6, 'system_vm'),
    says: [
      `${CONSOLE}: v-1-VM (console proxy) did not start within N s; awaited: Running; the last attempt: startSystemVm: ${JOB_FAILED}`,
      `see listEvents and its host; ${CREATE_NEW}`,
    ],
    orSays: [
      `${CONSOLE}: ${LATE}: v-1-VM (console proxy): is not Running; awaited: Running, agent Up and the new chain on 443 and 8443`,
      `${CONSOLE}: v-1-VM (console proxy) did not start within N s; awaited: Running; the last attempt: startSystemVm: ${SCANNER_FIRST}`,
    ],
    writes: ROTATED,
  }),
  stops('vm-does-not-come-back', 'to a storage VM', {
    order: { target: 'secondarystoragevm' },
    words: short(6, 'system_vm'),
    says: [
      `${STORAGE}: s-2-VM (storage) did not start within N s; awaited: Running; the last attempt: startSystemVm: ${JOB_FAILED}`,
      `see listEvents and its host; ${CREATE_NEW}`,
    ],
    orSays: [
      `${STORAGE}: ${LATE}: s-2-VM (storage): is not Running; awaited: Running, agent Up and the new chain on 443`,
      `${STORAGE}: s-2-VM (storage) did not start within N s; awaited: Running; the last attempt: startSystemVm: ${SCANNER_FIRST}`,
    ],
    writes: [...ROTATED, 'stop s-2-VM'],
  }),
  stops('agent-never-up', 'in a console proxy', {
    order: { target: 'consoleproxy' },
    words: short(6, 'system_vm'),
    says: [
      `${CONSOLE}: ${LATE}: v-1-VM (console proxy): its agent is Disconnected; 443: refuses connections; 8443: refuses connections; awaited: Running, agent Up and the new chain on 443 and 8443`,
      `look at /var/log/cloud.log in it; ${CREATE_NEW}`,
    ],
    writes: ROTATED,
  }),
  stops('agent-never-up', 'in a storage VM', {
    order: { target: 'secondarystoragevm' },
    words: short(6, 'system_vm'),
    says: [
      `${STORAGE}: ${LATE}: s-2-VM (storage): its agent is Disconnected; 443: presents systemvm (SHA) until DAY, not SHA until DAY; awaited: Running, agent Up and the new chain on 443`,
      `look at /var/log/cloud.log in it and at systemctl status apache2; ${CREATE_NEW}`,
    ],
    writes: [...ROTATED, 'stop s-2-VM'],
  }),
  stops('no-listener-8443', 'in a console proxy', {
    words: short(6, 'system_vm'),
    says: [
      `${CONSOLE}: ${LATE}: v-1-VM (console proxy): 8443: refuses connections; awaited: Running, agent Up and the new chain on 443 and 8443`,
      `look at /var/log/cloud.log in it; ${CREATE_NEW}`,
    ],
    writes: ROTATED,
  }),
  stops('apache-keeps-old-chain', 'in a storage VM, with a new authority', {
    otherAuthority: true,
    words: short(6, 'system_vm'),
    says: [
      `${STORAGE}: ${LATE}: s-2-VM (storage): 443: presents the new certificate, but without Lab Intermediate (SHA), Lab Root (SHA) and with certificates that do not belong to it: Lab Intermediate (SHA), Lab Root (SHA); awaited: Running, agent Up and the new chain on 443`,
      `look at /var/log/cloud.log in it and at systemctl status apache2; ${CREATE_NEW}`,
    ],
    writes: [...ROTATED, 'stop s-2-VM'],
  }),
  stops('host-key-changed', 'of a hypervisor', {
    says: [
      `lab/ams/s-2-VM, The storage VMs trust it (failed): the host key of root@172.16.1.2:22 ${CHANGED_KEY}1)`,
      "was the machine made anew? compare the fingerprint on its console, then: ssh-keygen -R 172.16.1.2 -f FOLDER/lab/known_hosts && echo '172.16.1.2 ssh-ed25519 KEY' >> FOLDER/lab/known_hosts",
    ],
    writes: ROTATED,
  }),
  stops('host-key-changed', 'of a management server', {
    order: { target: 'ms1.lab.example' },
    world: WITHOUT_TLS,
    says: [
      `lab/ms1.lab.example, The new settings count (failed): the host key of root@ms1.lab.example:22 ${CHANGED_KEY}2)`,
      "was the machine made anew? compare the fingerprint on its console, then: ssh-keygen -R ms1.lab.example -f FOLDER/lab/known_hosts && echo 'ms1.lab.example ssh-ed25519 KEY' >> FOLDER/lab/known_hosts",
    ],
    writes: SWITCHED_ON,
  }),
  passes('slow-restart', 'of a management server', [{}], true),
  stops('slow-restart', 'of a management server beyond the time for it', {
    world: WITHOUT_TLS,
    words: short(1, 'management'),
    says: [
      `${SERVER}: ${LATE}: "ms1.lab.example" is not back: it refuses connections`,
      'look at systemctl status cloudstack-management and /var/log/cloudstack/management/management-server.log on it; a slow start needs a longer "timeout:"',
    ],
    writes: SWITCHED_ON,
  }),
  stops('failed-start', 'of a management server', {
    world: WITHOUT_TLS,
    says: [
      `${SERVER}: the management server failed to start: it answers 503 with an HTML page, and will go on doing so`,
      'read /var/log/cloudstack/management/management-server.log from the last start on, mend the cause and restart it',
    ],
    writes: SWITCHED_ON,
  }),
];
