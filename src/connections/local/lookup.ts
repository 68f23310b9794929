// `lookup(kind, term, …)` of templates: the environment, files and programs of this machine.

import { Failure } from '../../errors.ts';
import type { Value } from '../../model.ts';
import { nearest } from '../../nearest.ts';
import { Secret } from '../../secret.ts';
import type { Surroundings } from '../paths.ts';
import { readFileNow } from './files.ts';
import { pipeOutput } from './program.ts';

type Lookup = (term: string, around: Surroundings) => string;

const withoutLastLineEnds = (text: string): string => text.replace(/[\r\n]+$/, '');

/** As Ansible's lookups of these names: a variable that is not set is an empty text; last line ends are dropped. */
const LOOKUPS: Readonly<Record<string, Lookup>> = {
  env: (name, { environment }) => environment[name] ?? '',
  file: (path, around) => readFileNow(path, around).toString('utf8').trimEnd(),
  pipe: (line, { environment, playbookFolder }) => withoutLastLineEnds(pipeOutput(line, environment, playbookFolder)),
};

export const lookupKinds: readonly string[] = Object.keys(LOOKUPS);

function termText(kind: string, term: Value): string {
  if (typeof term === 'string') return term;
  if (typeof term === 'number') return String(term);
  if (term instanceof Secret) {
    throw new Failure(`lookup('${kind}', …): a secret is no ${kind === 'pipe' ? 'command' : 'name'}`, {
      code: 'lookup',
    });
  }
  throw new Failure(`lookup('${kind}', …) takes texts`, { code: 'lookup' });
}

/** A lookup that asks once and remembers: one run sees one world. Several terms are joined by commas, as in Ansible. */
export function lookups(around: Surroundings): (kind: string, terms: readonly Value[]) => Value {
  const remembered = new Map<string, string>();
  const ask = (kind: string, look: Lookup, term: Value): string => {
    const text = termText(kind, term);
    const key = `${kind}\0${text}`;
    const known = remembered.get(key);
    if (known !== undefined) return known;
    const found = look(text, around);
    remembered.set(key, found);
    return found;
  };
  return (kind, terms) => {
    const look = Object.hasOwn(LOOKUPS, kind) ? LOOKUPS[kind] : undefined;
    if (!look) {
      const near = nearest(kind, lookupKinds);
      throw new Failure(`there is no lookup "${kind}"`, {
        code: 'lookup',
        hint: near === undefined ? `there are ${lookupKinds.join(', ')}` : `did you mean "${near}"?`,
      });
    }
    return terms.map((term) => ask(kind, look, term)).join(',');
  };
}
