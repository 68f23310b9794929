// The report of a run for a person: tasks as headings, a line for each host, failures again at the end, the recap.

import { duration } from '../duration.ts';
import type { Event } from '../model.ts';
import { Failures } from './failures.ts';
import { count, hang, note } from './layout.ts';
import { type Output, Screen } from './live.ts';
import { isNews, type StepEnded } from './news.ts';
import type { Paint } from './paint.ts';
import { renderRecap } from './recap.ts';
import type { Report } from './report.ts';
import { renderItem, renderStep, type StepStyle } from './steps.ts';
import { Waits } from './waits.ts';

export interface TerminalOptions {
  readonly paint: Paint;
  readonly verbosity: number;
  readonly diff: boolean;
  /** False for a run that is over: nothing is awaited any more. */
  readonly live?: boolean;
}

/** Prints a run as it happens. In a pipe: the same lines without colours and without the live line. */
export function terminalReport(out: Output, options: TerminalOptions): Report {
  return new TerminalReport(out, options);
}

class TerminalReport implements Report {
  readonly #screen: Screen;
  readonly #options: TerminalOptions;
  readonly #failures = new Failures();
  readonly #waits = new Waits();
  /** Headings by task, so that one can be repeated when hosts of several plays take turns. */
  readonly #headings = new Map<string, string>();
  /** The task whose heading stands above the last lines. */
  #current: string | undefined;
  #started = 0;
  #run: string | undefined;
  /** Questions to which there is no answer yet. While there is one, the line below is the person's. */
  #open = 0;

  constructor(out: Output, options: TerminalOptions) {
    this.#screen = new Screen(out, options.live);
    this.#options = options;
    this.#follow();
  }

