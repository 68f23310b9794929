// What the scheduler starts, in which order: handlers, plays below plays, whole runs.

import { assert, tests } from '../tests.ts';
import { below, block, host, hosts, literal, meta, play, task } from './build.ts';
import { abcd, cases, outcomes } from './schedule-case.ts';
import { course, type Outcome, simulate } from './simulate.ts';

const chg: Readonly<Record<string, Outcome>> = { 'chg A': 'changed', 'chg B': 'changed', 'chg C': 'changed' };
const abc = hosts('A', 'B', 'C');

tests(
  'handlers',
  cases({
    'run once a flush, in the order of definition': {
      plays: [
        play('p', 'all', [task('chg', { notify: ['h3', 'h1', 'h2'] }), meta('flush_handlers'), task('end')], {
          handlers: [task('h1'), task('h2'), task('h3')],
        }),
      ],
      hosts: hosts('A'),
      outcomes: chg,
      runs: 'chg: A | h1: A | h2: A | h3: A | end: A',
    },
    'a topic runs every handler that listens': {
      plays: [
        play('p', 'all', [task('chg', { notify: ['topic'] })], {
          handlers: [task('one', { listen: ['topic'] }), task('three'), task('two', { listen: ['topic', 'other'] })],
        }),
      ],
      hosts: hosts('A'),
      outcomes: chg,
      runs: 'chg: A | one: A | two: A',
    },
    'a handler may notify one before it, in the same flush': {
      plays: [
        play('p', 'all', [task('chg', { notify: ['h2'] })], {
          handlers: [task('h1'), task('h2', { notify: ['h1', 'h3'] }), task('h3')],
        }),
      ],
      hosts: hosts('A'),
      outcomes: { ...chg, 'h2 A': 'changed' },
      runs: 'chg: A | h2: A | h3: A | h1: A',
    },
    'a handler that notifies itself runs twice and not for ever': {
      plays: [play('p', 'all', [task('chg', { notify: ['s'] })], { handlers: [task('s', { notify: ['s'] })] })],
      hosts: hosts('A'),
      outcomes: { ...chg, 's A': 'changed' },
      runs: 'chg: A | s: A A',
    },
    'a failed host runs none': {
      plays: [play('p', 'all', [task('chg', { notify: ['h'] }), task('fail')], { handlers: [task('h')] })],
      hosts: abc,
      outcomes: { ...chg, 'fail A': 'failed' },
      runs: 'chg: A B C | fail: A B C | h: B C',
      lost: { A: 'failed' },
    },
    'a failed host runs its own with force_handlers': {
      plays: [
        play('p', 'all', [task('chg', { notify: ['h'] }), task('fail')], {
          handlers: [task('h')],
          forceHandlers: true,
        }),
      ],
      hosts: abc,
      outcomes: { ...chg, 'fail A': 'failed' },
      runs: 'chg: A B C | fail: A B C | h: A B C',
      lost: { A: 'failed' },
    },
    'the word of the play beats the flag': {
      plays: [
        play('p', 'all', [task('chg', { notify: ['h'] }), task('fail')], {
          handlers: [task('h')],
          forceHandlers: false,
        }),
      ],
      hosts: hosts('A', 'B'),
      forceHandlers: true,
      outcomes: { ...chg, 'fail A': 'failed' },
      runs: 'chg: A B | fail: A B | h: B',
      lost: { A: 'failed' },
    },
    'a broken budget drops those of healthy hosts': {
      plays: [
        play('p', 'all', [task('chg', { notify: ['h'] }), task('fail'), task('next')], {
          handlers: [task('h')],
          maxFailPercentage: 0,
        }),
      ],
      hosts: abc,
      outcomes: { ...chg, 'fail A': 'failed' },
      runs: 'chg: A B C | fail: A B C',
      lost: { A: 'failed' },
    },
    'a broken budget runs them all with force_handlers': {
      plays: [
        play('p', 'all', [task('chg', { notify: ['h'] }), task('fail'), task('next')], {
          handlers: [task('h')],
          maxFailPercentage: 0,
          forceHandlers: true,
        }),
      ],
      hosts: abc,
      outcomes: { ...chg, 'fail A': 'failed' },
      runs: 'chg: A B C | fail: A B C | h: A B C',
      lost: { A: 'failed' },
    },
    'a handler that fails inside a block is rescued': {
      plays: [
        play(
          'p',
          'all',
          [
            block('b', {
              block: [task('chg', { notify: ['h'] }), meta('flush_handlers')],
              rescue: [task('rescue')],
              always: [task('always')],
            }),
            task('end'),
          ],
          { handlers: [task('h')] },
        ),
      ],
      hosts: hosts('A', 'B'),
      outcomes: { ...chg, 'h A': 'failed' },
      runs: 'chg: A B | h: A B | rescue: A | always: A B | end: A B',
    },
    'a flush that is not for a host leaves its handlers for later': {
      plays: [
        play(
          'p',
          'all',
          [task('chg', { notify: ['h'] }), meta('flush_handlers', { when: [literal(true)] }), task('end')],
          { handlers: [task('h')] },
        ),
      ],
      hosts: hosts('A', 'B'),
      enters: (_step, path) => path === 'A',
      outcomes: chg,
      runs: 'chg: A B | h: A | end: A B | h: B',
    },
  }),
);

