// The report of a plan: cloud by cloud and zone by zone, what a run would change, what it would prove, what is right.

import type { Event, HostKind, Result } from '../model.ts';
import { renderDiff } from './diff.ts';
import { Failures } from './failures.ts';
import { count, hang, note, pad, width } from './layout.ts';
import { type Output, Screen } from './live.ts';
import { isNews, type StepEnded } from './news.ts';
import type { Paint } from './paint.ts';
import type { Report } from './report.ts';
import { Waits } from './waits.ts';

export interface PlanOptions {
  readonly paint: Paint;
  readonly verbosity: number;
  readonly diff: boolean;
}

/** Gathers a plan's events and prints the plan when the last one is in. */
export function planReport(out: Output, options: PlanOptions): Report {
  return new PlanReport(out, options);
}

type Discovered = Event & { type: 'host-discovered' };

/** What the plan says of one cloud or zone; what lies deeper is said in its zone's section. */
interface Section {
  readonly host: string;
  heading: string;
  readonly notes: string[];
  readonly steps: StepEnded[];
}

/** Columns of a change's summary before what it costs. */
const SUMMARY_COLUMNS = 36;

class PlanReport implements Report {
  readonly #screen: Screen;
  readonly #options: PlanOptions;
  readonly #sections = new Map<string, Section>();
  readonly #failures = new Failures();
  readonly #waits = new Waits();
  readonly #warnings = new Map<string, string | undefined>();
  readonly #totals = { changed: 0, toProve: 0, ok: 0 };

  constructor(out: Output, options: PlanOptions) {
    this.#screen = new Screen(out);
    this.#options = options;
    this.#screen.follow((columns) => this.#waits.describe(Date.now(), columns));
  }

  close(): void {
    this.#screen.close();
  }

  take(event: Event): void {
    this.#waits.take(event);
    this.#failures.take(event);
    if (event.type === 'host-discovered') this.#section(event.host).heading = heading(event);
    if (event.type === 'note') this.#note(this.#section(event.host), event.message);
    if (event.type === 'warning')
      this.#warnings.set(event.host ? `${event.host}: ${event.message}` : event.message, event.hint);
    if (event.type === 'step-ended' && isNews(event)) this.#step(event);
    if (event.type === 'run-ended') this.#print(event);
  }

