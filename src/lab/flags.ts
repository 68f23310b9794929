// The flags of `cs-play lab`.

import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { InvalidInput, type Problem } from '../errors.ts';
import { nearest } from '../nearest.ts';
import { type Fault, type FaultName, faultNames } from './faults.ts';
import { defaultLabFolder } from './folder.ts';
import { type Profile, profiles } from './world/world.ts';

export interface LabFlags {
  readonly folder: string;
  readonly profile: Profile;
  readonly zones: number;
  readonly clouds: number;
  readonly managementServers: number;
  /** Seconds of CloudStack in one of ours. */
  readonly speed: number;
  readonly faults: readonly Fault[];
}

const options = {
  profile: { type: 'string', default: '4.22' },
  folder: { type: 'string' },
  zones: { type: 'string', default: '2' },
  clouds: { type: 'string', default: '1' },
  'management-servers': { type: 'string', default: '1' },
  speed: { type: 'string', default: '25' },
  fault: { type: 'string', multiple: true, default: [] as string[] },
} as const;

type Name = keyof typeof options;

/** Aimed at a command of the API or at a program; all others are aimed at a machine. */
const commandFaults: ReadonlySet<FaultName> = new Set([
  'job-fails',
  'job-never-ends',
  'answer-lost',
  'http-401',
  'http-429',
  'http-503',
  'connection-reset',
  'program-fails',
  'ssh-lost',
]);

/** Reads flags; `allowed` are those that the subcommand has. Throws `InvalidInput` with all that is wrong. */
export function readLabFlags(
  argv: readonly string[],
  allowed: readonly Name[],
  environment: NodeJS.ProcessEnv,
): LabFlags {
  const values = parse(argv, allowed);
  const problems: Problem[] = [];
  const whole = (name: 'zones' | 'clouds' | 'management-servers', most: number): number => {
    const number = Number(values[name]);
    if (Number.isInteger(number) && number >= 1 && number <= most) return number;
    problems.push({ message: `--${name} is a whole number from 1 to ${most}, not "${values[name]}"` });
    return 1;
  };
  const flags = {
    folder: resolve(values.folder ?? defaultLabFolder(environment)),
    profile: readProfile(values.profile, problems),
    zones: whole('zones', 50),
    clouds: whole('clouds', 250),
    managementServers: whole('management-servers', 5),
    speed: readSpeed(values.speed, problems),
    faults: values.fault.flatMap((text) => readFault(text, problems)),
  };
  if (problems.length > 0) throw new InvalidInput(problems);
  return flags;
}

function parse(argv: readonly string[], allowed: readonly Name[]) {
  const names = allowed.map((name) => `--${name}`);
  const given = argv.filter((word) => word.startsWith('-')).map((word) => word.split('=')[0] ?? '');
  const unknown = given.filter((word) => !/^-[.\d]/.test(word) && !names.includes(word));
  if (unknown.length > 0) throw new InvalidInput(unknown.map((word) => unknownFlag(word, names)));
  try {
    return parseArgs({ args: [...argv], options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    if (!(error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')))
      throw error;
    const message = error.message.split(/\.?\s*\n|\. /)[0] ?? error.message;
    throw new InvalidInput([
      {
        message: message.replace(/'/g, '"').replace(/^[A-Z]/, (letter) => letter.toLowerCase()),
        hint: 'cs-play lab --help lists what there is',
      },
    ]);
  }
}

function unknownFlag(flag: string, names: readonly string[]): Problem {
  const guess = nearest(flag, names);
  return {
    message: `unknown flag "${flag}"`,
    hint: guess ? `did you mean "${guess}"?` : 'cs-play lab --help lists them',
  };
}

function readProfile(text: string, problems: Problem[]): Profile {
  const profile = profiles.find((each) => each === text);
  if (profile === undefined)
    problems.push({ message: `there is no profile "${text}"`, hint: `there are ${profiles.join(', ')}` });
  return profile ?? '4.22';
}

function readSpeed(text: string, problems: Problem[]): number {
  const speed = Number(text);
  if (speed > 0 && Number.isFinite(speed)) return speed;
  problems.push({
    message: `--speed is a number above 0, not "${text}"`,
    hint: '1 is real time, 25 is 25 times as fast',
  });
  return 1;
}

/** `NAME[:target][*times]`. */
function readFault(text: string, problems: Problem[]): Fault[] {
  const [, given = '', target, times] = /^([^:*]*)(?::([^*]+))?(?:\*(\d+))?$/.exec(text) ?? [];
  const name = faultNames.find((each) => each === given);
  if (name === undefined) {
    const guess = nearest(given, faultNames);
    problems.push({
      message: `there is no fault "${text}"`,
      hint: guess ? `did you mean "${guess}"?` : `there are ${faultNames.join(', ')}`,
    });
    return [];
  }
  const aimed = commandFaults.has(name) ? { command: target?.toLowerCase() } : { target };
  return [{ name, ...aimed, times: times === undefined ? undefined : Number(times) }];
}
