// `cs-play lab`: a lab that stays until it is told to go, one that shows everything once, and a look at the one there is.

import { resolve } from 'node:path';
import { Failure, InvalidInput } from '../errors.ts';
import { nearest } from '../nearest.ts';
import { faultNames } from './faults.ts';
import { type LabFlags, readLabFlags } from './flags.ts';
import { defaultLabFolder, isRunning, type LabFile, readLabFile } from './folder.ts';
import type { LabIo } from './io.ts';
import type { Lab } from './lab.ts';
import { profiles } from './world/world.ts';

type Command = (argv: readonly string[], io: LabIo) => Promise<number>;

const commands: Readonly<Record<string, Command>> = {
  up,
  status,
  demo: async (argv, io) => {
    const { demo } = await import('./demo.ts');
    readLabFlags(argv, [], io.environment);
    return demo(io);
  },
};

/** Runs `cs-play lab …` without its first word; gives the exit code. Throws `InvalidInput` for what it cannot read. */
export async function labCommand(argv: readonly string[], io: LabIo): Promise<number> {
  const [name, ...rest] = argv;
  if (argv.includes('--help') || argv.includes('-h') || name === 'help') {
    io.stdout.write(help());
    return 0;
  }
  const command = name !== undefined && Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command !== undefined) return command(rest, io);
  const guess = name === undefined ? undefined : nearest(name, Object.keys(commands));
  const message = name === undefined ? 'the lab is to do what?' : `the lab has no command "${name}"`;
  const hint = guess ? `did you mean "${guess}"?` : 'cs-play lab up, cs-play lab status or cs-play lab demo';
  throw new InvalidInput([{ message, hint }]);
}

async function up(argv: readonly string[], io: LabIo): Promise<number> {
  const flags = readLabFlags(
    argv,
    ['profile', 'folder', 'zones', 'clouds', 'management-servers', 'speed', 'fault'],
    io.environment,
  );
  const { startLab } = await import('./lab.ts');
  // Before the first port is open: whoever reads the first line may send a signal.
  const told = toldToGo();
  let broken: unknown;
  const lab = await startLab({
    ...flags,
    timeFactor: 1 / flags.speed,
    warn: (message) => io.stderr.write(`${message}\n`),
    report: (error) => {
      broken ??= error;
      told.now();
    },
  });
  io.stdout.write(greeting(lab, flags, io.environment));
  await told.signal;
  await lab.close();
  if (broken !== undefined) return lost(broken, io);
  io.stdout.write(`the lab is gone: ${lab.requests()} requests, ${lab.writes().length} writes\n`);
  return 0;
}

/** Resolves at Ctrl-C, at SIGTERM, or when `now` is called. */
function toldToGo(): { readonly signal: Promise<void>; now(): void } {
  let now = (): void => undefined;
  const signal = new Promise<void>((resolve) => {
    now = resolve;
  });
  process.once('SIGINT', () => now());
  process.once('SIGTERM', () => now());
  return { signal, now: () => now() };
}

const FAILED = 2;

function lost(error: unknown, io: LabIo): number {
  if (!(error instanceof Failure)) throw error;
  io.stderr.write(`error: ${error.message}\n${error.hint === undefined ? '' : `hint: ${error.hint}\n`}`);
  return FAILED;
}

function greeting(lab: Lab, flags: LabFlags, environment: NodeJS.ProcessEnv): string {
  const [first] = lab.clouds;
  const many = lab.clouds.length > 1;
  const isDefault = !many && flags.folder === resolve(defaultLabFolder(environment));
  const inventory = isDefault ? 'lab.yml' : lab.inventory;
  return `a lab of CloudStack ${flags.profile} is up: ${countOf(lab.clouds.length, 'cloud')}, ${countOf(flags.zones, 'zone')}${many ? ' each' : ''}, ${flags.speed} times as fast as a real one
  API        ${first?.apiUrl ?? ''}${many ? ` and ${lab.clouds.length - 1} more` : ''}
  folder     ${lab.folder} (lab.json says how to reach everything)
  served     a certificate that ends in 6 days; the new one is in the folder
  faults     ${flags.faults.map(({ name }) => name).join(', ') || 'none'}

try, in another terminal:
  cs-play rotate-certs.yml -i ${inventory} --check     the plan
  cs-play rotate-certs.yml -i ${inventory}             the rotation
  cs-play verify-certs.yml -i ${inventory}             the proofs alone

Ctrl-C ends it.
`;
}

const countOf = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

const NOT_THERE = 3;

async function status(argv: readonly string[], io: LabIo): Promise<number> {
  const { folder } = readLabFlags(argv, ['folder'], io.environment);
  const lab = readLabFile(folder);
  if (lab === undefined || !isRunning(lab)) {
    io.stdout.write(`no lab is up in ${folder}\n`);
    return NOT_THERE;
  }
  io.stdout.write(`a lab of CloudStack ${lab.profile} is up in ${folder} (process ${lab.pid})\n${await apiLines(lab)}`);
  return 0;
}

async function apiLines(lab: LabFile): Promise<string> {
  const lines = lab.clouds.map(async ({ name, api_url }) => `  ${name}   ${api_url}   ${await apiState(api_url)}\n`);
  return (await Promise.all(lines)).join('');
}

const UNAUTHORIZED = 401;

/** As an operator would look: without a signature an API that works says 401. */
async function apiState(url: string): Promise<string> {
  try {
    const response = await fetch(`${url}?command=listCapabilities&response=json`, {
      signal: AbortSignal.timeout(5000),
    });
    return response.status === UNAUTHORIZED ? 'answers' : `answers ${response.status}`;
  } catch (error) {
    if (error instanceof TypeError || (error instanceof DOMException && error.name === 'TimeoutError'))
      return 'does not answer';
    throw error;
  }
}

function help(): string {
  return `cs-play lab: a CloudStack to try things on; nothing leaves this machine

usage:
  cs-play lab up [flags]        keep a lab until Ctrl-C
  cs-play lab status [flags]    is one up?
  cs-play lab demo              start one, plan a rotation, do it, do it again

flags:
  --profile VERSION          behave as ${profiles.join(', ')} (default: 4.22)
  --zones N                  zones in each cloud (default: 2)
  --clouds N                 CloudStack installs (default: 1)
  --management-servers N     management servers of each cloud (default: 1)
  --speed FACTOR             times as fast as a real one (default: 25)
  --fault NAME[:TARGET][*N]  something goes wrong, N times; may be repeated
  --folder DIR               where its files are (default: CS_PLAY_LAB, else
                             cs-play/lab in the state folder)

faults: ${wrapped(faultNames)}

A fault of the API is aimed at a command (answer-lost:uploadCustomCertificate),
one of SSH at a program (ssh-lost:systemctl), one of a machine at its name, its
type or zone/type (vm-does-not-come-back:ams/consoleproxy).
`;
}

/** Names in lines that fit 80 columns. */
function wrapped(names: readonly string[]): string {
  const lines: string[] = [''];
  for (const name of names) {
    const last = lines.at(-1) ?? '';
    if (last.length + name.length > 66) lines.push(name);
    else lines[lines.length - 1] = last === '' ? name : `${last}, ${name}`;
  }
  return lines.join(',\n        ');
}
