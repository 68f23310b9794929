import { type Endpoint, endpointText, routeOf } from '../../src/connections/route.ts';
import { assert, tests } from '../tests.ts';

interface Case {
  readonly title: string;
  readonly rules: readonly string[];
  readonly meant: Endpoint;
  readonly real: string;
}

const cases: readonly Case[] = [
  { title: 'without a rule nothing changes', rules: [], meant: { host: 'a', port: 1 }, real: 'a:1' },
  { title: 'a whole rule leads elsewhere', rules: ['a:1:b:2'], meant: { host: 'a', port: 1 }, real: 'b:2' },
  { title: 'another port is not met', rules: ['a:1:b:2'], meant: { host: 'a', port: 3 }, real: 'a:3' },
  {
    title: 'names are compared without case',
    rules: ['A.Example:1:b:2'],
    meant: { host: 'a.example', port: 1 },
    real: 'b:2',
  },
  { title: 'an empty first port meets any', rules: ['a::b:2'], meant: { host: 'a', port: 9 }, real: 'b:2' },
  { title: 'an empty first host meets any', rules: [':1:b:2'], meant: { host: 'x', port: 1 }, real: 'b:2' },
  { title: 'an empty second host stays', rules: ['a:1::2'], meant: { host: 'a', port: 1 }, real: 'a:2' },
  { title: 'an empty second port stays', rules: ['a:1:b:'], meant: { host: 'a', port: 1 }, real: 'b:1' },
  {
    title: 'the first rule that meets decides',
    rules: ['a:1:b:2', 'a::c:3'],
    meant: { host: 'a', port: 1 },
    real: 'b:2',
  },
  {
    title: 'IPv6 stands in brackets',
    rules: ['[::1]:1:[fd00::2]:2'],
    meant: { host: '::1', port: 1 },
    real: '[fd00::2]:2',
  },
];

tests('connect_to', {
  ...Object.fromEntries(
    cases.map(({ title, rules, meant, real }) => [title, () => assert.is(endpointText(routeOf(rules)(meant)), real)]),
  ),
  'a rule that cannot be read is refused': () => {
    for (const rule of ['a', 'a:1:b', 'a:x:b:2', '::1:1:b:2', 'a:1:b:2:c']) {
      assert.throws(
        () => routeOf([rule]),
        (error: Error) => error.message === `"connect_to" cannot be read: "${rule}"`,
      );
    }
  },
});
