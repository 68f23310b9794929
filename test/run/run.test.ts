// Whole runs and plans over a made-up world: results, what is registered, exit codes, events.

import { SafetyStop } from '../../src/errors.ts';
import type { Task, Value } from '../../src/model.ts';
import type { Permit } from '../../src/run/attempt.ts';
import { assert, tests } from '../tests.ts';
import { computed, host, hosts, literal, play, task, variable } from './build.ts';
import { attempt, World } from './harness.ts';
import { discovery, fail, field, keep, on, said, say } from './steps.ts';

tests('a run', {
  'looks, changes and looks again until it holds': async () => {
    const world = new World();
    world.lag = 4;
    const tried = await attempt({
      plays: [play('p', 'all', [keep('k', 1, { register: 'r' }), say('s', variable('r'))])],
      hosts: hosts('A'),
      world,
    });
    assert.equal(tried.steps, ['A k: changed set x of A, x is 1', 'A s: ok']);
    assert.equal(world.writes, ['A x=1']);
    assert.equal(said(world), ['{"msg":"x is 1","before":1,"stamp":"now","changed":true,"failed":false}']);
    assert.equal(tried.recap, { A: '2 1 0 0 0 0 0' });
    assert.is(tried.exitCode, 0);
  },
  'fails where a change is applied and does not come into effect': async () => {
    const world = new World();
    world.lag = 1000;
    const tried = await attempt({ plays: [play('p', 'all', [keep('k', 1)])], hosts: hosts('A'), world });
    assert.equal(tried.steps, ['A k: failed applied but not in effect after 60 s: the old value is still there']);
    assert.is(tried.exitCode, 2);
  },
  'looks no more where a look says that it is useless': async () => {
    const world = new World();
    world.lost = true;
    const tried = await attempt({ plays: [play('p', 'all', [keep('k', 1)])], hosts: hosts('A'), world });
    assert.equal(tried.steps, ['A k: failed the new value is lost']);
    assert.is(tried.events.find((event) => event.type === 'step-ended')?.result.seconds, 0);
  },
  'changes nothing that is right already': async () => {
    const world = new World();
    world.values.set('A x', 1);
    const tried = await attempt({ plays: [play('p', 'all', [keep('k', 1)])], hosts: hosts('A'), world });
    assert.equal([tried.steps, world.writes], [['A k: ok x is 1'], []]);
  },
  'gives up a task that never answers at its timeout': async () => {
    const plays = [play('p', 'all', [task('h', { module: 'hang', timeoutSeconds: literal(7) })])];
    const tried = await attempt({ plays, hosts: hosts('A') });
    assert.equal(tried.steps, ['A h: failed not done after 7 s']);
  },
  'calls the outcome of a write unknown that was under way at the timeout': async () => {
    const world = new World();
    world.hangs = 'A';
    const tried = await attempt({ plays: [play('p', 'all', [keep('k', 1)])], hosts: hosts('A', 'B'), world });
    assert.equal(tried.steps, [
      'B k: changed set x of B, x is 1',
      'A k: unreachable not done after 60 s; the outcome of "set x" is unknown',
    ]);
    assert.is(tried.exitCode, 3);
    const writes = tried.events.flatMap((event) =>
      event.type === 'write-ended' ? [`${event.host} ${event.outcome}`] : [],
    );
    assert.equal(writes, ['B done', 'A unknown']);
  },
  'ends with 2 where a host failed and another was out of reach, with 3 where none failed': async () => {
    const world = new World();
    world.down.add('B');
    const plays = [play('p', 'all', [fail('f', 'broken', { when: [on('A')] }), keep('k', 1)])];
    assert.is((await attempt({ plays, hosts: hosts('A', 'B', 'C'), world })).exitCode, 2);
    const tried = await attempt({ plays: [play('p', 'all', [keep('k', 1)])], hosts: hosts('A', 'B', 'C'), world });
    assert.is(tried.exitCode, 3);
    assert.equal(tried.recap['B'], '0 0 1 0 0 0 0');
  },
  'ends with 5 where a safety rule stops it': async () => {
    const plays = [play('p', 'all', [fail('f', 'not today', {}, 'stop'), say('s')]), play('q', 'all', [say('t')])];
    const tried = await attempt({ plays, hosts: hosts('A') });
    assert.equal([tried.exitCode, tried.steps], [5, ['A f: failed not today']]);
    const end = tried.events.at(-1);
    assert.is(end?.type === 'run-ended' && end.message, 'stopped by a safety rule: A: not today');
  },
  'asks before each change, item by item, and makes none that is refused': async () => {
    const asked: unknown[] = [];
    const permit: Permit = (wanted) => {
      asked.push(wanted);
      if (wanted.item === 1) throw new SafetyStop('not that one');
    };
    const loop = { loop: literal([2, 3, 4]) };
    const world = new World();
    const plays = [play('p', 'all', [keep('k', 1), keep('l', variable('item'), loop)])];
    const tried = await attempt({ plays, hosts: hosts('A'), world, permit });
    const summary = 'set x of A';
    assert.equal(asked, [
      { task: 'k', host: 'A', item: undefined, summary },
      { task: 'l', host: 'A', item: 0, summary },
      { task: 'l', host: 'A', item: 1, summary },
    ]);
    assert.equal([tried.exitCode, world.writes], [5, ['A x=1', 'A x=2']]);
  },
  'ends with 1 for a bug in a task module, after the other hosts': async () => {
    const plays = [play('p', 'all', [fail('f', 'oops', { when: [on('A')] }, 'bug'), say('s')])];
    const tried = await attempt({ plays, hosts: hosts('A', 'B') });
    assert.is(tried.exitCode, 1);
    assert.equal([...tried.steps].sort(), [
      'A f: failed a bug: TypeError: oops',
      'B f: skipped inventory_hostname in A is false',
      'B s: ok',
    ]);
  },
  'ends with 4 where a play has no hosts and nothing failed': async () => {
    const tried = await attempt({ plays: [play('p', 'nosuch', [say('s')])], hosts: hosts('A') });
    assert.equal([tried.exitCode, tried.steps], [4, []]);
  },
  'starts nothing new after an interrupt, ends what is under way, and ends with 130': async () => {
    const plays = [play('p', 'all', [keep('k', 1), say('s')])];
    const interruptAt = (event: { readonly type: string }) => event.type === 'write-started';
    const tried = await attempt({ plays, hosts: hosts('A', 'B'), interruptAt, forks: 1 });
    assert.equal(tried.steps, ['A k: changed set x of A, x is 1']);
    assert.is(tried.exitCode, 130);
    const end = tried.events.at(-1);
    assert.equal(end?.type === 'run-ended' && [end.notReached, end.writes], [['B'], 1]);
  },
  'waits no longer for a retry after an interrupt': async () => {
    const until = { until: [literal(false)], retries: literal(100), delaySeconds: literal(3600) };
    const plays = [play('p', 'all', [say('s', 'x', until)])];
    const interruptAt = (event: { readonly type: string }) => event.type === 'step-retried';
    const tried = await attempt({ plays, hosts: hosts('A'), interruptAt });
    assert.equal(tried.steps, ['A s: failed interrupted before it was tried again']);
    assert.is(tried.exitCode, 130);
  },
  'gives up what is under way when it is told a second time': async () => {
    const world = new World();
    world.hangs = 'A';
    const twice = (event: { readonly type: string }) => event.type === 'write-started';
    const tried = await attempt({
      plays: [play('p', 'all', [keep('k', 1)])],
      hosts: hosts('A'),
      world,
      interruptAt: twice,
      killAt: twice,
    });
    assert.equal(tried.steps, ['A k: unreachable given up while it was under way; the outcome of "set x" is unknown']);
    assert.is(tried.exitCode, 130);
  },
  'tells everything in order': async () => {
    const plays = [play('p', 'all', [keep('k', 1)], { serial: [{ hosts: 1 }] })];
    const tried = await attempt({ plays, hosts: hosts('A', 'B') });
    const told = tried.events.map((event) => ('host' in event ? `${event.type} ${event.host}` : event.type));
    const batch = (name: string) => [
      'play-started',
      'task-started',
      `step-started ${name}`,
      `write-started ${name}`,
      `write-ended ${name}`,
      `step-ended ${name}`,
      'play-ended',
    ];
    assert.equal(told, ['run-started', ...batch('A'), ...batch('B'), 'run-ended']);
  },
});

