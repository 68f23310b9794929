import type { Configuration } from '../../src/cloudstack/configuration.ts';
import { restartsFor, restartWords, storedValue, wrongValue, zoneRefusal } from '../../src/cloudstack/settings.ts';
import { assert, tests } from '../tests.ts';

function setting(name: string, more: Partial<Configuration> = {}): Configuration {
  return { name, value: '', type: 'String', options: [], dynamic: false, defaultValue: '', ...more };
}

/** CloudStack's own verdicts, recorded; the two of 238 characters and of `*` are those that it answers with an error. */
const domains: readonly (readonly [string, boolean])[] = [
  ['*.console.example.com', true],
  ['console.example.com', true],
  ['*.LAB.example', true],
  ['', true],
  ['lab', false],
  ['bad domain', false],
  ['10.1.1.1', false],
  ['*.', false],
  ['*', false],
  ['*.lab.1', false],
  ['http://x', false],
  ['-a.example', false],
  ['a_b.example', false],
  [`${'a.'.repeat(120)}example`, false],
];

tests('settings', {
  'a domain is one by the rule of CloudStack': () => {
    for (const name of ['consoleproxy.url.domain', 'secstorage.ssl.cert.domain']) {
      for (const [value, right] of domains) assert.is(wrongValue(setting(name), value) === undefined, right, value);
    }
  },
  'a boolean is told by its type, and before 4.18 by its default': () => {
    assert.is(wrongValue(setting('x', { type: 'Boolean' }), 'yes')?.wrong, 'is not a boolean');
    assert.is(wrongValue(setting('x', { type: undefined, defaultValue: 'true' }), '1')?.wrong, 'is not a boolean');
    assert.is(wrongValue(setting('x', { type: 'Boolean' }), 'TRUE'), undefined);
    assert.is(wrongValue(setting('x', { type: 'Boolean' }), '')?.wrong, 'is not a boolean');
  },
  'a blank number is a blank, any other text is none': () => {
    const interval = setting('x', { type: 'Number', defaultValue: '30' });
    assert.is(wrongValue(interval, ''), undefined);
    assert.is(wrongValue(interval, '-1'), undefined);
    assert.is(wrongValue(interval, 'abc')?.hint, 'the default is 30');
  },
  'a value is no longer than CloudStack stores': () => {
    assert.is(wrongValue(setting('x'), 'a'.repeat(4096)), undefined);
    assert.is(wrongValue(setting('x'), 'a'.repeat(4097))?.wrong, 'is 4097 characters long');
  },
  'values are compared as they are stored': () => {
    assert.is(storedValue(setting('x', { type: 'Boolean' }), 'TRUE'), 'true');
    assert.is(storedValue(setting('x'), 'TRUE'), 'TRUE');
    assert.is(storedValue(setting('x'), '  '), '');
  },
  'who restarts is not what isdynamic says': () => {
    const rows: readonly (readonly [string, boolean, boolean, string])[] = [
      ['consoleproxy.url.domain', false, false, 'a restart of the management servers, then of the console proxies'],
      ['consoleproxy.url.domain', false, true, 'a restart of the console proxies'],
      [
        'secstorage.encrypt.copy',
        false,
        false,
        'a restart of the management servers, then of the secondary storage VMs',
      ],
      ['use.https.to.upload', true, false, 'a restart of the secondary storage VMs'],
      ['ca.framework.background.task.delay', true, false, 'a restart of the management servers'],
      ['some.other.setting', false, false, 'a restart of the management servers'],
    ];
    for (const [name, dynamic, zoned, words] of rows) {
      assert.is(restartWords(restartsFor(setting(name, { dynamic }), zoned)), `takes effect after ${words}`);
    }
    for (const name of ['consoleproxy.management.state', 'some.dynamic.setting']) {
      const dynamic = name === 'some.dynamic.setting';
      assert.is(restartWords(restartsFor(setting(name, { dynamic }), false)), 'takes effect at once');
    }
  },
  'console settings have a zone scope from 4.22 on, those of storage never': () => {
    assert.is(zoneRefusal('consoleproxy.sslEnabled', '4.22.0.0'), undefined);
    assert.is.not(zoneRefusal('consoleproxy.sslEnabled', '4.21.0.0'), undefined);
    assert.is.not(zoneRefusal('secstorage.encrypt.copy', '4.23.0.0'), undefined);
    assert.is(zoneRefusal('use.https.to.upload', '4.23.0.0'), undefined);
  },
});
