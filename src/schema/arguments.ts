// A task module's arguments as JSON Schema: what a value has to be once templates are evaluated, and what an author
// may write where a template can stand for any of it.

import type { ArgSpec, TaskModule } from '../task.ts';
import type { JsonSchema } from './ajv.ts';

type ArgType = ArgSpec['type'];

/** What arrives at a task, templates evaluated and texts converted. */
const evaluatedTypes: Readonly<Record<ArgType, JsonSchema>> = {
  string: { type: 'string' },
  integer: { type: 'integer' },
  number: { type: 'number' },
  boolean: { type: 'boolean' },
  strings: { type: 'array', items: { type: 'string' } },
  list: { type: 'array' },
  map: { type: 'object' },
  any: {},
  expression: { type: 'object' },
  conditions: { type: 'array' },
  bundle: { type: 'object' },
  certificate: { type: ['string', 'object'] },
};

/** A text in the file that is evaluated before it is judged. */
const template = '\\{\\{|\\{%';

/** What may stand in a file. */
const writtenTypes: Readonly<Record<ArgType, JsonSchema>> = {
  string: { type: ['string', 'number', 'boolean'] },
  integer: { type: ['integer', 'string'], pattern: `^-?\\d+$|${template}` },
  number: { type: ['number', 'string'], pattern: `^-?\\d+(\\.\\d+)?$|${template}` },
  boolean: { type: ['boolean', 'string'], pattern: `^(true|false)$|${template}` },
  strings: { type: ['array', 'string'], items: { type: ['string', 'number', 'boolean'] } },
  list: { type: ['array', 'string'], pattern: template },
  map: { type: ['object', 'string'], pattern: template },
  any: {},
  expression: { type: ['string', 'number', 'boolean'] },
  conditions: { type: ['array', 'string', 'boolean'], items: { type: ['string', 'boolean'] } },
  bundle: { type: ['object', 'string'], pattern: template },
  certificate: { type: ['object', 'string'] },
};

const evaluated = new WeakMap<TaskModule, JsonSchema>();

/** The schema of evaluated arguments. */
export function evaluatedSchema(module: TaskModule): JsonSchema {
  const known = evaluated.get(module);
  if (known) return known;
  const schema = objectSchema(module, (spec) => ({ ...evaluatedTypes[spec.type], ...bounds(spec) }));
  evaluated.set(module, schema);
  return schema;
}

/** The schema of arguments as an author writes them, with descriptions and defaults, for editors. */
export function writtenSchema(module: TaskModule): JsonSchema {
  return objectSchema(module, (spec) => ({ description: spec.description, ...writtenType(spec), ...defaultOf(spec) }));
}

/** How one argument may be written. */
export function writtenType(spec: ArgSpec): JsonSchema {
  if (spec.enum) return { anyOf: [{ enum: [...spec.enum] }, { type: 'string', pattern: template }] };
  return { ...writtenTypes[spec.type], ...bounds(spec) };
}

function objectSchema(module: TaskModule, property: (spec: ArgSpec) => JsonSchema): JsonSchema {
  const specs = Object.entries(module.args as Readonly<Record<string, ArgSpec>>);
  return {
    type: 'object',
    properties: Object.fromEntries(specs.map(([name, spec]) => [name, property(spec)])),
    required: specs.filter(([, spec]) => spec.required).map(([name]) => name),
    additionalProperties: module.additionalArgs !== undefined,
  };
}

function bounds(spec: ArgSpec): JsonSchema {
  return {
    ...(spec.enum && { enum: [...spec.enum] }),
    ...(spec.minimum !== undefined && { minimum: spec.minimum }),
    ...(spec.maximum !== undefined && { maximum: spec.maximum }),
  };
}

const defaultOf = (spec: ArgSpec): JsonSchema => (spec.default === undefined ? {} : { default: spec.default });