tests('a plan', {
  'writes nothing, and what a run would give is unknown': async () => {
    const plays = [
      play('p', 'all', [
        keep('k', 1, { register: 'r' }),
        say('changed', field('r', 'changed')),
        say('stamp', field('r', 'stamp')),
        say('if', 'hi', {
          when: [computed('r.stamp is something', (scope) => (scope.get('r') as { stamp: Value }).stamp)],
        }),
      ]),
    ];
    const tried = await attempt({ plays, hosts: hosts('A'), mode: 'plan' });
    assert.equal(tried.steps, [
      'A k: changed set x of A',
      'A changed: ok',
      'A stamp: to_prove with a value that is not known yet: registered by "k"',
      'A if: to_prove when r.stamp is something, which is not known yet: registered by "k"',
    ]);
    assert.equal(tried.world.writes, []);
    assert.equal(tried.recap, { A: '2 1 0 0 0 0 0 prove 2' });
    assert.is(tried.exitCode, 0);
  },
  'has facts of a planned change for what follows': async () => {
    const tried = await attempt({
      plays: [play('p', 'all', [keep('k', 1), say('s', variable('x'))])],
      hosts: hosts('A'),
      mode: 'plan',
    });
    assert.equal(said(tried.world), ['1']);
  },
  'calls a failure after a planned change of that host "to prove"': async () => {
    const plays = [play('p', 'all', [keep('k', 1, { when: [on('A')] }), fail('f', 'not there')])];
    const tried = await attempt({ plays, hosts: hosts('A', 'B'), mode: 'plan' });
    assert.equal(tried.steps.slice(2), ['A f: to_prove after: set x of A', 'B f: failed not there']);
    assert.is(tried.exitCode, 2);
  },
  'does not look at a proof of what a planned change is about to replace': async () => {
    const proof = task('proof', { module: 'proof' });
    const plays = [play('p', 'all', [keep('k', 1, { when: [on('A')] }), proof])];
    const tried = await attempt({ plays, hosts: hosts('A', 'B'), mode: 'plan' });
    assert.equal(tried.steps.slice(2), ['A proof: to_prove after: set x of A', 'B proof: ok']);
    assert.equal(tried.world.checks, ['B: proof']);
  },
  'excuses failures above and below a planned change, and not beside it': async () => {
    const world = new World();
    world.found = discovery;
    const vms = (name: string, step: Task) => play(name, 'system_vms', [step]);
    const plays = [
      play('p', 'clouds', [
        vms('one', keep('k', 1, { when: [on('eu/ams/v-1')] })),
        fail('above', 'up'),
        vms('two', fail('beside', 'side', { when: [on('eu/ams/s-2', 'eu/ams/v-1')] })),
      ]),
    ];
    const tried = await attempt({ plays, hosts: [host('eu', 'cloud', ['clouds'])], mode: 'plan', world });
    assert.equal(
      tried.steps.filter((step) => !/skipped|changed/.test(step)),
      [
        'eu above: to_prove after: set x of eu/ams/v-1',
        'eu/ams/v-1 beside: to_prove after: set x of eu/ams/v-1',
        'eu/ams/s-2 beside: failed side',
        'eu two: failed eu/ams/s-2 failed',
      ],
    );
  },
  'plans the handlers of planned changes': async () => {
    const plays = [play('p', 'all', [keep('k', 1, { notify: ['h'] })], { handlers: [say('h')] })];
    const tried = await attempt({ plays, hosts: hosts('A'), mode: 'plan' });
    assert.equal(tried.steps, ['A k: changed set x of A', 'A h: ok']);
  },
  'does not call a planned change "ok" for changed_when': async () => {
    const plays = [play('p', 'all', [keep('k', 1, { changedWhen: [literal(false)] })])];
    const tried = await attempt({ plays, hosts: hosts('A'), mode: 'plan' });
    assert.equal(tried.steps, ['A k: to_prove set x of A']);
  },
  'does not wait for until': async () => {
    const plays = [play('p', 'all', [say('s', 'no', { register: 'r', until: [computed('false', () => false)] })])];
    const tried = await attempt({ plays, hosts: hosts('A'), mode: 'plan' });
    assert.equal(tried.steps, ['A s: to_prove until false']);
    assert.is(tried.world.checks.length, 1);
  },
  'refuses check_mode: false on a task that writes': async () => {
    const tried = await attempt({
      plays: [play('p', 'all', [keep('k', 1, { checkMode: false })])],
      hosts: hosts('A'),
      mode: 'plan',
    });
    assert.equal(tried.steps, ['A k: failed "check_mode: false" would let "keep" write in a plan']);
  },
  'of one task is what check_mode: true asks for': async () => {
    const plays = [play('p', 'all', [keep('k', 1, { checkMode: true }), fail('f', 'real')])];
    const tried = await attempt({ plays, hosts: hosts('A') });
    assert.equal(tried.steps, ['A k: changed set x of A', 'A f: failed real']);
    assert.equal(tried.world.writes, []);
  },
});

