// The folder in which the bundles of one cloud are kept: for each an encrypted file, and beside it in clear what may be
// known of it. The clear one is written last and removed first: what it names is there.

import { existsSync } from 'node:fs';
import { readdir, readFile, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { KeptBundle } from '../../connection.ts';
import { Failure, InvalidInput } from '../../errors.ts';
import { diskReason, privateFolder } from '../../state.ts';
import { replaceFile, syncFolder } from '../../whole-file.ts';

const ABOUT = '.json';
const CONTENT = '.age';

const failure = (message: string, hint?: string): Failure => new Failure(message, { code: 'bundle-folder', hint });

/** The bundles of one cloud below the state folder. Nothing is made before something is kept. */
export class Shelf {
  readonly folder: string;
  readonly #state: string;

  /** `cloud`: the identity of the cloud, which CloudStack gave: it must not lead out of the folder. */
  constructor(state: string, cloud: string) {
    if (!/^[\w-]{1,64}$/.test(cloud))
      throw failure(`"${cloud}" is no identity of a cloud: a folder cannot be named so`);
    this.#state = state;
    this.folder = join(state, 'bundles', cloud);
  }

  /** What is kept, the newest first. Throws `Failure` where it cannot be read, or others could have written it. */
  async list(): Promise<readonly KeptBundle[]> {
    if (!existsSync(this.folder)) return [];
    this.#makeSure();
    const names = (await this.#try('read', () => readdir(this.folder))).filter((name) => name.endsWith(ABOUT));
    const kept = await Promise.all(names.map((name) => this.#about(name)));
    return kept.toSorted((a, b) => b.keptAt.localeCompare(a.keptAt) || a.fingerprint.localeCompare(b.fingerprint));
  }

  /** The encrypted bytes. */
  content(fingerprint: string): Promise<Uint8Array> {
    return this.#try('read', () => readFile(this.#path(fingerprint, CONTENT)));
  }

  /** Puts a bundle there, in place of an earlier one of the same fingerprint. On the disk when it resolves. */
  async put(about: KeptBundle, content: Uint8Array): Promise<void> {
    this.#makeSure();
    await this.#try('written', async () => {
      replaceFile(this.#path(about.fingerprint, CONTENT), content);
      replaceFile(this.#path(about.fingerprint, ABOUT), `${JSON.stringify(about, null, 2)}\n`);
      for (const folder of [dirname(this.folder), this.#state]) syncFolder(folder);
    });
  }

  async remove(fingerprint: string): Promise<void> {
    await this.#try('written', async () => {
      await unlink(this.#path(fingerprint, ABOUT));
      await unlink(this.#path(fingerprint, CONTENT));
      syncFolder(this.folder);
    });
  }

  #path(fingerprint: string, ending: string): string {
    return join(this.folder, `${fingerprint}${ending}`);
  }

  /** Encryption to a public key proves no author: in a folder that others can write to, a bundle could be theirs. */
  #makeSure(): void {
    try {
      for (const folder of [this.#state, dirname(this.folder), this.folder]) privateFolder(folder);
    } catch (error) {
      const [problem] = error instanceof InvalidInput ? error.problems : [];
      throw problem ? failure(problem.message, problem.hint) : error;
    }
  }

  async #about(name: string): Promise<KeptBundle> {
    const path = join(this.folder, name);
    const text = await this.#try('read', () => readFile(path, 'utf8'));
    const about = parsed(text);
    if (about !== undefined && `${about.fingerprint}${ABOUT}` === name) return about;
    throw failure(
      `the file "${path}" does not tell of a kept bundle`,
      `it was changed by hand or is damaged: move it away with the "${CONTENT}" file of the same name`,
    );
  }

  async #try<T>(done: 'read' | 'written', work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof Failure) throw error;
      throw failure(`the folder of kept bundles "${this.folder}" cannot be ${done}: ${diskReason(error)}`);
    }
  }
}

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string');

function parsed(text: string): KeptBundle | undefined {
  try {
    const about = JSON.parse(text);
    const texts = [about.fingerprint, about.subject, about.notAfter, about.keptAt];
    const lists = [about.names, about.rows, about.encryptedTo];
    return texts.every((value) => typeof value === 'string') && lists.every(isTexts) ? about : undefined;
  } catch {
    // Not JSON, or no map: the caller says so with the path.
    return undefined;
  }
}
