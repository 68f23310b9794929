// The private key and the API secret are searched for, in every encoding, wherever something of ours could hold them.

import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Done, type Rig, withLab } from '../rig.ts';
import { assert, tests } from '../tests.ts';

/** Pieces of a secret that would betray it: whole, and every line of a key, as text, base64, hex and URL encoding. */
function spellings(secret: string): string[] {
  const lines = secret.split('\n').filter((line) => line.length >= 24 && !line.startsWith('-----'));
  const whole = [secret.trim(), ...lines];
  return whole.flatMap((text) => [
    text,
    encodeURIComponent(text),
    Buffer.from(text).toString('base64'),
    Buffer.from(text).toString('hex'),
    JSON.stringify(text).slice(1, -1),
  ]);
}

function commandLines(): string {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map((pid) => readQuietly(`/proc/${pid}/cmdline`)).join('\n');
}

/** Another process may end while it is looked at. */
function readQuietly(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

/** Files that a run left behind in the folder for temporary files, the lab's own folder apart. */
function temporaryFiles(before: ReadonlySet<string>): string {
  const added = readdirSync(tmpdir()).filter((name) => !before.has(name) && !name.startsWith('cs-play-test-'));
  return added.map((name) => readQuietly(join(tmpdir(), name))).join('\n');
}

async function runAndWatch(rig: Rig, words: readonly string[]): Promise<{ done: Done; seen: string }> {
  let seen = '';
  const watch = setInterval(() => (seen += commandLines()), 50);
  const done = await rig.play(words);
  clearInterval(watch);
  return { done, seen };
}

tests('secrets', {
  'key and API secret appear nowhere but in the POST body': () =>
    withLab({ profile: '4.22', zones: 1, timeFactor: 0.01 }, async (rig) => {
      const before = new Set(readdirSync(tmpdir()));
      const secrets = [
        rig.lab.certificates.renewed.key,
        ...rig.lab.clouds.map(({ world }) => world.options.secretKey),
      ].flatMap(spellings);
      assert.ok(secrets.length > 50);
      const texts: string[] = [];
      for (const words of [
        ['--check', '--diff', '-vvv'],
        ['--diff', '-vvv', '--output', 'json'],
        ['-vvv', '--diff'],
      ]) {
        const { done, seen } = await runAndWatch(rig, ['rotate-certs.yml', ...words]);
        assert.is(done.code, 0, done.stdout.slice(-2000) + done.stderr);
        texts.push(done.stdout, done.stderr, seen);
      }
      texts.push(
        ...rig.lab.clouds.flatMap(({ world }) => world.log),
        JSON.stringify(rig.lab.writes()),
        temporaryFiles(before),
      );
      for (const text of texts) {
        for (const secret of secrets) assert.not.ok(text.includes(secret), `found ${secret.slice(0, 6)}…`);
      }
    }),
});