tests('what counts', {
  'failed_when decides, and keeps what the task gave': async () => {
    const plays = [
      play('p', 'all', [
        fail('f', 'broken', { failedWhen: [literal(false)], register: 'r' }),
        say('rc', field('r', 'rc')),
        say('g', 'x', { failedWhen: [literal(true), computed('msg is x', () => true)] }),
      ]),
    ];
    const tried = await attempt({ plays, hosts: hosts('A') });
    assert.equal(tried.steps, ['A f: ok broken', 'A rc: ok', 'A g: failed failed_when: true and msg is x']);
    assert.equal(said(tried.world).slice(0, 1), ['3']);
  },
  'changed_when comes first': async () => {
    const plays = [
      play('p', 'all', [
        say('s', 'x', {
          changedWhen: [literal(true)],
          failedWhen: [computed('r.changed', (scope) => (scope.get('r') as { changed: Value }).changed)],
          register: 'r',
          ignoreErrors: literal(true),
        }),
      ]),
    ];
    const tried = await attempt({ plays, hosts: hosts('A') });
    assert.equal(tried.recap, { A: '1 1 0 0 0 0 1' });
  },
  'a condition must be true or false': async () => {
    const tried = await attempt({
      plays: [play('p', 'all', [say('s', 'x', { when: [literal('yes')] })])],
      hosts: hosts('A'),
    });
    assert.equal(tried.steps, ['A s: failed the condition must be true or false, not text']);
  },
  'ignore_unreachable counts as ok and ignored': async () => {
    const world = new World();
    world.down.add('A');
    const plays = [
      play('p', 'all', [keep('k', 1, { ignoreUnreachable: true, register: 'r' }), say('s', variable('r'))]),
    ];
    const tried = await attempt({ plays, hosts: hosts('A'), world });
    assert.equal(said(world), ['{"msg":"A does not answer","changed":false,"failed":false,"unreachable":true}']);
    assert.equal(tried.recap, { A: '2 0 0 0 0 0 1' });
    assert.is(tried.exitCode, 0);
  },
  'run_once registers for the whole batch': async () => {
    const plays = [
      play(
        'p',
        'all',
        [say('once', variable('inventory_hostname'), { runOnce: true, register: 'r' }), say('s', field('r', 'msg'))],
        {
          serial: [{ hosts: 2 }],
        },
      ),
    ];
    const tried = await attempt({ plays, hosts: hosts('A', 'B', 'C', 'D') });
    assert.equal(said(tried.world), ['"A"', '"A"', '"A"', '"C"', '"C"', '"C"']);
  },
  'delegate_to uses the connections of the other host with the variables of this one': async () => {
    const world = new World();
    world.values.set('B x', 'A');
    const plays = [play('p', 'A', [keep('k', variable('inventory_hostname'), { delegateTo: literal('B') })])];
    const tried = await attempt({ plays, hosts: hosts('A', 'B'), world });
    assert.equal(tried.steps, ['A k: ok x is A']);
    const end = tried.events.find((event) => event.type === 'step-ended');
    assert.is(end?.type === 'step-ended' && end.delegatedTo, 'B');
  },
  'a loop that is delegated to several hosts is told of none of them': async () => {
    const each = keep('k', 1, { delegateTo: variable('item'), loop: literal(['B', 'A']) });
    const tried = await attempt({ plays: [play('p', 'A', [each])], hosts: hosts('A', 'B') });
    const end = tried.events.find((event) => event.type === 'step-ended');
    assert.equal(end?.type === 'step-ended' && [end.result.status, end.delegatedTo], ['changed', undefined]);
  },
  'no_log hides values, items and messages, and not from later tasks': async () => {
    const plays = [
      play('p', 'all', [
        say('s', variable('item'), { noLog: true, loop: literal(['hush-hush-1', 'hush-hush-2']), register: 'r' }),
        say(
          't',
          computed('second', (scope) => (scope.get('r') as { results: { msg: Value }[] }).results[1]?.msg ?? null),
          { noLog: true },
        ),
      ]),
    ];
    const tried = await attempt({ plays, hosts: hosts('A') });
    assert.is(said(tried.world)[2], '"hush-hush-2"');
    assert.is(JSON.stringify(tried.events).includes('hush-hush'), false);
  },
  'no_log hides what a write was': async () => {
    const tried = await attempt({ plays: [play('p', 'all', [keep('k', 1, { noLog: true })])], hosts: hosts('A') });
    const writes = tried.events.flatMap((event) => (event.type === 'write-started' ? [event.what] : []));
    assert.equal([writes, tried.steps], [['hidden by no_log'], ['A k: changed hidden by no_log, hidden by no_log']]);
  },
});
