// When a run takes the lock of a cloud: never too late, never without need.

import { SafetyStop, Unreachable } from '../../src/errors.ts';
import type { Host } from '../../src/model.ts';
import type { TakeLock } from '../../src/run/locks.ts';
import { assert, tests } from '../tests.ts';
import { host, hosts, literal, play } from './build.ts';
import { attempt, type Trial, World } from './harness.ts';
import { keep, say } from './steps.ts';

/** Clouds of these names, each with two management servers, and a machine that lies in none. */
function clouds(...names: readonly string[]): Host[] {
  const all = names.flatMap((name) => {
    const cloud = host(name, 'cloud', ['clouds']);
    return [cloud, ...['ms1', 'ms2'].map((server) => host(`${name}/${server}`, 'management_server', ['ms'], cloud))];
  });
  return [...all, ...hosts('web')];
}

/** The run, and which locks it took before which writes: in the order of their happening. */
async function locked(trial: Omit<Trial, 'hosts' | 'world' | 'lock'>, refuse?: (path: string) => void) {
  const world = new World();
  const lock: TakeLock = async ({ path }) => {
    world.writes.push(`lock of ${path}`);
    await null;
    refuse?.(path);
  };
  const tried = await attempt({ ...trial, hosts: clouds('eu', 'us'), world, lock });
  return { ...tried, order: world.writes };
}

tests('locks of a run', {
  'a cloud is locked once, before anything in it is changed, whoever comes first': async () => {
    const plays = [play('p', 'ms', [keep('k', 1)]), play('q', 'eu', [keep('l', 1)])];
    const { order, exitCode } = await locked({ plays });
    assert.equal(order.slice(0, 2), ['lock of eu/ms1', 'lock of us/ms1']);
    assert.equal([...order.slice(2)].sort(), ['eu x=1', 'eu/ms1 x=1', 'eu/ms2 x=1', 'us/ms1 x=1', 'us/ms2 x=1']);
    assert.is(exitCode, 0);
  },
  'what only looks locks nothing, nor what is no part of a cloud': async () => {
    const plays = [play('p', 'all', [say('s')]), play('q', 'web', [keep('k', 1)])];
    assert.equal((await locked({ plays })).order, ['web x=1']);
  },
  'a plan locks nothing': async () => {
    assert.equal((await locked({ plays: [play('p', 'all', [keep('k', 1)])], mode: 'plan' })).order, []);
  },
  'a task in check mode locks nothing, nor does a host on the way': async () => {
    const plays = [play('p', 'us', [keep('k', 1, { checkMode: true })]), play('q', 'eu', [keep('l', 1)])];
    assert.equal((await locked({ plays, limit: 'eu/ms1,us' })).order, []);
  },
  'the cloud of the host that is delegated to is locked': async () => {
    const plays = [
      play('p', 'web', [keep('k', 1, { delegateTo: literal('eu/ms2') })]),
      play('q', 'us', [keep('l', 1, { delegateTo: literal('web') })]),
    ];
    assert.equal((await locked({ plays })).order, ['lock of eu/ms2', 'eu/ms2 x=1', 'web x=1']);
  },
  'a lock that another has stops the run before it looks': async () => {
    const tried = await locked({ plays: [play('p', 'eu', [keep('k', 1)]), play('q', 'us', [keep('l', 1)])] }, () => {
      throw new SafetyStop('cloud "eu" is locked', { code: 'locked' });
    });
    assert.equal([tried.exitCode, tried.order, tried.world.checks], [5, ['lock of eu'], []]);
    assert.equal(tried.steps, ['eu k: failed cloud "eu" is locked']);
  },
  'a cloud that could not be asked is asked again by the next step': async () => {
    let times = 0;
    const tried = await locked({ plays: [play('p', 'ms:&eu/*', [keep('k', 1)])], forks: 1 }, () => {
      times += 1;
      if (times === 1) throw new Unreachable('eu does not answer');
    });
    assert.equal(tried.order, ['lock of eu/ms1', 'lock of eu/ms2', 'eu/ms2 x=1']);
    assert.is(tried.exitCode, 3);
  },
});
