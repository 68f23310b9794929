// The files of one cloud's lock. A claim is `RUN.RANDOM.json`, a name that only one process ever uses; beside the claim of who
// got the lock lies an empty `RUN.RANDOM.held`.

import { randomBytes } from 'node:crypto';
import { link, open, readdir, readFile, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { SafetyStop } from '../errors.ts';
import { diskReason, privateFolder } from '../state.ts';
import { holderText, type LockHolder, parseHolder } from './holder.ts';

/** A claim to a lock, as its file says. */
export interface Claim {
  /** Names its files, and orders claims: that of an earlier run comes first. */
  readonly name: string;
  /** The run, as the name says it: there even where the content is not. */
  readonly run: string;
  readonly path: string;
  /** Undefined where the file cannot be read. */
  readonly holder: LockHolder | undefined;
  /** Whether it got the lock. */
  readonly held: boolean;
}

/** Below the state folder: a folder for each identity of a cloud. */
export const locksFolder = (state: string): string => join(state, 'locks');

/** A name that no other process will ever use. */
export const claimName = (run: string): string => `${fileName(run)}.${randomBytes(8).toString('hex')}`;

/** What an API or a user called something, as one part of a path. */
export const fileName = (text: string): string => text.replace(/[^\w-]/g, '_');

export class LockFolder {
  readonly path: string;

  /** Nothing is made or read yet. */
  constructor(state: string, identity: string) {
    this.path = join(locksFolder(state), fileName(identity));
  }

  /**
   * Shows a claim to everybody, its content complete from the first moment on and on the disk: a claim that is cut off
   * by a crash would be nobody's. Throws `SafetyStop` where it cannot be written.
   */
  async publish(name: string, holder: LockHolder): Promise<void> {
    privateFolder(this.path);
    const draft = join(this.path, `${name}.draft`);
    try {
      const file = await open(draft, 'wx', 0o600);
      try {
        await file.writeFile(holderText(holder));
        await file.sync();
      } finally {
        await file.close();
      }
      await link(draft, this.#claim(name));
    } catch (error) {
      throw notWritten(this.path, error);
    } finally {
      // One that stays is read by nobody, and what went wrong before is the thing to tell.
      await removed(draft).catch(() => undefined);
    }
  }

  /** Every claim that was there during the whole of the look; of those that came or went meanwhile, maybe some. */
  async claims(): Promise<Claim[]> {
    const names = (await namesIn(this.path)).filter((name) => name.endsWith('.json'));
    const claims = await Promise.all(names.map((name) => this.#read(name.slice(0, -'.json'.length))));
    return claims.filter((claim) => claim !== undefined).sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  async #read(name: string): Promise<Claim | undefined> {
    const path = this.#claim(name);
    const text = await textOf(path);
    if (text === 'gone') return undefined;
    const run = name.slice(0, name.lastIndexOf('.'));
    const holder = text === undefined ? undefined : parseHolder(text);
    return { name, run, path, holder, held: await exists(this.#mark(name)) };
  }

  /** Marks a claim as the one that got the lock. Throws `SafetyStop` where that cannot be written. */
  async mark(name: string): Promise<void> {
    try {
      await (await open(this.#mark(name), 'wx', 0o600)).close();
    } catch (error) {
      throw notWritten(this.path, error);
    }
  }

  /**
   * Takes a claim away, if it is there; first the claim, since without it the mark means nothing. Throws `SafetyStop`
   * where it has to stay: it counts as dead then once its process has ended.
   */
  async remove(name: string): Promise<void> {
    try {
      await removed(this.#claim(name));
      await removed(this.#mark(name));
    } catch (error) {
      throw new SafetyStop(`the lock cannot be removed: ${this.#claim(name)}: ${diskReason(error)}`, {
        code: 'lock',
        hint: "mend that; a lock whose process has ended stands in nobody's way on this machine",
      });
    }
  }

  #claim(name: string): string {
    return join(this.path, `${name}.json`);
  }

  #mark(name: string): string {
    return join(this.path, `${name}.held`);
  }
}

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;

const notWritten = (path: string, error: unknown): SafetyStop =>
  new SafetyStop(`the lock cannot be written in ${path}: ${diskReason(error)}`, {
    code: 'lock',
    hint: 'nothing is written to a cloud without its lock: mend that, or name another folder: XDG_STATE_HOME=/an/absolute/path',
  });

/** Names in a folder; none where it is not there. */
export async function namesIn(path: string): Promise<string[]> {
  try {
    return await readdir(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw new SafetyStop(`the folder ${path} cannot be read: ${diskReason(error)}`, {
      code: 'lock',
      hint: 'the locks are in it: mend that first',
    });
  }
}

async function textOf(path: string): Promise<string | 'gone' | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    return codeOf(error) === 'ENOENT' ? 'gone' : undefined;
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
}

async function removed(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
}
