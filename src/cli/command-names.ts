// The words that are commands; any other first word is a playbook.

export const commandNames = [
  'lab',
  'plan',
  'show',
  'apply',
  'runs',
  'rollback',
  'doc',
  'resume',
  'unlock',
  'approve',
  'generate',
] as const;

export type CommandName = (typeof commandNames)[number];
