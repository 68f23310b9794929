// The JSON Schema of a window, for editors: the same in playbooks and in inventories.

const text = { type: 'string' } as const;

const parts = {
  type: 'object',
  properties: {
    days: {
      description: 'mon-fri, "mon,wed", [sat, sun]; every day if left out',
      type: ['string', 'array'],
      items: text,
    },
    hours: { description: 'wall-clock times, as in "22:00-04:00"; the whole day if left out', ...text },
    time_zone: { description: 'an IANA name, as in Europe/Amsterdam (default: UTC)', ...text },
  },
  additionalProperties: false,
} as const;

export const windowSchema = {
  anyOf: [text, parts, { type: 'array', items: { anyOf: [text, parts] } }],
} as const;
