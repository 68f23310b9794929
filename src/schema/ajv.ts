// The door to the JSON Schema validator. It takes 40 ms to load, so it is loaded by the first schema that is used.

import { createRequire } from 'node:module';
import type { Ajv, ErrorObject, ValidateFunction } from 'ajv';

/** A JSON Schema, draft 07. */
export type JsonSchema = Readonly<Record<string, unknown>>;

let ajv: Ajv | undefined;
const compiled = new WeakMap<JsonSchema, ValidateFunction>();

/** Everything in which a value does not fit a schema. A schema is compiled once, by identity. */
export function mismatches(schema: JsonSchema, value: unknown): readonly ErrorObject[] {
  let validate = compiled.get(schema);
  if (!validate) {
    validate = validator().compile(schema);
    compiled.set(schema, validate);
  }
  return validate(value) ? [] : (validate.errors ?? []);
}

function validator(): Ajv {
  if (!ajv) {
    const library = createRequire(import.meta.url)('ajv') as typeof import('ajv');
    // The schemas are ours: holding each against the meta-schema would only cost 50 ms.
    ajv = new library.Ajv({ allErrors: true, strict: true, allowUnionTypes: true, meta: false, validateSchema: false });
  }
  return ajv;
}
