// The folder of a lab: how others reach it, and the files that it hands out.

import { existsSync, mkdirSync, readFileSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InvalidInput } from '../errors.ts';
import { stateFolder } from '../state.ts';
import type { Material } from './world/world.ts';

/** One cloud as an inventory needs it. */
export interface LabCloud {
  readonly name: string;
  readonly api_url: string;
  readonly api_key: string;
  readonly secret_key: string;
  readonly management_servers: readonly string[];
  /** `HOST:PORT:127.0.0.1:PORT`, as curl's option has it: system VMs, hypervisors, management servers. */
  readonly connect_to: readonly string[];
  readonly ssh_known_hosts_file: string;
}

/** What lab.json says. Paths are absolute. */
export interface LabFile {
  /** The process that is the lab. */
  readonly pid: number;
  readonly profile: string;
  readonly dns_servers: readonly string[];
  readonly ssh_private_key_file: string;
  readonly ssh_config_file: string;
  readonly console_domain: string;
  readonly storage_domain: string;
  /** The bundle that a rotation is to bring. */
  readonly certificate_files: readonly string[];
  readonly root_file: string;
  /** The bundle that is served when the lab starts. */
  readonly served_certificate_files: readonly string[];
  readonly clouds: readonly LabCloud[];
}

const LAB_FILE = 'lab.json';
const ONLY_MINE = 0o600;
const READABLE = 0o644;

/** Where a lab lives unless told otherwise: CS_PLAY_LAB, or `cs-play/lab` in the state folder of the user. */
export function defaultLabFolder(environment: NodeJS.ProcessEnv = process.env): string {
  return environment['CS_PLAY_LAB'] || join(stateFolder(environment), 'lab');
}

/** What a lab wrote there; undefined where there is none. Throws `InvalidInput` for a file that no lab wrote. */
export function readLabFile(folder: string): LabFile | undefined {
  const path = join(folder, LAB_FILE);
  if (!existsSync(path)) return undefined;
  const text = readFileSync(path, 'utf8');
  try {
    return JSON.parse(text) as LabFile;
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw new InvalidInput([
      { message: `"${path}" is not of a lab: ${detail}`, hint: 'remove it, or name another --folder' },
    ]);
  }
}

/** Whether the lab of that file still runs. */
export function isRunning({ pid }: LabFile): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it runs as another user.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** The files of a lab: written once each, removed together. */
export class LabFolder {
  readonly path: string;
  readonly #written = new Set<string>();

  /** Creates the folder, for this user alone. Throws `InvalidInput` when another lab lives there. */
  constructor(path: string) {
    const other = readLabFile(path);
    if (other !== undefined && isRunning(other)) {
      throw new InvalidInput([
        {
          message: `a lab is running in "${path}" already (process ${other.pid})`,
          hint: `end it (kill ${other.pid}), or name another --folder`,
        },
      ]);
    }
    mkdirSync(path, { recursive: true, mode: 0o700 });
    this.path = path;
  }

  /** Writes a file that only this user can read. Gives its path. */
  secret(name: string, text: string): string {
    return this.#write(name, text, ONLY_MINE);
  }

  /** Writes a file that holds nothing secret. Gives its path. */
  open(name: string, text: string): string {
    return this.#write(name, text, READABLE);
  }

  /** The three files of a bundle, as certbot names them, and a file of the root. */
  bundle(prefix: string, material: Material): { readonly files: readonly string[]; readonly root: string } {
    const key = this.secret(`${prefix}privkey.pem`, material.key);
    const chain = this.open(`${prefix}fullchain.pem`, [material.leaf, ...material.intermediates].join(''));
    return { files: [key, chain], root: this.open(`${prefix}root.pem`, material.root) };
  }

  /** Tells the world that the lab is there: the last file to write. */
  announce(file: LabFile): void {
    this.secret(LAB_FILE, `${JSON.stringify(file, null, 2)}\n`);
  }

  /** Removes what was written, and the folder where nothing else is in it. */
  remove(): void {
    for (const path of this.#written) rmSync(path, { force: true });
    try {
      rmdirSync(this.path);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      // Somebody keeps files of theirs in it, or has removed it already.
      if (code !== 'ENOTEMPTY' && code !== 'ENOENT') throw error;
    }
  }

  /** A reader never sees half a file, and never one with the rights of an older one. */
  #write(name: string, text: string, mode: number): string {
    const path = join(this.path, name);
    const draft = `${path}.${process.pid}`;
    rmSync(draft, { force: true });
    writeFileSync(draft, text, { mode, flag: 'wx' });
    renameSync(draft, path);
    this.#written.add(path);
    return path;
  }
}