const cloud = (name: string) => host(name, 'cloud', ['clouds']);
const found = (each: ReturnType<typeof cloud>) => below(each, { ams: ['v-1', 's-2'], fra: ['v-3', 's-4'] });
const rotate = (more = {}) =>
  play('rotate', 'clouds', [
    task('upload'),
    play('zones', 'zones', [play('vms', 'system_vms', [task('restart'), task('proof')])], {
      serial: [{ hosts: 1 }],
      ...more,
    }),
    task('end'),
  ]);

tests(
  'plays in plays',
  cases({
    'an inner play runs on what lies below its host, zone after zone': {
      plays: [rotate()],
      hosts: [cloud('eu')],
      found,
      runs: 'upload: eu | restart: eu/ams/v-1 eu/ams/s-2 | proof: eu/ams/v-1 eu/ams/s-2 | restart: eu/fra/v-3 eu/fra/s-4 | proof: eu/fra/v-3 eu/fra/s-4 | end: eu',
    },
    'a failure below fails the host above, and the next zone is not touched': {
      plays: [rotate()],
      hosts: [cloud('eu')],
      found,
      outcomes: { 'restart eu/ams/v-1': 'failed' },
      runs: 'upload: eu | restart: eu/ams/v-1 eu/ams/s-2 | proof: eu/ams/s-2',
      lost: { eu: 'failed' },
    },
    'what is only out of reach below makes the host above unreachable': {
      plays: [rotate()],
      hosts: [cloud('eu')],
      found,
      outcomes: { 'restart eu/ams/v-1': 'unreachable' },
      runs: 'upload: eu | restart: eu/ams/v-1 eu/ams/s-2 | proof: eu/ams/s-2',
      lost: { eu: 'unreachable' },
    },
    'a rescue around an inner play sees one failure, and later plays have the hosts back': {
      plays: [
        play('p', 'clouds', [
          block('b', { block: [play('vms', 'system_vms', [task('restart')])], rescue: [task('rescue')] }),
          play('again', 'system_vms', [task('proof')]),
        ]),
      ],
      hosts: [cloud('eu')],
      found: (each) => below(each, { ams: ['v-1', 's-2'] }),
      outcomes: { 'restart eu/ams/v-1': 'unreachable' },
      runs: 'restart: eu/ams/v-1 eu/ams/s-2 | rescue: eu | proof: eu/ams/v-1 eu/ams/s-2',
    },
    'a failure below that is ignored leaves all hosts in': {
      plays: [
        play('p', 'clouds', [
          play('vms', 'system_vms', [task('restart')], { ignoreErrors: literal(true) }),
          play('again', 'system_vms', [task('proof')]),
        ]),
      ],
      hosts: [cloud('eu')],
      found: (each) => below(each, { ams: ['v-1'] }),
      outcomes: { 'restart eu/ams/v-1': 'failed' },
      runs: 'restart: eu/ams/v-1 | proof: eu/ams/v-1',
    },
    'a budget that breaks around an inner play starts nothing new inside it': {
      plays: [
        play('p', 'clouds', [play('vms', 'system_vms', [task('one'), task('two')]), task('end')], {
          maxFailPercentage: 0,
        }),
      ],
      hosts: [cloud('eu'), cloud('us')],
      found: (each) => below(each, { ams: ['v-1'] }),
      outcomes: { 'one eu/ams/v-1': 'failed' },
      runs: 'one: eu/ams/v-1 us/ams/v-1',
      lost: { eu: 'failed' },
    },
    'always inside an inner play runs though the budget around it broke': {
      plays: [
        play(
          'p',
          'clouds',
          [
            play('vms', 'system_vms', [
              block('b', { block: [task('one'), task('two')], always: [task('always')] }),
              task('no'),
            ]),
          ],
          { maxFailPercentage: 0, serial: [{ hosts: 2 }] },
        ),
      ],
      hosts: [cloud('eu'), cloud('us'), cloud('ap')],
      found: (each) => below(each, { ams: ['v-1'] }),
      outcomes: { 'one eu/ams/v-1': 'failed' },
      runs: 'one: eu/ams/v-1 us/ams/v-1 | always: eu/ams/v-1 | two: us/ams/v-1 | always: us/ams/v-1',
      lost: { eu: 'failed' },
    },
    'a change below notifies the handler of the play around, for the host above': {
      plays: [
        play('p', 'clouds', [play('vms', 'system_vms', [task('chg', { notify: ['h'] })])], {
          handlers: [play('h', 'management_servers', [task('restart')], { serial: [{ hosts: 1 }] })],
        }),
      ],
      hosts: ((eu) => [eu, host('eu/ms1', 'management_server', ['management_servers'], eu)])(cloud('eu')),
      found: (each) => below(each, { ams: ['v-1'] }),
      outcomes: { 'chg eu/ams/v-1': 'changed' },
      runs: 'chg: eu/ams/v-1 | restart: eu/ms1',
    },
    'a play that may not be entered is skipped': {
      plays: [play('p', 'clouds', [play('vms', 'system_vms', [task('one')], { when: [literal(false)] }), task('end')])],
      hosts: [cloud('eu')],
      enters: () => false,
      runs: 'end: eu',
    },
    'a play without hosts fails where it stands': {
      plays: [play('p', 'clouds', [play('none', 'nosuch', [task('one')]), task('end')])],
      hosts: [cloud('eu')],
      found,
      runs: '',
      lost: { eu: 'failed' },
    },
    'a limit below a cloud leaves out what is beside it': {
      plays: [rotate()],
      hosts: [cloud('eu'), cloud('us')],
      limit: 'eu/fra',
      found,
      runs: 'upload: eu | restart: eu/fra/v-3 eu/fra/s-4 | proof: eu/fra/v-3 eu/fra/s-4 | end: eu',
    },
    'a play on top whose hosts are below clouds looks into all clouds first': {
      plays: [play('p', 'zones', [task('one')], { serial: [{ hosts: 2 }] })],
      hosts: [cloud('eu'), cloud('us')],
      found: (each) => below(each, { ams: [] }),
      runs: 'one: eu/ams us/ams',
    },
    'a cloud that cannot be looked into is out before its first task where an inner play needs it': {
      plays: [play('p', 'clouds', [task('upload'), play('zones', 'zones', [task('one')])])],
      hosts: [cloud('eu'), cloud('us')],
      found: (each) => below(each, { ams: [] }),
      outcomes: { 'discover eu': 'unreachable' },
      runs: 'upload: us | one: us/ams',
      lost: { eu: 'unreachable' },
    },
  }),
);

