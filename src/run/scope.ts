// Where names are looked up for a step on a host. From low to high: inventory layers of the hosts above, then of the
// host; facts in the same order; vars of plays, blocks and the task; registered and set ones, of the hosts above, then of
// the host; loop variables; -e. Names that the engine itself gives cannot be overridden.

import type { TaskHost } from '../connection.ts';
import { Failure } from '../errors.ts';
import type { Expression, Host, Scope, Value, ValueMap, VarLayer } from '../model.ts';
import { magicVariables } from './magic.ts';
import type { Store } from './store.ts';
import { type Tree, upwards } from './tree.ts';
import type { Scene } from './work.ts';

/** What the scopes of a run share. */
export interface ScopeWorld {
  readonly tree: Tree;
  readonly store: Store;
  /** `-e`. */
  readonly extraVars: VarLayer | undefined;
  readonly planning: boolean;
  readonly playbookFolder: string;
  readonly inventoryFolder: string;
  lookup(kind: string, terms: readonly Value[]): Value;
  /** The variables of every host, by path; each computed when it is asked for. */
  hostvars(): ValueMap;
  /** Every group with the paths of its hosts. */
  groups(): ValueMap;
}

export type Locals = ReadonlyMap<string, Value>;

const noLocals: Locals = new Map();

export class HostScope implements Scope {
  readonly world: ScopeWorld;
  readonly host: Host;
  readonly scene: Scene | undefined;
  readonly #vars: readonly VarLayer[];
  readonly #locals: Locals;
  readonly #known = new Map<string, Value>();
  readonly #evaluating: string[] = [];

  /** `vars`: layers of plays, blocks and the task, outermost first. `locals`: loop variables and the like. */
  constructor(
    world: ScopeWorld,
    host: Host,
    scene: Scene | undefined,
    vars: readonly VarLayer[],
    locals: Locals = noLocals,
  ) {
    this.world = world;
    this.host = host;
    this.scene = scene;
    this.#vars = vars;
    this.#locals = locals;
  }

  /** The same place with more or other local names; nothing evaluated so far is kept. */
  with(locals: Iterable<readonly [string, Value]>): HostScope {
    const both = new Map([...this.#locals, ...locals]);
    return new HostScope(this.world, this.host, this.scene, this.#vars, both);
  }

  get(name: string): Value | undefined {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const value = this.#find(name);
    if (value !== undefined) this.#known.set(name, value);
    return value;
  }

  lookup(kind: string, terms: readonly Value[]): Value {
    return this.world.lookup(kind, terms);
  }

  /** The host as tasks and connections see it. */
  asTaskHost(): TaskHost {
    const { path, name, kind } = this.host;
    return { path, name, kind, get: (variable) => this.get(variable) };
  }

  /** Every name of the host's own and inherited variables, for `hostvars`. */
  names(): Set<string> {
    const names = new Set<string>();
    for (const at of upwards(this.host)) {
      for (const layer of at.layers) for (const name of layer.vars.keys()) names.add(name);
      for (const name of Object.keys(at.facts)) names.add(name);
      for (const name of this.world.store.of(at)?.keys() ?? []) names.add(name);
    }
    for (const name of this.world.extraVars?.vars.keys() ?? []) names.add(name);
    return names;
  }

  #find(name: string): Value | undefined {
    const magic = magicVariables.get(name);
    if (magic) return magic(this);
    const extra = this.world.extraVars?.vars.get(name);
    if (extra) return this.#evaluate(name, extra);
    return this.#locals.get(name) ?? this.#stored(name) ?? this.#ofLayers(name, this.#vars) ?? this.#ofHosts(name);
  }

  #stored(name: string): Value | undefined {
    for (const at of upwards(this.host)) {
      const value = this.world.store.of(at)?.get(name);
      if (value !== undefined) return value;
    }
    return undefined;
  }

  #ofHosts(name: string): Value | undefined {
    for (const at of upwards(this.host)) if (Object.hasOwn(at.facts, name)) return at.facts[name];
    for (const at of upwards(this.host)) {
      const value = this.#ofLayers(name, at.layers);
      if (value !== undefined) return value;
    }
    return undefined;
  }

  #ofLayers(name: string, layers: readonly VarLayer[]): Value | undefined {
    for (let index = layers.length - 1; index >= 0; index -= 1) {
      const expression = layers[index]?.vars.get(name);
      if (expression) return this.#evaluate(name, expression);
    }
    return undefined;
  }

  #evaluate(name: string, expression: Expression): Value {
    if (expression.constant) return expression.evaluate(this);
    const again = this.#evaluating.indexOf(name);
    if (again >= 0) {
      const chain = [...this.#evaluating.slice(again), name].join(' → ');
      throw new Failure(`"${name}" refers to itself: ${chain}`, { at: expression.at, code: 'recursion' });
    }
    this.#evaluating.push(name);
    try {
      return expression.evaluate(this);
    } finally {
      this.#evaluating.pop();
    }
  }
}
