// The task modules that come with cs-play, in the order of the reference page.

import type { TaskModule } from '../src/task.ts';
import { apacheCertificate } from './apache_certificate.ts';
import { api } from './api.ts';
import { assert } from './assert.ts';
import { bundleStore } from './bundle_store.ts';
import { certificateBundle } from './certificate_bundle.ts';
import { certificateChain } from './certificate_chain.ts';
import { command } from './command.ts';
import { debug } from './debug.ts';
import { dnsName } from './dns_name.ts';
import { fail } from './fail.ts';
import { globalSetting } from './global_setting.ts';
import { keptBundle } from './kept_bundle.ts';
import { keystore } from './keystore.ts';
import { managementServer } from './management_server.ts';
import { pause } from './pause.ts';
import { setFact } from './set_fact.ts';
import { systemVm } from './system_vm.ts';
import { tlsEndpoint } from './tls_endpoint.ts';
import { waitFor } from './wait_for.ts';

export const taskModules: readonly TaskModule[] = [
  certificateBundle,
  globalSetting,
  managementServer,
  certificateChain,
  bundleStore,
  keptBundle,
  systemVm,
  tlsEndpoint,
  dnsName,
  keystore,
  apacheCertificate,
  api,
  command,
  waitFor,
  assert,
  debug,
  fail,
  pause,
  setFact,
];
