// Turns the parts of a template into a closure that writes text.

import { Failure, type Location } from '../errors.ts';
import type { Scope, Unknown, Value, ValueMap } from '../model.ts';
import { Secret } from '../secret.ts';
import { itemsOf, truthy } from './compare.ts';
import { compile, type Run } from './compile.ts';
import { limitText, MOST_PASSES } from './limits.ts';
import { str } from './python.ts';
import type { Part } from './syntax.ts';
import { defined, exposed, holdsSecret, isUnknown, unknownIn } from './thing.ts';

/** A closure that gives the text of a template. */
export function compileParts(parts: readonly Part[]): Run {
  const write = sequence(parts);
  return (scope) => {
    const output = new Output();
    write(new Frame(scope, undefined), output);
    return output.result();
  };
}

/** What has been written so far. Unknown once anything in it is; a secret once anything in it is. */
class Output {
  #text = '';
  #isSecret = false;
  unknown: Unknown | undefined;

  /** As Ansible does, and unlike Python, null writes nothing. */
  write(value: Value, at: Location): void {
    this.unknown ??= unknownIn(value);
    if (this.unknown !== undefined || value === null) return;
    const secret = holdsSecret(value);
    this.#isSecret ||= secret;
    this.#text += str(secret ? exposed(value) : value);
    limitText(this.#text.length, at);
  }

  result(): Value {
    if (this.unknown !== undefined) return this.unknown;
    return this.#isSecret ? new Secret(this.#text) : this.#text;
  }
}

/** Names that a template sets, over the scope around it. */
class Frame implements Scope {
  readonly #outer: Scope;
  readonly #names = new Map<string, Value>();
  readonly passes: { left: number };

  constructor(outer: Scope, around: Frame | undefined) {
    this.#outer = outer;
    this.passes = around?.passes ?? { left: MOST_PASSES };
  }

  get(name: string): Value | undefined {
    return this.#names.get(name) ?? (this.#names.has(name) ? null : this.#outer.get(name));
  }

  set(name: string, value: Value): void {
    this.#names.set(name, value);
  }

  lookup(kind: string, terms: readonly Value[]): Value {
    return this.#outer.lookup(kind, terms);
  }
}

type Write = (frame: Frame, output: Output) => void;

function sequence(parts: readonly Part[]): Write {
  const writes = parts.map(compilePart);
  return (frame, output) => {
    for (const write of writes) if (output.unknown === undefined) write(frame, output);
  };
}

function compilePart(part: Part): Write {
  switch (part.kind) {
    case 'text':
      return (_, output) => output.write(part.text, part.at);
    case 'output': {
      const run = compile(part.expression);
      return (frame, output) => output.write(defined(run(frame)), part.at);
    }
    case 'if':
      return compileIf(part);
    case 'for':
      return compileFor(part);
    case 'set':
      return compileSet(part);
  }
}

function compileIf(part: Extract<Part, { kind: 'if' }>): Write {
  const branches = part.branches.map(({ test, body }) => ({ test: compile(test), write: sequence(body) }));
  const otherwise = sequence(part.otherwise);
  return (frame, output) => {
    for (const { test, write } of branches) {
      const value = defined(test(frame));
      if (isUnknown(value)) {
        output.unknown = value;
        return;
      }
      if (truthy(value)) return write(frame, output);
    }
    otherwise(frame, output);
  };
}

function compileSet({ name, value }: Extract<Part, { kind: 'set' }>): Write {
  if ('kind' in value) {
    const run = compile(value);
    return (frame) => frame.set(name, defined(run(frame)));
  }
  const write = sequence(value);
  return (frame) => {
    const output = new Output();
    write(new Frame(frame, frame), output);
    frame.set(name, output.result());
  };
}

function compileFor(part: Extract<Part, { kind: 'for' }>): Write {
  const of = compile(part.of);
  const filter = part.filter === undefined ? undefined : compile(part.filter);
  const [body, otherwise] = [sequence(part.body), sequence(part.otherwise)];
  return (frame, output) => {
    const value = defined(of(frame));
    output.unknown = isUnknown(value) ? value : undefined;
    if (output.unknown !== undefined) return;
    const passes = itemsOf(exposedItems(value), part.at).map((item) => passFor(item, part.targets, frame, part.at));
    const wanted = filter === undefined ? passes : passes.filter((pass) => isWanted(filter, pass, output));
    if (wanted.length === 0) return otherwise(frame, output);
    wanted.forEach((pass, index) => {
      pass.frame.set('loop', loopOf(wanted, index));
      if (output.unknown === undefined) body(pass.frame, output);
    });
  };
}

/** The characters of a secret are secrets. */
const exposedItems = (value: Value): Value =>
  value instanceof Secret ? Array.from(value.reveal(), (one) => new Secret(one)) : value;

interface Pass {
  readonly item: Value;
  readonly frame: Frame;
}

function passFor(item: Value, targets: readonly string[], around: Frame, at: Location): Pass {
  around.passes.left -= 1;
  if (around.passes.left < 0) throw new Failure(`the loops of the template run more than ${MOST_PASSES} times`, { at });
  const frame = new Frame(around, around);
  const values = targets.length === 1 ? [item] : isUnknown(item) ? targets.map(() => item) : itemsOf(item, at);
  if (values.length !== targets.length) {
    throw new Failure(`there are ${values.length} values for ${targets.length} loop variables`, { at });
  }
  targets.forEach((name, index) => {
    frame.set(name, values[index] ?? null);
  });
  return { item, frame };
}

function isWanted(filter: Run, { frame }: Pass, output: Output): boolean {
  const value = defined(filter(frame));
  if (isUnknown(value)) output.unknown = value;
  return !isUnknown(value) && truthy(value);
}

/** What `loop` holds in a body. */
function loopOf(passes: readonly Pass[], index: number): ValueMap {
  const [before, after] = [passes[index - 1], passes[index + 1]];
  return {
    index: index + 1,
    index0: index,
    revindex: passes.length - index,
    revindex0: passes.length - index - 1,
    first: before === undefined,
    last: after === undefined,
    length: passes.length,
    ...(before === undefined ? {} : { previtem: before.item }),
    ...(after === undefined ? {} : { nextitem: after.item }),
  };
}