  #note(section: Section, message: string): void {
    if (!section.notes.includes(message)) section.notes.push(message);
  }

  #step(event: StepEnded): void {
    const { status } = event.result;
    if (status === 'changed') this.#totals.changed += 1;
    if (status === 'to_prove') this.#totals.toProve += 1;
    if (status === 'ok' && !event.result.leftAlone) this.#totals.ok += 1;
    this.#section(event.host).steps.push(event);
  }

  /** The section of a host: its own for a cloud, a zone or a plain host, its zone's for what lies deeper. */
  #section(host: string): Section {
    const path = host.split('/').slice(0, 2).join('/');
    let section = this.#sections.get(path);
    if (!section) this.#sections.set(path, (section = { host: path, heading: path, notes: [], steps: [] }));
    return section;
  }

  #print(event: Event & { type: 'run-ended' }): void {
    this.#screen.follow(undefined);
    const lines = [...this.#ordered()].flatMap((section) => this.#renderSection(section));
    lines.push(
      ...this.#renderWarnings(),
      ...this.#failures.render(this.#screen.columns, this.#options.paint),
      '',
      ...this.#summary(event),
    );
    this.#screen.print(lines);
  }

  /** Clouds in the order they were met, each followed by what lies below it. */
  #ordered(): Section[] {
    const sections = [...this.#sections.values()];
    const tops = [...new Set(sections.map((section) => top(section.host)))];
    return tops.flatMap((name) => {
      const own = sections.filter((section) => top(section.host) === name);
      return own.sort((a, b) => depth(a.host) - depth(b.host));
    });
  }

  #renderSection(section: Section): string[] {
    const indent = '  '.repeat(depth(section.host));
    const steps = this.#renderSteps(section, `${indent}  `);
    if (depth(section.host) > 0 && steps.length === 0 && section.notes.length === 0) return [];
    const notes = section.notes.flatMap((text) => note(`${indent}  `, text, this.#screen.columns));
    const title = `${indent}${this.#options.paint.bold(section.heading)}`;
    return depth(section.host) === 0 ? ['', title, ...notes, ...steps] : [title, ...notes, ...steps];
  }

  #renderSteps(section: Section, indent: string): string[] {
    const lines: string[] = [];
    let proofs: StepEnded[] = [];
    const flush = () => {
      if (proofs.length > 0) lines.push(...this.#renderProofs(proofs, indent));
      proofs = [];
    };
    for (const step of section.steps) {
      if (step.result.status === 'to_prove') proofs.push(step);
      else {
        const rendered = this.#renderStep(step, section, indent);
        if (rendered.length > 0) flush();
        lines.push(...rendered);
      }
    }
    flush();
    return lines;
  }

  #renderStep(event: StepEnded, section: Section, indent: string): string[] {
    const { result } = event;
    const { paint, verbosity } = this.#options;
    const name = this.#shortName(event, section, result);
    if (result.leftAlone && result.change)
      return this.#line(indent, paint.cyan('-'), `left alone: ${name}`, 'not selected');
    switch (result.status) {
      case 'changed':
        return [...this.#diff(result, indent), ...this.#line(indent, paint.yellow('~'), name, result.change?.impact)];
      case 'failed':
      case 'unreachable':
        return result.ignored ? [] : this.#line(indent, paint.red('!'), `${name}: ${result.status}`, result.message);
      case 'ok':
        return result.message && verbosity >= 1 ? this.#line(indent, paint.green('='), name, result.message) : [];
      default:
        return verbosity >= 2 ? this.#line(indent, paint.cyan('.'), name, result.status) : [];
    }
  }

  /** The change's summary, or the task's name; with the host in front where neither names it. */
  #shortName(event: StepEnded, section: Section, result: Result): string {
    const words = result.noLog ? event.name : (result.change?.summary ?? event.name);
    const host = event.host.slice(section.host.length + 1);
    return host === '' || words.includes(host) ? words : `${host}: ${words}`;
  }

  #renderProofs(proofs: readonly StepEnded[], indent: string): string[] {
    const names = [...new Set(proofs.map((proof) => proof.name))];
    const { paint, verbosity } = this.#options;
    const lines = this.#line(indent, paint.cyan('?'), `${count(proofs.length, 'proof')} after that`, names.join(', '));
    if (verbosity === 0) return lines;
    return [
      ...lines,
      ...proofs.flatMap((proof) =>
        hang(`${indent}    `, `${proof.host}  ${proof.name}: ${proof.result.message ?? ''}`, this.#screen.columns),
      ),
    ];
  }

  #line(indent: string, mark: string, what: string, cost: string | undefined): string[] {
    const head = `${indent}${mark} `;
    if (!cost) return hang(head, what, this.#screen.columns);
    const column = width(head) + SUMMARY_COLUMNS;
    if (width(what) <= SUMMARY_COLUMNS - 2) return hang(pad(head + what, column), cost, this.#screen.columns);
    return [
      ...hang(head, what, this.#screen.columns),
      ...hang(' '.repeat(width(head) + 4), cost, this.#screen.columns),
    ];
  }

  #diff(result: Result, indent: string): string[] {
    if (!this.#options.diff || result.noLog || !result.change?.diff) return [];
    return renderDiff(result.change.diff, this.#options.paint).map((line) => `${indent}  ${line}`);
  }

  #renderWarnings(): string[] {
    const { paint } = this.#options;
    return [...this.#warnings].flatMap(([message, hint]) => [
      '',
      ...hang(`${paint.yellow('warning:')} `, message, this.#screen.columns),
      ...(hint ? hang('   hint: ', hint, this.#screen.columns) : []),
    ]);
  }

  #summary(event: Event & { type: 'run-ended' }): string[] {
    const { changed, toProve, ok } = this.#totals;
    const failed = event.recap.reduce((sum, row) => sum + row.failed, 0);
    const unreachable = event.recap.reduce((sum, row) => sum + row.unreachable, 0);
    const bad = [failed > 0 ? `${failed} failed` : '', unreachable > 0 ? `${unreachable} unreachable` : ''].filter(
      Boolean,
    );
    const words = [`${changed} to change`, `${toProve} to prove`, `${ok} already right`, ...bad].join(', ');
    const written = event.writes === 0 ? 'Nothing was written.' : `${count(event.writes, 'write')}.`;
    const message = event.message ? hang('', event.message, this.#screen.columns) : [];
    return [...message, `${words}. ${written}`];
  }
}

const top = (host: string) => host.split('/')[0] ?? host;
const depth = (host: string) => host.split('/').length - 1;

const kinds: readonly (readonly [HostKind, string])[] = [
  ['zone', 'zone'],
  ['system_vm', 'system VM'],
  ['management_server', 'management server'],
];

/** `eu-1   CloudStack 4.22.0.1, 2 zones, 4 system VMs`. */
function heading(event: Discovered): string {
  const version = typeof event.facts['version'] === 'string' ? [`CloudStack ${event.facts['version']}`] : [];
  const counts = kinds.flatMap(([kind, noun]) => {
    const number = event.children.filter((child) => child.kind === kind).length;
    return number > 0 ? [count(number, noun)] : [];
  });
  return `${event.host}   ${[...version, ...counts].join(', ')}`;
}
