import { behaviourOf, isAtLeast, versionOf } from '../../src/cloudstack/versions.ts';
import type { CloudStackReader, Item, TaskHost } from '../../src/connection.ts';
import { Failure } from '../../src/errors.ts';
import { assert, tests } from '../tests.ts';

const host = (version?: string): TaskHost => ({
  path: 'eu-1',
  name: 'eu-1',
  kind: 'cloud',
  get: (name) => (name === 'version' ? version : undefined),
});

function server(capability: Item, servers: readonly Item[]): { cloudstack: CloudStackReader } {
  return {
    cloudstack: {
      read: async () => ({ capability }),
      list: async () => servers,
      probe: () => Promise.reject(new Error('not asked')),
      clockSkewSeconds: () => undefined,
    },
  };
}

tests('versions', {
  'releases are compared by their numbers, missing parts being 0': () => {
    const later: readonly (readonly [string, string])[] = [
      ['4.22.0.1', '4.22'],
      ['4.22.0.0', '4.22'],
      ['4.23.0.0-SNAPSHOT', '4.22'],
      ['4.22', '4.22.0.0'],
      ['5.0', '4.22'],
    ];
    const earlier: readonly (readonly [string, string])[] = [
      ['4.9.2.0', '4.22'],
      ['4.21.0.0', '4.22'],
      ['4.13.0.0', '4.13.1'],
    ];
    for (const [version, release] of later) assert.is(isAtLeast(version, release), true, `${version} ≥ ${release}`);
    for (const [version, release] of earlier) assert.is(isAtLeast(version, release), false, `${version} < ${release}`);
  },
  'the last release that restarts console proxies is the one before the first that leaves them suspended': () => {
    for (const version of ['4.11.3.0', '4.18.2.4', '4.21.0.0', '4.22.0.0', '4.23.0.0']) {
      const { uploadRestartsConsoles, uploadLeavesSuspended } = behaviourOf(version);
      assert.is(uploadRestartsConsoles, !uploadLeavesSuspended, version);
    }
    assert.is(behaviourOf('4.21.0.0').uploadRestartsConsoles, true);
    assert.is(behaviourOf('4.22.0.0').uploadRestartsConsoles, false);
  },
  'a fact is believed without asking': async () => {
    assert.is(await versionOf(host('4.22.0.1'), server({ cloudstackversion: '4.18.0.0' }, [])), '4.22.0.1');
  },
  'a version that listCapabilities hides is that of a management server': async () => {
    assert.is(await versionOf(host(), server({ cloudstackversion: '4.21.0.0' }, [])), '4.21.0.0');
    assert.is(await versionOf(host(), server({}, [{ name: 'ms1', version: '4.20.3.0' }])), '4.20.3.0');
  },
  'a version that nobody tells fails with what to set': async () => {
    try {
      await versionOf(host('unknown'), server({}, [{ name: 'ms1' }]));
    } catch (error) {
      assert.instance(error, Failure);
      assert.is((error as Failure).message, 'the CloudStack version of "eu-1" is not known');
      return;
    }
    assert.unreachable('it was told');
  },
});