tests('the whole run', {
  'forks cap the whole tree': () => {
    const plays = [play('p', 'clouds', [play('vms', 'system_vms', [task('one'), task('two')])])];
    const seen = simulate({ plays, hosts: ['a', 'b', 'c'].map(cloud), found, forks: 4 });
    assert.is(seen.widest, 4);
    assert.is(seen.started.length, 24);
  },
  'throttle counts over all hosts that an inner play stands on': () => {
    let most = 0;
    const plays = [play('p', 'clouds', [play('vms', 'system_vms', [task('one', { throttle: 2 })])])];
    simulate({
      plays,
      hosts: ['a', 'b', 'c'].map(cloud),
      found,
      pick: (under) => {
        most = Math.max(most, under.filter((work) => work.kind === 'task').length);
        return under.length - 1;
      },
    });
    assert.is(most, 2);
  },
  'a cloud is looked into once, and only when something below it is needed': () => {
    const ms = play('servers', 'management_servers', [task('one')]);
    const plays = [
      play('p', 'clouds', [ms, play('zones', 'zones', [task('two')]), play('vms', 'zones', [task('three')])]),
    ];
    const eu = cloud('eu');
    const seen = simulate({
      plays,
      hosts: [eu, host('eu/ms1', 'management_server', ['management_servers'], eu)],
      found: (each) => below(each, { ams: [] }),
    });
    assert.equal(seen.discovered, ['eu']);
    assert.is(course(seen), 'one: eu/ms1 | two: eu/ams | three: eu/ams');
    const without = simulate({
      plays: [play('p', 'clouds', [ms])],
      hosts: [eu, host('eu/ms1', 'management_server', ['management_servers'], eu)],
    });
    assert.equal(without.discovered, []);
  },
  'an inner play that is held from around before its end is not called done': () => {
    const plays = [
      play('p', 'clouds', [play('vms', 'system_vms', [task('one'), task('two')])], { maxFailPercentage: 0 }),
    ];
    const seen = simulate({
      plays,
      hosts: [cloud('eu'), cloud('us')],
      found: (each) => below(each, { ams: ['v-1'] }),
      outcome: outcomes({ 'one eu/ams/v-1': 'failed' }),
    });
    assert.equal(seen.ended, ['one@eu/ams/v-1: failed', 'one@us/ams/v-1: ok', 'vms@eu: failed', 'vms@us: skipped']);
  },
  'an interrupt starts nothing new and awaits what is under way': () => {
    const plays = [play('p', 'all', [block('b', { block: [task('one')], always: [task('two')] })])];
    const seen = simulate({ plays, hosts: abcd, interruptAfter: 2 });
    assert.is(course(seen), 'one: A B C D');
    assert.is(seen.ended.length, 4);
    assert.is(seen.state.finished, true);
  },
  'a queue behind forks is dropped by an interrupt': () => {
    const seen = simulate({ plays: [play('p', 'all', [task('one')])], hosts: abcd, forks: 2, interruptAfter: 1 });
    assert.is(course(seen), 'one: A B C');
  },
  'a play on top without hosts stops the run': () => {
    const seen = simulate({
      plays: [play('p', 'nosuch', [task('one')]), play('q', 'all', [task('two')])],
      hosts: abcd,
    });
    assert.is(seen.state.empty, 'no host matches "nosuch"');
    assert.is(course(seen), '');
  },
  'a broken budget is told with what it kept from starting': () => {
    const plays = [play('p', 'all', [task('one')], { serial: [{ hosts: 2 }], maxFailPercentage: 0 })];
    const seen = simulate({ plays, hosts: abcd, outcome: outcomes({ 'one A': 'failed' }) });
    const told = seen.notices.flatMap((notice) =>
      notice.type === 'budget-broken' ? [[notice.message, notice.notReached.map((each) => each.path)]] : [],
    );
    assert.equal(told, [
      ['1 of 2 hosts failed or could not be reached, more than the 0 % of max_fail_percentage', ['C', 'D']],
    ]);
  },
});
