// The reference of task modules, from their declarations: a page of Markdown, or text for a terminal.

import type { ArgSpec, TaskModule } from '../task.ts';
import { hang, wrap } from './layout.ts';

/** `tasks/README.md`. */
export function referencePage(modules: readonly TaskModule[]): string {
  const index = modules.map((module) => `| [\`${module.name}\`](#${module.name}) | ${module.summary} |`);
  return [
    '# Task modules',
    '',
    'Made by `npm run generate` from the declarations in this folder; `cs-play doc NAME` prints the same.',
    '',
    '| task | what |',
    '|---|---|',
    ...index,
    '',
    ...modules.flatMap(section),
  ].join('\n');
}

function section(module: TaskModule): string[] {
  const args = Object.entries(module.args as Record<string, ArgSpec>);
  return [
    `## ${module.name}`,
    '',
    `${module.summary}.`,
    '',
    ...(module.description ? [module.description.trim(), ''] : []),
    ...(args.length > 0 ? ['| argument | type | default | what |', '|---|---|---|---|', ...args.map(row), ''] : []),
    ...(module.additionalArgs ? [`Any other argument: ${module.additionalArgs}.`, ''] : []),
    ...returned(module).map(([name, what]) => `- returns \`${name}\`: ${what}`),
    ...(returned(module).length > 0 ? [''] : []),
    `${effect(module)} Timeout: ${module.timeoutSeconds} s where the playbook does not say.`,
    '',
    '```yaml',
    module.example.trim(),
    '```',
    '',
  ];
}

function row([name, spec]: [string, ArgSpec]): string {
  const fallback = spec.required ? 'required' : spec.default === undefined ? '' : `\`${JSON.stringify(spec.default)}\``;
  return `| \`${name}\` | ${typeWords(spec)} | ${fallback} | ${spec.description.replaceAll('|', '\\|')} |`;
}

function typeWords(spec: ArgSpec): string {
  const type = spec.enum ? spec.enum.map((word) => `\`${word}\``).join(' ') : spec.type;
  return spec.secret ? `${type}, secret` : type;
}

const returned = (module: TaskModule) => Object.entries(module.returns ?? {}) as [string, string][];

function effect(module: TaskModule): string {
  return module.apply ? 'Changes things: planned first, and looked at again after.' : 'Changes nothing.';
}

/** `cs-play doc`: every module in a line. */
export function listModules(modules: readonly TaskModule[], columns: number): string {
  const widest = Math.max(...modules.map((module) => module.name.length)) + 2;
  return modules.flatMap((module) => hang(module.name.padEnd(widest), module.summary, columns)).join('\n');
}

/** `cs-play doc NAME`. */
export function describeModule(module: TaskModule, columns: number): string {
  const args = Object.entries(module.args as Record<string, ArgSpec>);
  const lines = [`${module.name}: ${module.summary}`, ''];
  if (module.description) lines.push(...wrap(module.description.trim(), columns), '');
  if (args.length > 0) lines.push('arguments', ...args.flatMap(([name, spec]) => describeArg(name, spec, columns)), '');
  if (module.additionalArgs) lines.push(...hang('any other argument: ', module.additionalArgs, columns), '');
  if (returned(module).length > 0)
    lines.push('returns', ...returned(module).flatMap(([name, what]) => hang(`  ${name}: `, what, columns)), '');
  lines.push(
    ...wrap(`${effect(module)} Timeout: ${module.timeoutSeconds} s where the playbook does not say.`, columns),
    '',
  );
  lines.push(
    'example',
    ...module.example
      .trim()
      .split('\n')
      .map((line) => `  ${line}`),
  );
  return lines.join('\n');
}

function describeArg(name: string, spec: ArgSpec, columns: number): string[] {
  const type = spec.enum ? spec.enum.join(' | ') : spec.type;
  const fallback = spec.required
    ? ', required'
    : spec.default === undefined
      ? ''
      : `, default ${JSON.stringify(spec.default)}`;
  const lines = [`  ${name} (${type}${spec.secret ? ', secret' : ''}${fallback})`];
  return [...lines, ...hang('      ', spec.description, columns)];
}
