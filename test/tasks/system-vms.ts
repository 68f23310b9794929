// The system VMs that cases speak of, as `listSystemVms` shows them at rest: `{ like: $v12, state: Stopped }`.

import type { Value } from '../../src/model.ts';

const v12 = {
  id: 'vm-12',
  name: 'v-12-VM',
  systemvmtype: 'consoleproxy',
  zoneid: 'z1',
  zonename: 'ams',
  state: 'Running',
  agentstate: 'Up',
  publicip: '203.0.113.12',
  hostid: 'h1',
  activeviewersessions: 0,
  version: '4.22.0.1',
};

const s11 = {
  id: 'vm-11',
  name: 's-11-VM',
  systemvmtype: 'secondarystoragevm',
  zoneid: 'z1',
  zonename: 'ams',
  state: 'Running',
  agentstate: 'Up',
  publicip: '203.0.113.11',
  hostid: 'h1',
};

/** The console proxy of the other zone. */
const v20 = { ...v12, id: 'vm-20', name: 'v-20-VM', zoneid: 'z2', zonename: 'fra', publicip: '203.0.113.20' };

const hostOf = (vm: { readonly [field: string]: Value }): Value => ({
  ...vm,
  version: '4.22.0.1',
  hypervisor_address: '10.0.0.1',
  allocationstate: 'Enabled',
});

export const systemVms: Readonly<Record<string, Value>> = {
  $v12: v12,
  $s11: s11,
  $v20: v20,
  $vars_of_v12: hostOf(v12),
  $vars_of_s11: hostOf(s11),
};