  #follow(): void {
    this.#screen.follow((columns) => this.#waits.describe(Date.now(), columns));
  }

  take(event: Event): void {
    this.#waits.take(event);
    this.#failures.take(event);
    const lines = this.#lines(event);
    if (lines.length > 0) this.#screen.print(lines);
  }

  close(): void {
    this.#screen.close();
  }

  #lines(event: Event): string[] {
    const { paint, verbosity } = this.#options;
    switch (event.type) {
      case 'run-started':
        this.#started = Date.parse(event.at);
        this.#run = event.run;
        return [];
      case 'run-resumed':
        return this.#resumed(event);
      case 'play-started':
        return this.#play(event);
      case 'host-discovered':
        return verbosity >= 1 ? [paint.dim(`  found ${count(event.children.length, 'host')} below ${event.host}`)] : [];
      case 'task-started':
        this.#headings.set(event.task, `${event.handler ? 'HANDLER' : 'TASK'} ${event.name}`);
        return event.module === 'soak' ? this.#soak(event) : [];
      case 'note':
        return this.#under(event.task, note(`  ${' '.repeat(12)}`, event.message, this.#screen.columns));
      case 'warning':
        return this.#warning(event);
      case 'step-retried':
        return this.#under(event.task, [paint.dim(`  retrying    ${event.host}  ${event.retriesLeft} retries left`)]);
      case 'item-ended':
        return this.#under(event.task, renderItem(event, event.host, this.#style()));
      case 'step-ended':
        return this.#step(event);
      case 'confirmation-awaited':
        return this.#question(event);
      case 'confirmation-given':
        return this.#answer(event);
      case 'budget-broken':
        return this.#budget(event);
      case 'run-ended':
        return this.#end(event);
      case 'write-started':
        return verbosity >= 2 ? this.#under(event.task, this.#detail(`-> ${event.host}  ${event.what}`)) : [];
      case 'write-ended':
        return verbosity >= 2 ? this.#under(event.task, this.#detail(`<- ${event.host}  ${event.outcome}`)) : [];
      case 'step-waiting':
        return verbosity >= 3 ? this.#under(event.task, this.#detail(`.. ${event.host}  ${event.what}`)) : [];
      case 'play-ended':
      case 'rescue-withheld':
      case 'step-started':
        return [];
      default:
        return unreachable(event);
    }
  }

  #resumed(event: Event & { type: 'run-resumed' }): string[] {
    this.#started = Date.parse(event.at);
    const { run, done, underWay } = event;
    this.#run = run;
    // Nobody waits any more for what the part before had asked.
    this.#open = 0;
    const hosts = [...new Set(underWay.map(({ host }) => host))];
    const cut = hosts.length === 0 ? '' : `, and what was under way on ${hosts.join(', ')} is looked at`;
    return hang('', `run ${run} goes on: ${count(done, 'step')} done before${cut}`, this.#screen.columns);
  }

  #style(): StepStyle {
    return { ...this.#options, columns: this.#screen.columns };
  }

  #detail(text: string): string[] {
    return hang('              ', text, this.#screen.columns).map(this.#options.paint.dim);
  }

  #play(event: Event & { type: 'play-started' }): string[] {
    const { paint } = this.#options;
    this.#current = undefined;
    const on = event.on === undefined ? '' : ` on ${event.on}`;
    const batch = event.batches > 1 ? `batch ${event.batch} of ${event.batches}: ` : '';
    return ['', paint.bold(`PLAY ${event.name}${on}`), ...hang('  ', batch + few(event.hosts), this.#screen.columns)];
  }

  #step(event: StepEnded): string[] {
    // The hosts of an inner play have had their own lines; only its failure is news for the host it stands on.
    if (!isNews(event) && event.result.status !== 'failed' && event.result.status !== 'unreachable') return [];
    return this.#under(event.task, renderStep(event, this.#style()), `TASK ${event.name}`);
  }

  /** Puts the task's heading above the lines, unless it is the one that stands there already. */
  #under(task: string, lines: string[], otherwise = 'TASK'): string[] {
    const heading = this.#headings.get(task) ?? otherwise;
    if (task === this.#current) return lines;
    this.#current = task;
    return ['', this.#options.paint.bold(heading), ...lines];
  }

  #warning(event: Event & { type: 'warning' }): string[] {
    const mark = `${this.#options.paint.yellow('warning:')} `;
    const host = event.host === undefined ? '' : `${event.host}: `;
    const lines = ['', ...hang(mark, host + event.message, this.#screen.columns)];
    // What comes next belongs to a task again, and says so.
    this.#current = undefined;
    return event.hint ? [...lines, ...hang('   hint: ', event.hint, this.#screen.columns)] : lines;
  }

  /** Nothing else may be said for minutes: so it is said at once that it has begun. */
  #soak(event: Event & { type: 'task-started' }): string[] {
    return this.#under(event.task, hang('  soaking     ', few(event.hosts), this.#screen.columns));
  }

  #question(event: Event & { type: 'confirmation-awaited' }): string[] {
    const { columns } = this.#screen;
    this.#open += 1;
    this.#current = undefined;
    this.#screen.follow(undefined);
    const on = event.on === undefined ? '' : ` on ${event.on}`;
    const patience = duration((Date.parse(event.until) - Date.parse(event.at)) / 1000);
    const how = this.#run === undefined ? '' : `: cs-play approve ${this.#run}, or with --reject`;
    return [
      '',
      this.#options.paint.bold(`CONFIRM ${event.name}${on}`),
      ...hang('  ', event.message, columns),
      ...hang('  ', `it is for ${few(event.hosts)}`, columns),
      ...hang('  ', `waits ${patience} for a yes${how}`, columns),
    ];
  }

  #answer({ answer, who, reason }: Event & { type: 'confirmation-given' }): string[] {
    this.#open -= 1;
    if (this.#open === 0) this.#follow();
    const { paint, columns } = { ...this.#options, columns: this.#screen.columns };
    const word = paint[answer === 'approved' ? 'green' : 'red'](answer);
    return hang(
      '  ',
      `${word}${who === undefined ? '' : ` by ${who}`}${reason === undefined ? '' : `: ${reason}`}`,
      columns,
    );
  }

  #budget(event: Event & { type: 'budget-broken' }): string[] {
    const { paint } = this.#options;
    this.#current = undefined;
    const left = event.notReached.length > 0 ? `; not reached: ${event.notReached.join(', ')}` : '';
    return ['', ...hang(`${paint.red('STOPPED')} `, event.message + left, this.#screen.columns)];
  }

  #end(event: Event & { type: 'run-ended' }): string[] {
    this.#screen.follow(undefined);
    const { paint } = this.#options;
    const lines = this.#failures.render(this.#screen.columns, paint);
    lines.push('', ...renderRecap(event.recap, event.notReached, paint, this.#screen.columns), '');
    if (event.message) lines.push(...hang('', event.message, this.#screen.columns));
    const took = duration((Date.parse(event.at) - this.#started) / 1000);
    const wrote = event.writes === 0 ? 'nothing was written' : count(event.writes, 'write');
    lines.push(`${wrote}, ${took}`);
    if (event.resume !== undefined) lines.push(`to go on from here: cs-play resume ${event.resume}`);
    return lines;
  }
}

/** The first of them; a fleet does not fit a terminal. */
function few(hosts: readonly string[]): string {
  return (hosts.length > 8 ? [...hosts.slice(0, 8), `${hosts.length - 8} more`] : hosts).join(', ');
}

function unreachable(event: never): never {
  throw new Error(`no words for the event ${JSON.stringify(event)}`);
}
