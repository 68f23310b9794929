// `--list-tasks`, `--list-hosts`, `--list-tags`: what a playbook holds, without a host being asked.

import type { Host, HostPattern, Play, Playbook, Step } from '../model.ts';

/** Plays and steps, indented as they stand, with their tags. */
export function listTasks(playbook: Playbook): string {
  const lines = [`playbook: ${playbook.file}`];
  for (const play of playbook.plays) lines.push(...playLines(play, '  '));
  return lines.join('\n');
}

function playLines(play: Play, indent: string): string[] {
  const lines = ['', `${indent}play ${nameOf(play, play.hosts.text)} (${play.hosts.text})${tagWords(play)}`];
  for (const step of play.tasks) lines.push(...stepLines(step, `${indent}  `));
  const handlers = play.handlers.map((handler) => `${indent}    ${nameOf(handler, 'handler')}`);
  return handlers.length > 0 ? [...lines, `${indent}  handlers`, ...handlers] : lines;
}

function stepLines(step: Step, indent: string): string[] {
  switch (step.kind) {
    case 'play':
      return playLines(step, indent).slice(1);
    case 'block':
      return [
        ...step.block.flatMap((inner) => stepLines(inner, indent)),
        ...sectionLines('rescue', step.rescue, indent),
        ...sectionLines('always', step.always, indent),
      ];
    case 'meta':
      return [`${indent}meta: ${step.action}`];
    case 'task':
      return [`${indent}${nameOf(step, step.module)}${step.name ? ` (${step.module})` : ''}${tagWords(step)}`];
    default:
      return impossible(step);
  }
}

function impossible(step: never): never {
  throw new Error(`no words for the step ${JSON.stringify(step)}`);
}

const sectionLines = (word: string, steps: readonly Step[], indent: string) =>
  steps.length === 0 ? [] : [`${indent}${word}`, ...steps.flatMap((inner) => stepLines(inner, `${indent}  `))];

const nameOf = (step: Step, otherwise: string) => step.name?.text ?? otherwise;
const tagWords = (step: Step) => (step.tags.length > 0 ? `  tags: ${step.tags.join(', ')}` : '');

export type SelectHosts = (pattern: HostPattern) => readonly Host[];

/** The hosts of each play on top, as far as the inventory says; inner plays are on what is discovered. */
export function listHosts(playbook: Playbook, select: SelectHosts): string {
  const lines = [`playbook: ${playbook.file}`];
  for (const play of playbook.plays) {
    const hosts = select(play.hosts);
    lines.push('', `  play ${nameOf(play, play.hosts.text)} (${play.hosts.text}): ${hosts.length} in the inventory`);
    lines.push(...hosts.map((host) => `    ${host.path}`), ...innerLines(play.tasks, '    '));
  }
  return lines.join('\n');
}

function innerLines(steps: readonly Step[], indent: string): string[] {
  return steps.flatMap((step) => {
    if (step.kind === 'block') return innerLines([...step.block, ...step.rescue, ...step.always], indent);
    if (step.kind !== 'play') return [];
    const head = `${indent}inside, play ${nameOf(step, step.hosts.text)} (${step.hosts.text}): found when it runs`;
    return [head, ...innerLines(step.tasks, `${indent}  `)];
  });
}

/** The tags of each play on top, every step below it counted. */
export function listTags(playbook: Playbook): string {
  const lines = [`playbook: ${playbook.file}`];
  for (const play of playbook.plays) {
    const tags = [...new Set(tagsIn(play))].sort();
    lines.push('', `  play ${nameOf(play, play.hosts.text)}`, `    tags: ${tags.join(', ') || 'none'}`);
  }
  return lines.join('\n');
}

function tagsIn(step: Step): string[] {
  const inner =
    step.kind === 'play' ? step.tasks : step.kind === 'block' ? [...step.block, ...step.rescue, ...step.always] : [];
  return [...step.tags, ...inner.flatMap(tagsIn)];
}
