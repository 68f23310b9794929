import { isRead } from '../../src/cloudstack/commands.ts';
import { assert, tests } from '../tests.ts';

const reads = [
  'listSystemVms',
  'listConfigurations',
  'queryAsyncJobResult',
  'getCloudIdentifier',
  'findHostsForMigration',
  'readyForShutdown',
];
const writes = [
  'uploadCustomCertificate',
  'updateConfiguration',
  'stopSystemVm',
  'prepareForMaintenance',
  'getUploadParamsForTemplate',
  'getDiagnosticsData',
  'listAndSwitchSamlAccount',
  'listing',
  'list',
  'LISTSYSTEMVMS',
  'toString',
  '',
];

tests('commands that only read', {
  'names with get, list, query and find read': () => {
    assert.equal(
      reads.filter((name) => !isRead(name)),
      [],
    );
  },
  'all others write, also those that are named like reads and those that do not exist': () => {
    assert.equal(writes.filter(isRead), []);
  },
});
