// `cs-play unlock [CLOUD --run ID]`: which clouds are locked by which run; takes the lock of one that nobody runs away.

import { InvalidInput, SafetyStop } from '../errors.ts';
import { holderWords, type LockHolder } from '../lock/holder.ts';
import { type FoundLock, readLocks, removeLock } from '../lock/read.ts';
import { unlockCommand as commandFor } from '../lock/refusal.ts';
import { nearest } from '../nearest.ts';
import { whereabouts } from '../process-identity.ts';
import { stateFolder } from '../state.ts';
import { describeFlags, type Flag, parseFlags } from './flags.ts';
import { helpColumns } from './help.ts';
import type { Io } from './io.ts';

const flags = [
  { name: 'run', value: 'ID', help: 'the run whose lock it is; the beginning of its id is enough' },
  { name: 'help', short: 'h', help: 'print this' },
] as const satisfies readonly Flag[];

/** Lists the locks, or takes one away. Refused (5) while its run goes on here, or with another run than its own (4). */
export async function unlockCommand(io: Io): Promise<number> {
  const { words, given } = parseFlags(io.argv, flags, 'cs-play unlock');
  if (given.has('help')) {
    io.stdout.write(helpText(helpColumns(io.stdout)));
    return 0;
  }
  const state = stateFolder(io.environment);
  const locks = readLocks(state);
  const [cloud, ...more] = words;
  if (more.length > 0) refuse(`one cloud at a time, not ${words.length}`, 'cs-play unlock CLOUD --run ID');
  const run = given.get('run')?.[0];
  if (cloud === undefined) {
    if (run !== undefined) refuse('no cloud is named', 'cs-play unlock CLOUD --run ID; cs-play unlock lists them');
    io.stdout.write(listed(locks));
    return 0;
  }
  const lock = chosen(locksOf(cloud, locks), cloud, run);
  refuseAlive(lock);
  removeLock(state, lock);
  io.stdout.write(`unlocked: ${nameOf(lock)}, which was held by ${wordsOf(lock)}\n`);
  return 0;
}

const helpText = (columns: number): string => `usage: cs-play unlock [CLOUD --run ID]

Lists the clouds that are locked, or takes the lock of one away: CLOUD as that
list calls it, or its identity. Only a lock of a run on another machine needs
it: one that died on this machine stands in nobody's way. See there that the
run does not go on: two runs at once can undo each other's work.

flags:
${describeFlags(flags, columns)}
`;

function refuse(message: string, hint: string): never {
  throw new InvalidInput([{ message, hint }]);
}

/** What a person calls the cloud; where the lock cannot be read, only its identity is known. */
const nameOf = ({ holder, identity }: FoundLock): string => (holder ? `cloud "${holder.cloud}"` : `cloud ${identity}`);

const wordsOf = ({ holder, run }: FoundLock): string => (holder ? holderWords(holder) : `run ${run}`);

function listed(locks: readonly FoundLock[]): string {
  if (locks.length === 0) return 'no cloud is locked\n';
  const entries = locks.map(
    (lock) => `${nameOf(lock)}
    locked by ${wordsOf(lock)}
    ${stateOf(lock)}
    identity ${lock.identity}
`,
  );
  return entries.join('');
}

function stateOf({ holder, path }: FoundLock): string {
  if (!holder) return `the lock cannot be read: ${path}`;
  const states = {
    here: 'it goes on here',
    dead: 'its process is dead: the next run takes the lock over',
    elsewhere: `whether it goes on can only be seen on ${holder.host}`,
  };
  return states[whereabouts(holder)];
}

/** The locks of the one cloud of that name, or whose identity begins so. Throws `InvalidInput` for none, or several. */
function locksOf(cloud: string, locks: readonly FoundLock[]): readonly FoundLock[] {
  const named = locks.filter(({ holder }) => holder?.cloud === cloud);
  const found = named.length > 0 ? named : locks.filter(({ identity }) => identity.startsWith(cloud));
  const identities = [...new Set(found.map(({ identity }) => identity))];
  if (identities.length > 1) {
    const hint = `say which by its identity: ${identities.join(', ')}`;
    refuse(`${identities.length} locked clouds are called "${cloud}" or have an identity that begins so`, hint);
  }
  if (found.length > 0) return found;
  const near = nearest(
    cloud,
    locks.flatMap(({ holder }) => holder?.cloud ?? []),
  );
  const lists =
    locks.length === 0
      ? 'nothing is to be done: no cloud is locked at all'
      : 'cs-play unlock lists the clouds that are locked';
  return refuse(`no cloud "${cloud}" is locked`, near === undefined ? lists : `did you mean "${near}"?`);
}

function chosen(locks: readonly FoundLock[], cloud: string, run: string | undefined): FoundLock {
  const holders = locks.map(wordsOf).join(' and by ');
  const [first] = locks;
  const hint = commandFor(cloud, first?.run ?? 'ID');
  if (run === undefined) return refuse(`whose lock is to be taken away? "${cloud}" is locked by ${holders}`, hint);
  const fitting = run === '' ? [] : locks.filter((lock) => lock.run.startsWith(run));
  const [lock, second] = fitting;
  if (!lock) return refuse(`"${cloud}" is not locked by run "${run}", but by ${holders}`, hint);
  if (second) return refuse(`several runs that ask for "${cloud}" begin with "${run}": ${holders}`, hint);
  return lock;
}

function refuseAlive(lock: FoundLock): void {
  const holder: LockHolder | undefined = lock.holder;
  if (!holder || whereabouts(holder) !== 'here') return;
  throw new SafetyStop(`${nameOf(lock)} stays locked: ${wordsOf(lock)} goes on here`, {
    code: 'locked',
    hint: `wait for its end, or end it in order: kill -INT ${holder.process.pid}`,
  });
}
