// What differs between two looks, in words: the kinds that no lab can show.

import type { Decision } from '../../src/plan/decision.ts';
import { driftBetween, type Looked } from '../../src/plan/drift.ts';
import { assert, tests } from '../tests.ts';

const FINGERPRINTS = ['77e0', '3f9c'].map((start) => start.padEnd(62, '0'));
const [OLD, NEW] = FINGERPRINTS.map((start) => `${start}a1`);

const look = (more: Partial<Decision> = {}): Decision => ({
  task: '0.1',
  host: 'lab',
  name: 'It is so',
  status: 'ok',
  ...more,
});

const change = (summary: string, more: Partial<Decision> = {}) => look({ status: 'changed', summary, ...more });

const looked = (...decisions: readonly Decision[]): Looked => ({ hosts: [], decisions });

const cloud = (version: string): Looked => ({
  hosts: [{ host: 'lab', kind: 'cloud', facts: { version } }],
  decisions: [],
});

const zone = (id: string): Looked => ({ hosts: [{ host: 'lab/ams', kind: 'zone', facts: { id } }], decisions: [] });

const cases: Readonly<Record<string, readonly [Looked, Looked, readonly string[]]>> = {
  'a release': [cloud('4.22.0.1'), cloud('4.23.0.0'), ['lab: version was 4.22.0.1, is 4.23.0.0']],
  'another zone of the same name': [zone('1'), zone('2'), ['lab/ams: id was 1, is 2']],
  'a certificate, by the ends of its fingerprint': [
    looked(look({ decidedOn: { 'served on 443': OLD ?? '' } })),
    looked(look({ decidedOn: { 'served on 443': NEW ?? '' } })),
    ['lab "It is so": served on 443 was 77e0…a1, is 3f9c…a1'],
  ],
  'values of every kind': [
    looked(look({ decidedOn: { a: true, b: null, c: ['x', 'y'], d: '', e: 1 } })),
    looked(look({ decidedOn: { a: false, b: 'z', c: [], d: 'w', f: 2 } })),
    [
      'lab "It is so": a was true, is false',
      'lab "It is so": b was none, is z',
      'lab "It is so": c was x, y, is none',
      'lab "It is so": d was (blank), is w',
      'lab "It is so": e was 1, is not there',
      'lab "It is so": f was not there, is 2',
    ],
  ],
  'another change of the same things': [
    looked(change('set a to 1', { decidedOn: { value: '0' } })),
    looked(change('set a to 2', { decidedOn: { value: '0' } })),
    ['lab "It is so": was "set a to 1", is "set a to 2"'],
  ],
  'what is there to do now, and what is not any more': [
    looked(look(), change('do it', { task: '0.2', name: 'That' })),
    looked(change('do it'), look({ task: '0.2', name: 'That' })),
    [
      'lab "It is so": was right already, is to be changed ("do it")',
      'lab "That": was to be changed ("do it"), is right already',
    ],
  ],
  'an item that is new, by its label': [
    looked(look({ item: { index: 0, label: 'a' } })),
    looked(look({ item: { index: 0, label: 'b' } }), look({ item: { index: 1, label: 'a' } })),
    ['lab "It is so" (b): was not looked at, is right already'],
  ],
  'what it costs, but for what comes and goes by itself': [
    looked(change('do it', { impact: 'stop, start; 3 sessions cut' }), change('do it', { task: '0.2', impact: 'a' })),
    looked(change('do it', { impact: 'stop, start; 5 sessions cut' }), change('do it', { task: '0.2', impact: 'b' })),
    ['lab "It is so": what it costs was "a", is "b"'],
  ],
  'no proof that follows from another difference': [
    looked(look({ decidedOn: { value: 1 } }), look({ task: '0.2', status: 'to_prove' })),
    looked(look({ decidedOn: { value: 2 } }), look({ task: '0.2' })),
    ['lab "It is so": value was 1, is 2'],
  ],
  'a proof alone': [
    looked(look({ status: 'to_prove' })),
    looked(look()),
    ['lab "It is so": was to be proved, is right already'],
  ],
  'a handler that comes twice, the second time': [
    looked(look(), change('restart')),
    looked(look(), look()),
    ['lab "It is so": was to be changed ("restart"), is right already'],
  ],
  nothing: [looked(look(), change('do it')), looked(look(), change('do it')), []],
};

tests(
  'drift names',
  Object.fromEntries(
    Object.entries(cases).map(([title, [before, now, lines]]) => [
      title,
      () => assert.equal(driftBetween(before, now), lines),
    ]),
  ),
);
