// Runs and plans over what lies below clouds: discovery, limits, inner plays.

import type { Play, Value } from '../../src/model.ts';
import { assert, tests } from '../tests.ts';
import { block, computed, host, layer, play } from './build.ts';
import { attempt, World } from './harness.ts';
import { discovery, fail, field, keep, on, said, say } from './steps.ts';

tests('below clouds', {
  'hosts are discovered with their facts, and inherit from those above': async () => {
    const world = new World();
    world.found = discovery;
    const eu = host('eu', 'cloud', ['clouds'], undefined, [
      layer('inventory', { domain: 'example.com', zone: 'none' }),
    ]);
    const plays = [
      play('p', 'clouds', [
        say('s', 'mine', { register: 'r' }),
        play('vms', 'system_vms', [
          say(
            't',
            computed('all of it', (scope) =>
              ['domain', 'zone', 'version', 'publicip'].map((name) => scope.get(name) ?? null),
            ),
          ),
          say('u', field('r', 'msg')),
        ]),
      ]),
    ];
    const tried = await attempt({ plays, hosts: [eu], world });
    const all = '["example.com","ams","4.22","192.0.2.1"]';
    assert.equal(said(world), ['"mine"', all, all, '"mine"', '"mine"']);
    const found = tried.events.find((event) => event.type === 'host-discovered');
    assert.equal(found, {
      type: 'host-discovered',
      host: 'eu',
      facts: { version: '4.22' },
      children: [
        { host: 'eu/ams', kind: 'zone' },
        { host: 'eu/ams/v-1', kind: 'system_vm' },
        { host: 'eu/ams/s-2', kind: 'system_vm' },
      ],
    });
  },
  'a cloud on the way is looked at and left alone': async () => {
    const world = new World();
    world.found = discovery;
    const plays = [
      play(
        'p',
        'clouds',
        [keep('k', 1, { register: 'r', notify: ['h'] }), play('vms', 'system_vms', [keep('m', field('r', 'changed'))])],
        { handlers: [say('h')] },
      ),
    ];
    const tried = await attempt({ plays, hosts: [host('eu', 'cloud', ['clouds'])], world, limit: 'eu/ams/v-1' });
    assert.equal(tried.steps, [
      'eu k: ok set x of eu (left alone)',
      'eu/ams/v-1 m: changed set x of eu/ams/v-1, x is false',
      'eu vms: changed',
    ]);
    assert.equal(world.writes, ['eu/ams/v-1 x=false']);
  },
  'what was left alone gives no values that only the change would have given': async () => {
    const world = new World();
    world.found = discovery;
    const plays = [
      play('p', 'clouds', [
        keep('k', 1, { register: 'r' }),
        play('vms', 'system_vms', [keep('m', field('r', 'stamp'))]),
      ]),
    ];
    const clouds = [host('eu', 'cloud', ['clouds'])];
    const reason = 'registered by "k", which left its host alone';
    const limit = 'eu/ams/v-1';
    const done = await attempt({ plays, hosts: clouds, world, limit });
    assert.equal(done.steps.slice(1), [
      `eu/ams/v-1 m: failed an argument is not known: ${reason}`,
      'eu vms: failed eu/ams/v-1 failed',
    ]);
    const planned = await attempt({ plays, hosts: clouds, world, limit, mode: 'plan' });
    assert.equal(planned.steps, [
      'eu k: ok set x of eu (left alone)',
      `eu/ams/v-1 m: to_prove with a value that is not known yet: ${reason}`,
      'eu vms: to_prove',
    ]);
    assert.equal(world.writes, []);
  },
  'a limit to what is not found ends with 4, one that is right in part with a warning': async () => {
    const world = new World();
    world.found = discovery;
    const plays = [play('p', 'clouds', [play('vms', 'system_vms', [say('s')])])];
    const clouds = [host('eu', 'cloud', ['clouds'])];
    const end = async (limit: string, more: readonly Play[] = plays) => {
      const { exitCode, events } = await attempt({ plays: more, hosts: clouds, world, limit });
      const last = events.at(-1);
      const warned = events.flatMap((event) => (event.type === 'warning' ? [event.message] : []));
      return [exitCode, last?.type === 'run-ended' && last.message, ...warned];
    };
    assert.equal(await end('eu/ams/v-9'), [4, '--limit "eu/ams/v-9" is for no host that there is']);
    assert.equal(await end('eu/ams/v-9,eu/ams/v-1'), [0, undefined, '--limit: there is no host "eu/ams/v-9"']);
    assert.equal(await end('eu/ams/v-9', [play('p', 'clouds', [say('s')])]), [0, undefined]);
  },
  'a rescue that a brake withholds leaves failed what it was to take up, below it as well': async () => {
    const world = new World();
    world.found = discovery;
    const failing = play('b.vms', 'system_vms', [fail('b.vms.f', 'no', { when: [on('eu/ams/v-1')] })]);
    const guarded = block('b', {
      block: [failing, fail('b.k', 'away', { when: [on('us')] }, 'unreachable')],
      rescue: [say('s')],
    });
    const plays = [play('p', 'clouds', [guarded], { maxFailPercentage: 0 })];
    const clouds = [host('eu', 'cloud', ['clouds']), host('us', 'cloud', ['clouds'])];
    const tried = await attempt({ plays, hosts: clouds, world });
    assert.equal(
      tried.events.filter((event) => event.type === 'rescue-withheld'),
      [{ type: 'rescue-withheld', block: 'b', hosts: ['eu'] }],
    );
    assert.equal(tried.recap, {
      eu: '0 0 0 1 0 0 0',
      'eu/ams/s-2': '0 0 0 0 1 0 0',
      'eu/ams/v-1': '0 0 0 1 0 0 0',
      us: '0 0 1 0 1 0 0',
      'us/ams/s-2': '0 0 0 0 1 0 0',
      'us/ams/v-1': '0 0 0 0 1 0 0',
    });
    assert.is(tried.exitCode, 2);
  },
  'an inner play has its result registered, its failure rescued': async () => {
    const world = new World();
    world.found = discovery;
    const plays = [
      play('p', 'clouds', [
        block('b', {
          block: [play('vms', 'system_vms', [fail('f', 'no', { when: [on('eu/ams/v-1')] })], { register: 'r' })],
          rescue: [
            say(
              's',
              computed('both', (scope) => [
                (scope.get('r') as { failed_hosts: Value }).failed_hosts,
                (scope.get('ansible_failed_task') as { name: Value }).name,
              ]),
            ),
          ],
        }),
      ]),
    ];
    const tried = await attempt({ plays, hosts: [host('eu', 'cloud', ['clouds'])], world });
    assert.equal(said(world), ['[["eu/ams/v-1"],"vms"]']);
    assert.equal(tried.recap, { eu: '1 0 0 0 0 1 0', 'eu/ams/s-2': '0 0 0 0 1 0 0', 'eu/ams/v-1': '0 0 0 0 0 1 0' });
    assert.is(tried.exitCode, 0);
  },
});
