import type { ExecOptions, Output } from '../src/connection.ts';
import { defineTask, Failure, ok, type Reader, type ValueMap } from '../src/task.ts';
import { splitWords } from '../src/words.ts';

interface Detail {
  readonly words: readonly string[];
  readonly options: ExecOptions;
}

function wordsOf(cmd: string | undefined, argv: readonly string[] | undefined): readonly string[] {
  if ((cmd === undefined) === (argv === undefined)) {
    throw new Failure('"command" needs either a command line or argv', {
      code: 'command-words',
      hint: 'write command: systemctl status apache2, or command: { argv: [systemctl, status, apache2] }',
    });
  }
  const words = argv ?? splitWords(cmd ?? '');
  if (words[0] === undefined || words[0] === '') throw new Failure('the command is empty', { code: 'command-words' });
  return words;
}

function environmentOf(map: ValueMap | undefined): Record<string, string> | undefined {
  if (map === undefined) return undefined;
  const entries = Object.entries(map).map(([name, value]): [string, string] => {
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
      return [name, String(value)];
    }
    throw new Failure(`the environment variable "${name}" is not text`, { code: 'command-environment' });
  });
  return Object.fromEntries(entries);
}

/** Why there is nothing to do: `creates` is there already, `removes` is gone already. */
async function needless(creates: string | undefined, removes: string | undefined, read: Reader) {
  if (creates !== undefined && (await read.machine.exists(creates))) return `${creates} exists`;
  if (removes !== undefined && !(await read.machine.exists(removes))) return `${removes} does not exist`;
  return undefined;
}

const linesOf = (text: string): string[] => (text === '' ? [] : text.split(/\r?\n/));

function valuesOf(words: readonly string[], output: Output): ValueMap {
  const stdout = output.stdout.replace(/[\r\n]+$/, '');
  const stderr = output.stderr.replace(/[\r\n]+$/, '');
  return {
    cmd: [...words],
    rc: output.code,
    stdout,
    stderr,
    stdout_lines: linesOf(stdout),
    stderr_lines: linesOf(stderr),
  };
}

/** Words as a line that a shell would read the same way. */
const lineOf = (words: readonly string[]): string =>
  words.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(' ');

export const command = defineTask({
  name: 'command',
  summary: 'runs a program on the host, without a shell',
  description:
    'On a cloud the program runs on this machine, on any other host over SSH, or here too with `ansible_connection: local`. A command line is split into words by POSIX quoting; pipes, redirections and `$` are refused, since nothing would act on them. Nobody can look whether it had its effect: what its exit code says is all there is.',
  args: {
    cmd: { type: 'string', description: 'the command line' },
    argv: { type: 'strings', description: 'the program and its arguments as a list; instead of `cmd`' },
    chdir: { type: 'string', description: 'the folder to run it in' },
    creates: { type: 'string', description: 'a path; where it exists there is nothing to do' },
    removes: { type: 'string', description: 'a path; where it does not exist there is nothing to do' },
    stdin: { type: 'string', description: 'what the program reads from its standard input' },
    environment: { type: 'map', description: 'environment variables, by name' },
  },
  shorthand: 'cmd',
  returns: {
    cmd: 'the words that were run',
    rc: 'the exit code',
    stdout: 'the output, without line ends at its end',
    stdout_lines: 'the same, by lines',
    stderr: 'the error output',
    stderr_lines: 'the same, by lines',
  },
  example: '- name: The clock of the hypervisor\n  command: date -u +%FT%TZ\n  changed_when: false\n',
  timeoutSeconds: 600,
  proof: 'none',
  async check(args, _host, read) {
    const words = wordsOf(args.cmd, args.argv);
    const options = { stdin: args.stdin, folder: args.chdir, environment: environmentOf(args.environment) };
    const reason = await needless(args.creates, args.removes, read);
    if (reason !== undefined) {
      return ok(reason, { values: valuesOf(words, { code: 0, stdout: `skipped, since ${reason}`, stderr: '' }) });
    }
    const detail: Detail = { words, options: definedOnly(options) };
    return { verdict: 'change', summary: `run ${lineOf(words)}`, detail };
  },
  async apply(change, _host, write) {
    const { words, options } = change.detail;
    const output = await write.machine.run(words, options);
    const values = valuesOf(words, output);
    if (output.code === 0) return { values };
    const said = linesOf(String(values['stderr'])).at(-1) ?? linesOf(String(values['stdout'])).at(-1);
    throw new Failure(`"${lineOf(words)}" ended with code ${output.code}${said ? `: ${said}` : ' and said nothing'}`, {
      code: 'command-rc',
      values: { ...values },
    });
  },
});

function definedOnly(
  options: {
    readonly [Key in keyof ExecOptions]: ExecOptions[Key] | undefined;
  },
): ExecOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}
