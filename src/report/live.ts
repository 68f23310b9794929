// One stream of finished lines and, on a terminal, one live line below them that says what is going on.

import { redact } from '../secret.ts';
import { cut } from './layout.ts';

export interface Output {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const FRAME_MILLISECONDS = 120;
const DEFAULT_COLUMNS = 80;
/** Two for the frame, and three that stay free: a full line would wrap, and so would the ^C that a terminal echoes. */
const FRAME_COLUMNS = 2;
const FREE_COLUMNS = 3;

/** Everything printed passes here: secrets are replaced, and the live line is taken away and put back. */
export class Screen {
  readonly #out: Output;
  readonly #live: boolean;
  #status: ((columns: number) => string) | undefined;
  #timer: NodeJS.Timeout | undefined;
  #frame = 0;
  #shown = false;

  /** `live`: whether a terminal gets a live line. */
  constructor(out: Output, live = true) {
    this.#out = out;
    this.#live = live && out.isTTY === true && process.env['TERM'] !== 'dumb';
  }

  /** Lines are laid out for this many columns: the terminal's, or 80 in a pipe. */
  get columns(): number {
    return this.#out.isTTY ? Math.max(40, this.#out.columns ?? DEFAULT_COLUMNS) : DEFAULT_COLUMNS;
  }

  print(lines: readonly string[]): void {
    this.#erase();
    this.#out.write(redact(`${lines.join('\n')}\n`));
    this.#draw();
  }

  /** What the live line shows from now on, asked again at each frame for so many columns. Nothing happens in a pipe. */
  follow(status: ((columns: number) => string) | undefined): void {
    if (!this.#live) return;
    this.#status = status;
    if (status === undefined) this.close();
    else if (this.#timer === undefined) {
      this.#timer = setInterval(() => this.#draw(), FRAME_MILLISECONDS);
      this.#timer.unref();
    }
  }

  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#status = undefined;
    this.#erase();
  }

  #draw(): void {
    const columns = this.columns - FREE_COLUMNS;
    const text = this.#status?.(columns - FRAME_COLUMNS);
    if (!text) {
      this.#erase();
      return;
    }
    this.#frame = (this.#frame + 1) % FRAMES.length;
    this.#out.write(`\r\x1b[2K${cut(`${FRAMES[this.#frame]} ${redact(text)}`, columns)}`);
    this.#shown = true;
  }

  #erase(): void {
    if (this.#shown) this.#out.write('\r\x1b[2K');
    this.#shown = false;
  }
}
