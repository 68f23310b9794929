// The private key and the API secret are searched for, in every encoding, wherever something of ours could hold them.

import { X509Certificate } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { labCertificates } from '../certificates.ts';
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

const identity = await generateX25519Identity();
const recipient = await identityToRecipient(identity);
const PASSPHRASE = 'a pass phrase for what is kept';
const KEPT = new X509Certificate((await labCertificates()).renewed.leaf).fingerprint256;

function secretsOf({ lab }: Rig): string[] {
  const { key } = lab.certificates.renewed;
  const others = [identity, PASSPHRASE, ...lab.clouds.map(({ world }) => world.options.secretKey)];
  return [...spellings(key), derOf(key), ...others.flatMap(spellings)];
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
function commandLines(): readonly string[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map((pid) => contentOf(`/proc/${pid}/cmdline`));
}

const filesIn = (folder: string): string[] => readdirSync(folder, { recursive: true, encoding: 'utf8' });
const textsIn = (folder: string): string =>
  filesIn(folder)
    .map((name) => `${name}\n${contentOf(join(folder, name))}`)
    .join('\n');

/** Everything that the files of a folder have held while it was looked at; what only grows (a journal) is there once. */
class FilesSeen {
  readonly #now = new Map<string, string>();
  readonly #before: string[] = [];

  look(folder: string): void {
    for (const name of filesIn(folder)) {
      const [before = '', text] = [this.#now.get(name), contentOf(join(folder, name))];
      if (!text.startsWith(before)) this.#before.push(before);
      this.#now.set(name, text);
    }
  }

  get text(): string {
    return [...this.#now.keys(), ...this.#now.values(), ...this.#before].join('\n');
  }
}

interface Watched {
  readonly stdout: string;
  readonly stderr: string;
  /** Command lines, and the names and contents of temporary and state files, seen while it ran and after. */
  readonly seen: string;
}

/** Runs with folders of its own for temporary files, state and home, and looks at them all the time. */
async function runAndWatch(rig: Rig, { words, home: name }: Watching): Promise<Watched> {
  const home = join(rig.folder, name);
  for (const folder of ['tmp', 'state', 'home']) mkdirSync(join(home, folder), { recursive: true });
  const [lines, files] = [new Set<string>(), new FilesSeen()];
  const look = () => {
    for (const line of commandLines()) lines.add(line);
    files.look(home);
  };
  const watch = setInterval(look, 100);
  const folders = { TMPDIR: join(home, 'tmp'), XDG_STATE_HOME: join(home, 'state'), HOME: join(home, 'home') };
  const given = words.map((word) => word.replace('@', rig.folder));
  const { code, stdout, stderr } = await rig.play(given, { environment: { ...folders, WAY_BACK: PASSPHRASE } });
  clearInterval(watch);
  look();
  assert.is(code, 0, stdout.slice(-2000) + stderr);
  return { stdout, stderr, seen: [...lines, files.text].join('\n') };
}

interface Watching {
  readonly words: readonly string[];
  /** Runs of one home share their state. */
  readonly home: string;
}

const ROTATE = 'rotate-certs.yml';
const vars = (values: Readonly<Record<string, string>>): readonly string[] => ['-e', JSON.stringify(values)];

const passphrase = vars({ bundle_passphrase: "{{ lookup('env', 'WAY_BACK') }}" });

/** `@` stands for the folder with the identity, and with the homes. */
const runs: Readonly<Record<string, Watching>> = {
  plan: {
    words: ['plan', ROTATE, '-o', '@/plan/state/rotation.plan', '--diff', '-vvv', ...passphrase],
    home: 'plan',
  },
  'a run that keeps': {
    words: [ROTATE, '--diff', '-vvv', '--output', 'json', ...vars({ bundle_recipients: recipient })],
    home: 'kept',
  },
  'a run that opens what is kept': {
    words: ['rollback', 'lab', '--to', KEPT, '-vvv', ...vars({ bundle_identity_file: '@/key.txt' })],
    home: 'kept',
  },
  again: { words: [ROTATE, '-vvv', '--diff', '-e', '{certificate_passphrase: none-is-needed}'], home: 'again' },
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
      writeFileSync(join(rig.folder, 'key.txt'), `${identity}\n`);
      for (const [name, watching] of Object.entries(runs)) {
        const { stdout, stderr, seen } = await runAndWatch(rig, watching);
        assertAbsent(secrets, stdout, `stdout of ${name}`);
        assertAbsent(secrets, stderr, `stderr of ${name}`);
        assertAbsent(secrets, seen, `ps or the files of ${name}`);
      }
      const kept = filesIn(join(rig.folder, 'kept/state')).filter((file) => file.endsWith('.age'));
      assert.is(kept.length, 1, 'a bundle is kept');
      for (const { world } of rig.lab.clouds) assertAbsent(secrets, world.log.join('\n'), 'the log of the lab');
      assertAbsent(secrets, JSON.stringify(rig.lab.requestLog()), 'the requests as the lab tells them');
      assert.ok(
        rig.lab.writes().some(({ did }) => /certificate/i.test(did)),
        'the key was sent',
      );
    }),
});
