// What an API command is, and how its parameters are checked before it runs: names, order and texts of CloudStack.

import type { Install, ServerRow } from '../world/install.ts';
import { isCustomJobId } from '../world/jobs.ts';
import { invalid, malformed } from '../world/refusal.ts';
import { isInteger } from '../world/settings.ts';
import type { Content } from './answer.ts';
import { type EntityKind, entityExists } from './entities.ts';

export interface Parameter {
  readonly name: string;
  /** `uuid`: the id of an entity, or its number in the database. */
  readonly type: 'string' | 'integer' | 'boolean' | 'uuid';
  readonly required?: boolean;
  /** Longest value, 255 where nothing is said. */
  readonly length?: number;
  /** What the error about the length calls it, where that is not its name. */
  readonly field?: string;
  /** Blank is refused. */
  readonly notBlank?: boolean;
  readonly entity?: EntityKind;
}

/** The work of an asynchronous command. */
export interface AsyncWork {
  readonly instance?: { readonly type: string; readonly id: string } | undefined;
  /** What it does, in words, for the list of writes. */
  readonly did: string;
  readonly work: () => Promise<Content>;
}

interface Described {
  /** As the API spells it: `listSystemVms`. */
  readonly name: string;
  readonly parameters: readonly Parameter[];
}
export interface ReadCommand extends Described {
  readonly kind: 'read';
  run(call: CommandCall): Content;
}
export interface WriteCommand extends Described {
  readonly kind: 'write';
  run(call: CommandCall): { readonly did: string; readonly content: Content };
}
export interface AsyncCommand extends Described {
  readonly kind: 'async';
  /** Java class below `org.apache.cloudstack.api.command.`. */
  readonly class: string;
  run(call: CommandCall): AsyncWork;
}
export type Command = ReadCommand | WriteCommand | AsyncCommand;

/** A command with parameters that were checked. Names are lower case. */
export class CommandCall {
  readonly install: Install;
  readonly server: ServerRow;
  readonly #values: ReadonlyMap<string, string>;

  constructor(install: Install, server: ServerRow, values: ReadonlyMap<string, string>) {
    this.install = install;
    this.server = server;
    this.#values = values;
  }

  /** Undefined where it was not given; an empty text was given. */
  text(name: string): string | undefined {
    return this.#values.get(name);
  }

  /** Not given and empty are the same for most filters. */
  filter(name: string): string | undefined {
    return this.#values.get(name) || undefined;
  }

  integer(name: string): number | undefined {
    const value = this.#values.get(name);
    return value === undefined || value.trim() === '' ? undefined : Number(value);
  }

  flag(name: string): boolean {
    return this.#values.get(name)?.toLowerCase() === 'true';
  }
}

/** Parameters that every command has. */
const paging: readonly Parameter[] = [
  { name: 'page', type: 'integer' },
  { name: 'pagesize', type: 'integer' },
  { name: 'keyword', type: 'string' },
];

const CONTROL = /[\x00-\x09\x0b\x0c\x0e-\x1f\x7f]/;

/** Lower-cases the names and checks every value of a command that is about to run. Throws `Refusal`. */
export function checkParameters(
  install: Install,
  command: Command,
  given: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const [name, value] of given) {
    if (CONTROL.test(value)) {
      throw malformed(`Received value containing illegal ASCII non-printable characters for parameter ${name}`);
    }
    if (!values.has(name.toLowerCase())) values.set(name.toLowerCase(), value);
  }
  const isList = command.name.startsWith('list');
  for (const parameter of [...command.parameters, ...(isList ? paging : [])]) {
    checkParameter(install, command.name.toLowerCase(), parameter, values.get(parameter.name));
  }
  const custom = values.get('customjobid');
  if (command.kind === 'async' && custom !== undefined && !isCustomJobId(custom)) {
    throw invalid(`UUID: ${custom} doesn't follow the UUID format`);
  }
  return values;
}

function checkParameter(install: Install, command: string, parameter: Parameter, value: string | undefined): void {
  const front = `Unable to execute API command ${command} due to`;
  const { name, type } = parameter;
  if (value === undefined) {
    if (parameter.required) throw malformed(`${front} missing parameter ${name}`);
    return;
  }
  if (parameter.notBlank && value.trim() === '') throw invalid(`Invalid value provided for API arg: ${name}`);
  const longest = parameter.length ?? 255;
  if (type === 'string' && value.length > longest) {
    const field = parameter.field ?? name;
    throw malformed(`${front} invalid value. Value greater than max allowed length ${longest} for param: ${field}`);
  }
  if (type === 'integer' && value.trim() !== '' && !isInteger(value)) {
    throw malformed(`${front} invalid value ${value} for parameter ${name}`);
  }
  if (type === 'uuid' && !entityExists(install, parameter.entity, value)) {
    throw malformed(
      `${front} invalid value. Invalid parameter ${name} value=${value} due to incorrect long value format, or entity ` +
        'does not exist or due to incorrect parameter annotation for the field in api cmd class.',
    );
  }
}
