// The private key and the API secret are searched for, in every encoding, wherever something of ours could hold them.

import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Rig, withLab } from '../rig.ts';
import { assert, tests } from '../tests.ts';

/** Shorter pieces are found by chance. */
const SHORTEST_PIECE = 24;

/** Base64 of a text that does not begin where a group of three bytes begins: what is the same in any surroundings. */
function base64Inside(text: string): string[] {
  return [1, 2].map((shift) =>
    Buffer.from('x'.repeat(shift) + text)
      .toString('base64')
      .slice(4, -4),
  );
}

/** What would betray a secret: the whole of it and every line, as text, in base64, hex, URL encoding and JSON. */
function spellings(secret: string): string[] {
  const lines = secret.split('\n').filter((line) => line.length >= SHORTEST_PIECE && !line.startsWith('-----'));
  const pieces = [...new Set([secret.trim(), lines.join(''), ...lines])].filter((text) => text !== '');
  const all = pieces.flatMap((text) => [
    text,
    encodeURIComponent(text),
    JSON.stringify(text).slice(1, -1),
    Buffer.from(text).toString('base64'),
    Buffer.from(text).toString('base64url'),
    Buffer.from(text).toString('hex'),
    ...base64Inside(text),
  ]);
  return [...new Set(all)];
}

/** The binary form of a PEM block, as it would lie in a file. */
const derOf = (pem: string) => Buffer.from(pem.replace(/-----.*-----|\s/g, ''), 'base64').toString('latin1');

function secretsOf({ lab }: Rig): string[] {
  const { key } = lab.certificates.renewed;
  return [...spellings(key), derOf(key), ...lab.clouds.flatMap(({ world }) => spellings(world.options.secretKey))];
}

/** Of a file that may be gone by now: a process that ended, a file that was there for a moment. */
function contentOf(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch (error) {
    if (['ENOENT', 'ESRCH', 'EACCES', 'EISDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return '';
    throw error;
  }
}

/** What `ps` shows of every process. */
function commandLines(): string {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map((pid) => contentOf(`/proc/${pid}/cmdline`)).join('\n');
}

const filesIn = (folder: string): string[] => readdirSync(folder, { recursive: true, encoding: 'utf8' });
const textsIn = (folder: string): string =>
  filesIn(folder)
    .map((name) => `${name}\n${contentOf(join(folder, name))}`)
    .join('\n');

interface Watched {
  readonly stdout: string;
  readonly stderr: string;
  /** Command lines, and the names and contents of temporary and state files, seen while it ran and after. */
  readonly seen: string;
}

/** Runs with folders of its own for temporary files, state and home, and looks at them all the time. */
async function runAndWatch(rig: Rig, words: readonly string[], name: string): Promise<Watched> {
  const home = join(rig.folder, name);
  for (const folder of ['tmp', 'state', 'home']) mkdirSync(join(home, folder), { recursive: true });
  const looks = new Set<string>();
  const look = () => looks.add(commandLines()).add(textsIn(home));
  const watch = setInterval(look, 100);
  const environment = { TMPDIR: join(home, 'tmp'), XDG_STATE_HOME: join(home, 'state'), HOME: join(home, 'home') };
  const { code, stdout, stderr } = await rig.play(['rotate-certs.yml', ...words], { environment });
  clearInterval(watch);
  look();
  assert.is(code, 0, stdout.slice(-2000) + stderr);
  return { stdout, stderr, seen: [...looks].join('\n') };
}

const runs: Readonly<Record<string, readonly string[]>> = {
  plan: ['--check', '--diff', '-vvv'],
  json: ['--diff', '-vvv', '--output', 'json'],
  again: ['-vvv', '--diff', '-e', '{certificate_passphrase: none-is-needed}'],
};

const findIn = (text: string, secrets: readonly string[]) => secrets.find((secret) => text.includes(secret));

function assertAbsent(secrets: readonly string[], text: string, where: string): void {
  assert.is(findIn(text, secrets)?.slice(0, 6), undefined, `found in ${where}`);
}

tests('secrets', {
  'what is searched for is found where it does lie: in the files of the lab': () =>
    withLab({ profile: '4.22', zones: 1 }, async (rig) => {
      const lying = textsIn(rig.lab.folder);
      const { key } = rig.lab.certificates.renewed;
      const { secretKey } = rig.lab.clouds[0]?.world.options ?? {};
      for (const secret of [key.split('\n')[3], secretKey]) assert.ok(secret && lying.includes(secret));
      const inside = `{"key":${JSON.stringify(key)},"secret":"${secretKey}"}`;
      for (const encoding of ['utf8', 'base64', 'base64url', 'hex'] as const) {
        assert.ok(findIn(Buffer.from(inside).toString(encoding), secretsOf(rig)), encoding);
      }
      assert.ok(findIn(encodeURIComponent(key), secretsOf(rig)), 'URL encoding');
    }),
  'key and API secret appear nowhere of ours but in the body of the request': () =>
    withLab({ profile: '4.22', zones: 1, timeFactor: 0.01 }, async (rig) => {
      const secrets = secretsOf(rig);
      for (const [name, words] of Object.entries(runs)) {
        const { stdout, stderr, seen } = await runAndWatch(rig, words, name);
        assertAbsent(secrets, stdout, `stdout of ${name}`);
        assertAbsent(secrets, stderr, `stderr of ${name}`);
        assertAbsent(secrets, seen, `ps or the files of ${name}`);
      }
      for (const { world } of rig.lab.clouds) assertAbsent(secrets, world.log.join('\n'), 'the log of the lab');
      assertAbsent(secrets, JSON.stringify(rig.lab.requestLog()), 'the requests as the lab tells them');
      assert.ok(
        rig.lab.writes().some(({ did }) => /certificate/i.test(did)),
        'the key was sent',
      );
    }),
});
