// One argument's value as the type its task declares. Converted is only what says exactly the same: "5" is 5,
// "true" is true; "yes" is neither.

import type { Value } from '../model.ts';
import { Secret } from '../secret.ts';
import type { ArgSpec } from '../task.ts';
import { isUnknown } from '../template/template.ts';

/** A value that fits no type any more: why, for the end of a sentence. */
export class Unfit {
  readonly why: string;
  readonly hint: string | undefined;

  constructor(why: string, hint?: string) {
    this.why = why;
    this.hint = hint;
  }
}

/** The value as its type; an `Unknown` stays one. Whether it fits is for the schema to say, but for secrets. */
export function converted(spec: ArgSpec, value: Value): Value | Unfit {
  if (isUnknown(value)) return value;
  if (spec.secret) return typeof value === 'string' || typeof value === 'number' ? new Secret(String(value)) : value;
  switch (spec.type) {
    case 'string':
      return text(value);
    case 'integer':
      return typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value;
    case 'number':
      return typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value;
    case 'boolean':
      return value === 'true' || value === 'True' ? true : value === 'false' || value === 'False' ? false : value;
    case 'strings':
      return texts(Array.isArray(value) ? value : [value]);
    default:
      return value;
  }
}

/** Numbers and booleans as YAML writes them. A secret would be shown by whoever takes it for a text. */
function text(value: Value): Value | Unfit {
  if (value instanceof Secret) return new Unfit('must not be a secret: it would be shown');
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
}

function texts(values: readonly Value[]): Value | Unfit {
  const unknown = values.find(isUnknown);
  if (unknown !== undefined) return unknown;
  const all = values.map(text);
  const unfit = all.find((each) => each instanceof Unfit);
  return unfit ?? (all as Value[]);
}
