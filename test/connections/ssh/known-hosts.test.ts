import { createHmac } from 'node:crypto';
import {
  judgeKey,
  keyAlgorithms,
  keyFingerprint,
  keyType,
  knownHostName,
  readKnownHosts,
} from '../../../src/connections/ssh/known-hosts.ts';
import { assert, tests } from '../../tests.ts';

/** The wire form of a made-up key of a type. */
function keyOf(type: string, body: string): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(type.length);
  return Buffer.concat([length, Buffer.from(type), Buffer.from(body)]);
}

const mine = keyOf('ssh-ed25519', 'mine');
const other = keyOf('ssh-ed25519', 'other');
const rsa = keyOf('ssh-rsa', 'rsa');
const line = (hosts: string, key: Buffer): string => `${hosts} ${keyType(key)} ${key.toString('base64')} comment`;

function hashed(name: string): string {
  const salt = Buffer.from('0123456789abcdefghij');
  return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`;
}

interface Case {
  readonly title: string;
  readonly text: string;
  readonly host?: string;
  readonly port?: number;
  readonly key?: Buffer;
  readonly verdict: 'known' | 'unknown' | 'changed' | 'revoked';
}

const cases: readonly Case[] = [
  { title: 'a plain name', text: line('ms1.example', mine), verdict: 'known' },
  { title: 'a name in another case', text: line('MS1.Example', mine), verdict: 'known' },
  { title: 'one name of several', text: line('ms1,ms1.example,192.0.2.1', mine), verdict: 'known' },
  { title: 'a hashed name', text: line(hashed('ms1.example'), mine), verdict: 'known' },
  { title: 'a hashed name with a port', text: line(hashed('[ms1.example]:2222'), mine), port: 2222, verdict: 'known' },
  { title: 'a name with a port', text: line('[ms1.example]:2222', mine), port: 2222, verdict: 'known' },
  { title: 'a name without the port', text: line('ms1.example', mine), port: 2222, verdict: 'unknown' },
  { title: 'a name with a port that is not used', text: line('[ms1.example]:2222', mine), verdict: 'unknown' },
  { title: 'a wildcard', text: line('*.example', mine), verdict: 'known' },
  { title: 'a wildcard for one character', text: line('ms?.example', mine), verdict: 'known' },
  { title: 'a dot in a pattern is only a dot', text: line('ms1xexample', mine), verdict: 'unknown' },
  { title: 'a negation beside a wildcard', text: line('*.example,!ms1.example', mine), verdict: 'unknown' },
  { title: 'no line', text: '', verdict: 'unknown' },
  { title: 'a comment', text: `# ${line('ms1.example', mine)}`, verdict: 'unknown' },
  { title: 'a line that is none', text: 'ms1.example ssh-ed25519', verdict: 'unknown' },
  { title: 'another key', text: line('ms1.example', other), verdict: 'changed' },
  { title: 'another key of another type', text: line('ms1.example', rsa), verdict: 'changed' },
  {
    title: 'one key of several',
    text: [line('ms1.example', other), line('ms1.example', mine)].join('\r\n'),
    verdict: 'known',
  },
  {
    title: 'a revoked key',
    text: [line('ms1.example', mine), `@revoked ${line('*', mine)}`].join('\n'),
    verdict: 'revoked',
  },
  {
    title: 'another key that is revoked',
    text: [line('ms1.example', mine), `@revoked ${line('*', other)}`].join('\n'),
    verdict: 'known',
  },
  { title: 'an authority', text: `@cert-authority ${line('*.example', mine)}`, verdict: 'unknown' },
  { title: 'an IPv6 address', text: line('fd00::1', mine), host: 'FD00::1', verdict: 'known' },
];

function verdictOf({ text, host = 'ms1.example', port = 22, key = mine }: Case): string {
  return judgeKey(readKnownHosts(text, 'known_hosts'), knownHostName({ host, port }), key).verdict;
}

tests('known_hosts', {
  ...Object.fromEntries(
    cases.map((one) => [`${one.title}: ${one.verdict}`, () => assert.is(verdictOf(one), one.verdict)]),
  ),
  'an entry knows its file and line': () => {
    const [entry] = readKnownHosts(`# first\n\n${line('a', mine)}`, '/etc/known');
    assert.equal([entry?.file, entry?.line, entry?.type], ['/etc/known', 3, 'ssh-ed25519']);
  },
  'an authority is reported where a key is unknown': () => {
    const verdict = judgeKey(readKnownHosts(`@cert-authority ${line('*', other)}`, 'f'), 'ms1', mine);
    assert.ok(verdict.verdict === 'unknown' && verdict.authority?.line === 1);
  },
  'the known types are asked for first': () => {
    const entries = readKnownHosts([line('a', rsa), line('b', mine)].join('\n'), 'f');
    assert.equal(keyAlgorithms(entries, 'a').slice(0, 4), ['rsa-sha2-512', 'rsa-sha2-256', 'ssh-rsa', 'ssh-ed25519']);
    assert.is(keyAlgorithms(entries, 'b')[0], 'ssh-ed25519');
  },
  'a fingerprint is written as ssh writes it': () => {
    assert.is(keyFingerprint(Buffer.from('x')), 'SHA256:LXEWQrcmsEQBYnyp+6wy9chTD7GQPMTbAiWHF5IaSIE');
  },
});
