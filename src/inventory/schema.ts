// The JSON Schema of inventories, for editors.

import type { JsonSchema } from '../schema/ajv.ts';
import { windowSchema } from '../window/schema.ts';
import { type ConnectionVariable, connectionVariables } from './variables.ts';

const template = '\\{\\{';

const types: Readonly<Record<ConnectionVariable['type'], JsonSchema>> = {
  string: { type: 'string' },
  integer: { type: ['integer', 'string'], pattern: `^\\d+$|${template}` },
  number: { type: ['number', 'string'], pattern: `^\\d+(\\.\\d+)?$|${template}` },
  strings: { type: ['array', 'string'], items: { type: 'string' } },
  list: { type: ['array', 'string'], pattern: template },
  window: windowSchema,
};

/** Draft 07. Variables of one's own are free; those that cs-play reads are described. */
export function inventorySchema(): JsonSchema {
  const group = { $ref: '#/definitions/group' };
  const vars = { $ref: '#/definitions/vars' };
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'cs-play inventory',
    type: 'object',
    additionalProperties: group,
    definitions: {
      group: {
        type: ['object', 'null'],
        properties: {
          hosts: { description: 'hosts of the group', type: ['object', 'null'], additionalProperties: vars },
          vars: { description: 'variables of every host of the group', ...vars },
          children: { description: 'groups inside', type: ['object', 'null'], additionalProperties: group },
        },
        additionalProperties: false,
      },
      vars: { type: ['object', 'null'], properties: variableSchemas() },
    },
  };
}

function variableSchemas(): Record<string, JsonSchema> {
  return Object.fromEntries(
    Object.entries(connectionVariables).map(([name, { type, description, enum: values }]) => {
      const choice = values && { anyOf: [{ enum: [...values] }, { type: 'string', pattern: template }] };
      return [name, { description, ...(choice ?? types[type]) }];
    }),
  );
}
