// The files of one cloud's lock. A claim is `RUN.RANDOM.json`, a name that only one process ever uses; beside the claim of who
// got the lock lies an empty `RUN.RANDOM.held`.

import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { InvalidInput, SafetyStop } from '../errors.ts';
import { diskReason, privateFolder } from '../state.ts';
import { createFile } from '../whole-file.ts';
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
  publish(name: string, holder: LockHolder): void {
    this.#make();
    try {
      createFile(this.#claim(name), holderText(holder));
    } catch (error) {
      throw notWritten(this.path, error);
    }
  }

  #make(): void {
    try {
      privateFolder(this.path);
    } catch (error) {
      // What the user set up is wrong, but by now a run goes on, and it has to stop.
      if (!(error instanceof InvalidInput)) throw error;
      throw new SafetyStop(error.message, { code: 'lock', hint: error.problems[0]?.hint });
    }
  }

  /** Every claim that was there during the whole of the look; of those that came or went meanwhile, maybe some. */
  claims(): Claim[] {
    const names = namesIn(this.path).filter((name) => name.endsWith('.json'));
    const claims = names.map((name) => this.#read(name.slice(0, -'.json'.length)));
    return claims.filter((claim) => claim !== undefined).sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  #read(name: string): Claim | undefined {
    const path = this.#claim(name);
    const text = textOf(path);
    if (text === 'gone') return undefined;
    const run = name.slice(0, name.lastIndexOf('.'));
    const holder = text === undefined ? undefined : parseHolder(text);
    return { name, run, path, holder, held: existsSync(this.#mark(name)) };
  }

  /** Marks a claim as the one that got the lock. Throws `SafetyStop` where that cannot be written. */
  mark(name: string): void {
    try {
      closeSync(openSync(this.#mark(name), 'wx', 0o600));
    } catch (error) {
      throw notWritten(this.path, error);
    }
  }

  /**
   * Takes a claim away, if it is there; first the claim, since without it the mark means nothing. Throws `SafetyStop`
   * where it has to stay: it counts as dead then once its process has ended.
   */
  remove(name: string): void {
    try {
      for (const path of [this.#claim(name), this.#mark(name)]) rmSync(path, { force: true });
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
export function namesIn(path: string): string[] {
  try {
    return readdirSync(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw new SafetyStop(`the folder ${path} cannot be read: ${diskReason(error)}`, {
      code: 'lock',
      hint: 'the locks are in it: mend that first',
    });
  }
}

function textOf(path: string): string | 'gone' | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    return codeOf(error) === 'ENOENT' ? 'gone' : undefined;
  }
}
