// What only clouds have: the variables that lead to their API, and management servers below them.

import { Failure, type Location, type Problem } from '../errors.ts';
import type { Expression, Host, Scope, Value, ValueMap, VarLayer } from '../model.ts';
import { nearest } from '../nearest.ts';
import { constantValue } from '../schema/constant.ts';
import { Secret } from '../secret.ts';
import { readWindows } from '../window/read.ts';
import { nodeOfValue } from '../yaml/value.ts';
import { connectionVariables, requiredOfClouds } from './variables.ts';

export type Lookup = Scope['lookup'];

/** A management server as its cloud names it, with variables of its own. */
export interface ManagementServer {
  readonly name: string;
  readonly layer: VarLayer | undefined;
  readonly at: Location;
}

/** Problems of a cloud that lacks a variable it cannot do without. */
export function missingVariables(cloud: Host): Problem[] {
  const names = new Set(cloud.layers.flatMap((layer) => [...layer.vars.keys()]));
  const missing = requiredOfClouds.filter((name) => !names.has(name));
  const own = [...names].filter((name) => !Object.hasOwn(connectionVariables, name));
  return missing.map((name) => {
    const guess = nearest(name, own);
    const hint = guess ? `did you mean "${name}" where it says "${guess}"?` : examples[name];
    return { message: `cloud "${cloud.name}" has no "${name}"`, at: cloud.at, hint };
  });
}

const examples: Readonly<Record<string, string>> = {
  api_url: 'add api_url: https://cloud.example.com/client/api',
  api_key: `add api_key: "{{ lookup('env', 'API_KEY') }}"`,
  secret_key: `add secret_key: "{{ lookup('env', 'SECRET_KEY') }}"`,
};

/** The variable that wins, or undefined. */
export function winner(layers: readonly VarLayer[], name: string): Expression | undefined {
  for (let index = layers.length - 1; index >= 0; index -= 1) {
    const found = layers[index]?.vars.get(name);
    if (found) return found;
  }
  return undefined;
}

/** The management servers that a cloud's variables name. A template is evaluated now: they are part of the tree. */
export function managementServers(cloud: Host, lookup: Lookup, problems: Problem[]): ManagementServer[] {
  const expression = winner(cloud.layers, 'management_servers');
  if (!expression) return [];
  const value = evaluated(expression, scopeOf(cloud.layers, lookup), problems);
  if (value === undefined) return [];
  if (!Array.isArray(value)) {
    // A constant one is reported with the other constants.
    if (expression.constant) return [];
    const hint = 'write [ms1.example.com, ms2.example.com]';
    problems.push({ message: '"management_servers" has to be a list', at: expression.at, hint });
    return [];
  }
  return value.flatMap((item: Value) => serverOf(item, expression.at, problems) ?? []);
}

function serverOf(item: Value, at: Location, problems: Problem[]): ManagementServer | undefined {
  if (typeof item === 'string' && /^[^\s/,]+$/.test(item)) return { name: item, layer: undefined, at };
  if (isMap(item) && typeof item['name'] === 'string') {
    const vars = Object.entries(item).filter(([name]) => name !== 'name');
    const layer = { origin: `management server ${item['name']}`, vars: new Map(vars.map(constantOf(at))) };
    return { name: item['name'], layer, at };
  }
  problems.push({ message: 'a management server is a name, or a map with a "name"', at });
  return undefined;
}

const constantOf =
  (at: Location) =>
  ([name, value]: [string, Value]): [string, Expression] => [
    name,
    { text: name, at, names: [], constant: true, evaluate: () => value },
  ];

function evaluated(expression: Expression, scope: Scope, problems: Problem[]): Value | undefined {
  try {
    return expression.evaluate(scope);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    problems.push({ message: error.message, at: error.at ?? expression.at, hint: error.hint });
    return undefined;
  }
}

/** Variables of the inventory alone, each evaluated when asked for. */
export function scopeOf(layers: readonly VarLayer[], lookup: Lookup): Scope {
  const open = new Set<string>();
  const scope: Scope = {
    lookup,
    get: (name) => {
      const expression = winner(layers, name);
      if (!expression) return undefined;
      if (open.has(name)) throw new Failure(`"${name}" refers to itself`, { at: expression.at });
      open.add(name);
      try {
        return expression.evaluate(scope);
      } finally {
        open.delete(name);
      }
    },
  };
  return scope;
}

/** Constant connection variables that cannot be what they have to be. */
export function wrongVariables(layer: VarLayer): Problem[] {
  return [...layer.vars].flatMap(([name, expression]) => {
    const wants = Object.hasOwn(connectionVariables, name) ? connectionVariables[name] : undefined;
    if (!wants || !expression.constant) return [];
    const value = constantValue(expression);
    if (wants.type === 'window') return wrongWindow(value, expression.at);
    const problem = (words: string) => [{ message: `"${name}" has to be ${words}`, at: expression.at }];
    if (!fitsType(wants.type, value)) return problem(typeWords[wants.type]);
    const texts = (Array.isArray(value) ? value : [value]).filter((each) => typeof each === 'string');
    if (wants.enum && !texts.every((text) => wants.enum?.includes(text))) return problem(wants.enum.join(' or '));
    const { format } = wants;
    return format && !texts.every((text) => format.pattern.test(text)) ? problem(format.words) : [];
  });
}

function wrongWindow(value: Value, at: Location): Problem[] {
  const problems: Problem[] = [];
  readWindows(nodeOfValue(value, at), problems);
  return problems;
}

const typeWords = {
  string: 'a text',
  integer: 'a whole number',
  number: 'a number',
  strings: 'a list of texts',
  list: 'a list',
} as const;

function fitsType(type: keyof typeof typeWords, value: Value): boolean {
  if (type === 'list') return Array.isArray(value);
  if (type === 'strings') return (Array.isArray(value) ? value : [value]).every((each) => typeof each === 'string');
  if (type === 'string') return typeof value === 'string' || value instanceof Secret;
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && (type === 'number' ? Number.isFinite(number) : Number.isInteger(number));
}

function isMap(value: Value): value is ValueMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Secret);
}
