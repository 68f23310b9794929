// One run a cloud at a time. Whoever asks shows a claim, then looks for others, and has the lock when it sees none that
// lives.
//
// Why no two have it: suppose P and Q do, each with its claim shown from some moment on until now. P's last look did not
// show Q's claim. A look shows every claim that is there during the whole of it (readdir of POSIX: only names that come
// or go meanwhile may be missed), so Q's claim came after P's last look had begun. All of Q's looks come after Q's claim,
// so after P's claim as well: Q's last look showed it, alive. So Q does not have the lock.
//   - A process that looked long ago and was stopped since has its claim out all that time, or must show it and look
//     again: there is no step that acts upon an old look.
//   - Nobody takes away what another still uses: a name is one process's, and only a claim of the dead is removed, by
//     who has the lock. Where many meet a dead claim, it stands in nobody's way.
//   - A crash between any two calls leaves a draft, a claim, a claim with its mark, or a mark, all of a dead process: a
//     draft or a mark alone nobody reads, a claim counts as dead on this machine, and as alive on any other.
//
// Why somebody gets it where several ask at once: the first by name does not withdraw; the others do when they see an
// earlier name, and come back when it is gone. Whoever had looked before the first showed its claim gets the lock, and
// its mark says so. Who is refused has seen a claim with its mark, or none that came to an end within PATIENCE.

import { setTimeout as sleep } from 'node:timers/promises';
import { whereabouts } from '../process-identity.ts';
import { type Claim, claimName, LockFolder } from './folder.ts';
import { type LockHolder, type LockRequest, thisHolder } from './holder.ts';
import { lockedBy, unreadable } from './refusal.ts';

export interface Lock {
  readonly holder: LockHolder;
  /** Gives it up; a second time does nothing. Rejects with `SafetyStop` where its file has to stay. */
  release(): Promise<void>;
}

export interface Taken {
  readonly lock: Lock;
  /** A run on this machine that held the lock and died with it. */
  readonly tookOverFrom?: LockHolder | undefined;
}

/** For a claim that is neither withdrawn nor marked: milliseconds. Each takes a few calls, unless it is suspended. */
const PATIENCE = 10_000;
const BETWEEN_LOOKS = 5;

/**
 * Takes the lock of a cloud, below that state folder. Rejects with `SafetyStop`: code `locked` where a run holds it
 * that lives or that this machine cannot judge, `lock-unreadable` where a file does not say who holds it, `lock` where
 * nothing can be written.
 */
export async function takeLock(state: string, request: LockRequest): Promise<Taken> {
  const folder = new LockFolder(state, request.identity);
  const holder = thisHolder(request);
  const name = claimName(request.run);
  try {
    const dead = await alone(folder, name, holder);
    folder.mark(name);
    for (const claim of dead) folder.remove(claim.name);
    const last = dead.filter(({ held }) => held).at(-1)?.holder;
    return { lock: { holder, release: async () => folder.remove(name) }, ...(last && { tookOverFrom: last }) };
  } catch (error) {
    withdraw(folder, name);
    throw error;
  }
}

function withdraw(folder: LockFolder, name: string): void {
  try {
    folder.remove(name);
  } catch {
    // Why the lock is not to be had is the thing to tell; a claim that has to stay ends with this process.
  }
}

/** Resolves once a look with our claim shown has met no other that lives. The dead ones that it met. */
async function alone(folder: LockFolder, name: string, holder: LockHolder): Promise<readonly Claim[]> {
  const patienceEnds = performance.now() + PATIENCE;
  let shown = false;
  for (;;) {
    const { living, dead } = lookAround(folder, name, holder);
    const [first] = living;
    const ahead = first !== undefined && first.name < name;
    if (!shown && !ahead) {
      folder.publish(name, holder);
      shown = true;
      continue;
    }
    if (!first) return dead;
    if (shown && ahead) {
      folder.remove(name);
      shown = false;
    }
    if (performance.now() > patienceEnds) throw lockedBy(first.holder, holder);
    await sleep(BETWEEN_LOOKS);
  }
}

type Readable = Claim & { readonly holder: LockHolder };

/** The claims of others in the order of their names. Throws where one has the lock, or might. */
function lookAround(folder: LockFolder, own: string, asking: LockHolder) {
  const living: Readable[] = [];
  const dead: Readable[] = [];
  for (const claim of folder.claims()) {
    const { holder } = claim;
    if (claim.name === own) continue;
    if (!holder) throw unreadable(claim, asking);
    if (whereabouts(holder) === 'dead') dead.push({ ...claim, holder });
    else if (claim.held) throw lockedBy(holder, asking);
    else living.push({ ...claim, holder });
  }
  return { living, dead };
}
