// The ssh client of a hypervisor (OpenSSH 9): the way that operators take to a system VM.

import { runShell } from '../shell.ts';
import { type Call, failed, type Output, type Program, type System } from '../system.ts';
import { readOptions } from './arguments.ts';

/** What is at `address:port` as seen from this machine. */
export type Reached = { readonly system: System } | 'refused' | 'unroutable';

export interface Route {
  reach(address: string, port: number): Reached;
  /** Private keys that the other side accepts, by path on this machine. */
  readonly keys: readonly string[];
}

const SSH_FAILED = 255;
const DEFAULT_PORT = 22;

/** getopt's letters of OpenSSH's client; `-o` is kept aside since it comes more than once. */
const LETTERS = '46AaCfGgKkMNnqsTtVvXxYyB:b:c:D:E:e:F:I:i:J:L:l:m:O:p:Q:R:S:W:w:';

/** An ssh that reaches what `route` says. */
export function sshThrough(route: Route): Program {
  return async (call) => {
    const settings = readSettings(call.args);
    if ('problem' in settings) return failed(SSH_FAILED, settings.problem);
    const { user, address, port, command } = settings;
    if (command === '') return failed(SSH_FAILED, 'the lab gives no interactive shell: add a command\n');
    const reached = route.reach(address, port);
    if (typeof reached === 'string') {
      const reason = reached === 'refused' ? 'Connection refused' : 'No route to host';
      return failed(SSH_FAILED, `ssh: connect to host ${address} port ${port}: ${reason}\n`);
    }
    const notice = hostKeyNotice(settings);
    if (!notice.goOn) return failed(SSH_FAILED, notice.text);
    const refusal = keyRefusal(settings, route, call);
    if (refusal !== undefined)
      return failed(SSH_FAILED, `${notice.text}${refusal}${user}@${address}: Permission denied (publickey).\n`);
    return within(reached.system, command, call, notice.text);
  };
}

async function within(system: System, command: string, call: Call, notice: string): Promise<Output> {
  const output = await runShell(command, call.stdin, system);
  return { ...output, stderr: notice + output.stderr };
}

interface Settings {
  readonly user: string;
  readonly address: string;
  readonly port: number;
  readonly identity: string | undefined;
  readonly quiet: boolean;
  /** `-o` settings, keys in lower case. The first one counts. */
  readonly named: ReadonlyMap<string, string>;
  readonly command: string;
}

/** As OpenSSH reads its arguments: options may follow the destination, and what then comes is the command. */
function readSettings(args: readonly string[]): Settings | { readonly problem: string } {
  const named = new Map<string, string>();
  const rest = takeNamed(args, named);
  const [before, destination, after] = splitAtDestination(rest);
  const { options, unknown } = readOptions(before, LETTERS);
  if (unknown !== undefined) return { problem: `unknown option -- ${unknown}\nusage: ssh destination [command]\n` };
  if (destination === undefined) return { problem: 'usage: ssh destination [command [argument ...]]\n' };
  const at = destination.lastIndexOf('@');
  const value = (letter: string): string | undefined => {
    const given = options.get(letter);
    return typeof given === 'string' ? given : undefined;
  };
  return {
    user: at >= 0 ? destination.slice(0, at) : (value('l') ?? 'root'),
    address: destination.slice(at + 1),
    port: Number(value('p') ?? named.get('port') ?? DEFAULT_PORT),
    identity: value('i') ?? named.get('identityfile'),
    quiet: options.has('q') || /^(error|quiet|fatal)$/i.test(named.get('loglevel') ?? ''),
    named,
    command: after.join(' '),
  };
}

/** Takes `-o Name=value` and `-oName=value` out of what stands before the command. */
function takeNamed(args: readonly string[], named: Map<string, string>): string[] {
  const rest: string[] = [];
  for (let index = 0; index < args.length; index += 1) {
    const word = args[index] ?? '';
    if (!/^-o/.test(word)) {
      rest.push(word);
      if (word === '--') return [...rest, ...args.slice(index + 1)];
      continue;
    }
    const setting = word.slice(2) || (args[(index += 1)] ?? '');
    const [, key = '', value = ''] = /^\s*(\w+)\s*[= ]\s*(.*)$/.exec(setting) ?? [];
    if (!named.has(key.toLowerCase())) named.set(key.toLowerCase(), value);
  }
  return rest;
}

function splitAtDestination(
  words: readonly string[],
): [before: string[], destination: string | undefined, after: string[]] {
  const before: string[] = [];
  let destination: string | undefined;
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? '';
    if (word === '--') return [before, destination ?? words[index + 1], words.slice(index + (destination ? 1 : 2))];
    if (!word.startsWith('-')) {
      if (destination !== undefined) return [before, destination, words.slice(index)];
      destination = word;
      continue;
    }
    before.push(word);
    if (word.length === 2 && LETTERS.includes(`${word.slice(1)}:`)) before.push(words[(index += 1)] ?? '');
  }
  return [before, destination, []];
}

/** The lab's hypervisors have met no system VM before: an unknown host key needs `StrictHostKeyChecking`. */
function hostKeyNotice(settings: Settings): { readonly goOn: boolean; readonly text: string } {
  const strict = settings.named.get('stricthostkeychecking')?.toLowerCase();
  if (strict !== 'no' && strict !== 'off' && strict !== 'accept-new') {
    return { goOn: false, text: 'Host key verification failed.\n' };
  }
  const name = settings.port === DEFAULT_PORT ? settings.address : `[${settings.address}]:${settings.port}`;
  return {
    goOn: true,
    text: settings.quiet ? '' : `Warning: Permanently added '${name}' (ED25519) to the list of known hosts.\n`,
  };
}

/** What is printed before `Permission denied`; undefined when the key is accepted. */
function keyRefusal(settings: Settings, route: Route, call: Call): string | undefined {
  const { identity } = settings;
  if (settings.user === 'root' && identity !== undefined && route.keys.includes(identity)) return undefined;
  if (identity === undefined || call.system.read(identity) !== undefined) return '';
  return `Warning: Identity file ${identity} not accessible: No such file or directory.\n`;
}
