// The JSON Schema of playbooks, for editors: from the keyword table and the task modules, so that completion and
// checking speak of the same words. It is looser than the reader, which says more in better words.

import type { JsonSchema } from '../schema/ajv.ts';
import { writtenSchema, writtenType } from '../schema/arguments.ts';
import type { ArgSpec, TaskModule } from '../task.ts';
import { keywords, keywordsOf, type Place } from './keywords.ts';

/** Draft 07, to be named in a playbook's first line: `# yaml-language-server: $schema=schema.json`. */
export function playbookSchema(modules: ReadonlyMap<string, TaskModule>): JsonSchema {
  const step = { ...properties(['task', 'block', 'inner', 'meta', 'import_tasks']), ...moduleProperties(modules) };
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'cs-play playbook',
    type: ['array', 'null'],
    items: { $ref: '#/definitions/play' },
    definitions: {
      play: { type: 'object', properties: properties(['play', 'import_playbook']), additionalProperties: false },
      step: { type: 'object', properties: step, additionalProperties: false },
    },
  };
}

function properties(places: readonly Place[]): Record<string, JsonSchema> {
  const names = new Set(places.flatMap(keywordsOf));
  return Object.fromEntries(
    [...names].map((name) => [name, { description: keywords[name]?.description, ...keywords[name]?.schema }]),
  );
}

function moduleProperties(modules: ReadonlyMap<string, TaskModule>): Record<string, JsonSchema> {
  return Object.fromEntries([...modules].map(([name, module]) => [name, moduleSchema(module)]));
}

/** A map of arguments; nothing, where none is required; a bare value, where one argument has a shorthand. */
function moduleSchema(module: TaskModule): JsonSchema {
  const { type, ...map } = writtenSchema(module);
  const main = typeof module.shorthand === 'string' ? (module.args[module.shorthand] as ArgSpec) : undefined;
  const bare = main ? (writtenType(main)['type'] ?? ['string', 'number', 'boolean', 'array']) : [];
  const types = new Set([type, 'null', ...(Array.isArray(bare) ? bare : [bare])]);
  return { description: module.summary, ...map, type: [...types] };
}
