// One step's outcome in lines: the status, the host, what there is to say, and at higher verbosity the details.

import type { ItemResult, Result } from '../model.ts';
import { renderDiff } from './diff.ts';
import { hang, pad } from './layout.ts';
import type { StepEnded } from './news.ts';
import type { Paint } from './paint.ts';
import { renderPlace } from './problem.ts';

export interface StepStyle {
  readonly paint: Paint;
  readonly columns: number;
  /** 0: what happened; 1 (-v): values too; 2 (-vv): every write; 3 (-vvv): waits and stacks. */
  readonly verbosity: number;
  readonly diff: boolean;
}

const LABEL_COLUMNS = 12;

/** The word and colour for a status as the operator should read it. */
export function label(result: Result, rescued = false): { word: string; colour: keyof Paint } {
  if (result.leftAlone) return { word: 'left alone', colour: 'cyan' };
  if (result.ignored) return { word: 'ignored', colour: 'purple' };
  if (rescued) return { word: 'rescued', colour: 'purple' };
  switch (result.status) {
    case 'ok':
      return { word: 'ok', colour: 'green' };
    case 'changed':
      return { word: 'changed', colour: 'yellow' };
    case 'skipped':
      return { word: 'skipped', colour: 'cyan' };
    case 'failed':
      return { word: 'failed', colour: 'red' };
    case 'unreachable':
      return { word: 'unreachable', colour: 'red' };
    case 'to_prove':
      return { word: 'to prove', colour: 'cyan' };
    default:
      return unreachable(result.status);
  }
}

function unreachable(status: never): never {
  throw new Error(`no words for the status ${String(status)}`);
}

/** The lines under the task's heading for one host, indented by two. */
export function renderStep(event: StepEnded, style: StepStyle): string[] {
  const { word, colour } = label(event.result, event.rescued);
  const head = `  ${style.paint[colour](pad(word, LABEL_COLUMNS))}`;
  const host = event.delegatedTo ? `${event.host} -> ${event.delegatedTo}` : event.host;
  const lines = diffLines(event.result, style);
  const said = spoken(event.result);
  lines.push(...hang(`${head}${host}${said === '' ? '' : '  '}`, said, style.columns).map((line) => line.trimEnd()));
  lines.push(...details(event.result, style));
  return lines;
}

/** What a result says in a sentence: the change and what it costs, or the message. Nothing of a `no_log` task. */
function spoken(result: Result): string {
  if (result.noLog) return result.status === 'failed' ? 'the output is hidden: the task says no_log' : '';
  if (result.change && (result.status === 'changed' || result.leftAlone)) {
    return [result.change.summary, result.message ?? result.change.impact].filter(Boolean).join(': ');
  }
  return result.message ?? '';
}

/** One line for an item of a loop. */
export function renderItem(item: ItemResult, host: string, style: StepStyle): string[] {
  const { word, colour } = label(item.result);
  const said = spoken(item.result);
  const head = `  ${style.paint[colour](pad(word, LABEL_COLUMNS))}${host}  (${item.label})${said === '' ? '' : '  '}`;
  return [...diffLines(item.result, style), ...hang(head, said, style.columns).map((line) => line.trimEnd())];
}

function diffLines(result: Result, style: StepStyle): string[] {
  const wanted = style.diff && !result.noLog && result.status === 'changed';
  if (!wanted || !result.change?.diff) return [];
  return renderDiff(result.change.diff, style.paint).map((line) => `    ${line}`);
}

/** Longer texts (certificates, files) are shown whole at -vvv only. */
const LONGEST_VALUE = 200;

const shortened = (_name: string, value: unknown) =>
  typeof value === 'string' && value.length > LONGEST_VALUE
    ? `${value.slice(0, LONGEST_VALUE / 4)}… (${value.length} characters, whole at -vvv)`
    : value;

function details(result: Result, style: StepStyle): string[] {
  const indent = ' '.repeat(LABEL_COLUMNS + 2);
  const lines: string[] = [];
  const bad = result.status === 'failed' || result.status === 'unreachable';
  if (bad && !result.noLog && result.hint) lines.push(...hang(`${indent}hint: `, result.hint, style.columns));
  if (bad && !result.noLog && result.at)
    lines.push(...renderPlace(result.at, style.paint).map((line) => `${indent}${line}`));
  if (style.verbosity >= 1 && !result.noLog && Object.keys(result.values).length > 0) {
    lines.push(
      ...JSON.stringify(result.values, style.verbosity >= 3 ? undefined : shortened, 2)
        .split('\n')
        .map((line) => style.paint.dim(indent + line)),
    );
  }
  return lines;
}
