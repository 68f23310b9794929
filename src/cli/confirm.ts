// Brings a run's questions to people: at the terminal where there is one, and in the run's folder for `cs-play approve`.
// Whoever answers first is heard.

import { type FSWatcher, watch } from 'node:fs';
import { createInterface, type Interface } from 'node:readline';
import { answerTo, type Published, publish, questionsFolder, withdraw } from '../journal/questions.ts';
import type { Answer, Approvals, Question } from '../run/confirm.ts';
import { redact } from '../secret.ts';
import { userAtHost } from '../user.ts';
import type { Io } from './io.ts';

/** How often an answer is looked for where the file system does not tell of new files (NFS). */
const LOOK_MILLISECONDS = 1000;

/** `folder`: that of the run. `output`: with json, the terminal is for the program that reads it. */
export function approvalsFor(io: Io, output: 'text' | 'json', folder: string): Approvals {
  const ways: Approvals[] = [new Folder(folder)];
  const stdin = output === 'text' && io.stdout.isTTY ? io.stdin() : undefined;
  if (stdin?.isTTY) ways.push(new Terminal(stdin, io.stdout));
  return { ask: (question, signal) => first(ways, question, signal) };
}

/** The answer that comes first; the other ways forget the question then. */
async function first(ways: readonly Approvals[], question: Question, signal: AbortSignal): Promise<Answer | undefined> {
  const enough = new AbortController();
  const stop = () => enough.abort();
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await new Promise<Answer | undefined>((resolve, reject) => {
      const asked = ways.map((way) =>
        way.ask(question, enough.signal).then((answer) => {
          if (answer) resolve(answer);
        }),
      );
      Promise.all(asked).then(() => resolve(undefined), reject);
    });
  } finally {
    signal.removeEventListener('abort', stop);
    stop();
  }
}

/** A question as a file, its answer as another. */
class Folder implements Approvals {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async ask(question: Question, signal: AbortSignal): Promise<Answer | undefined> {
    const published = publish(this.#folder, { ...question, until: question.until.toISOString() });
    let given: Answer | undefined;
    try {
      given = await this.#answer(published, signal);
    } finally {
      // An answered one stays, so that whoever answers after that hears of it.
      if (!given) withdraw(this.#folder, published);
    }
    return given;
  }

  #answer(published: Published, signal: AbortSignal): Promise<Answer | undefined> {
    return new Promise((resolve, reject) => {
      const look = () => {
        try {
          const given = answerTo(this.#folder, published);
          if (given || signal.aborted) end(() => resolve(given));
        } catch (error) {
          end(() => reject(error));
        }
      };
      const timer = setInterval(look, LOOK_MILLISECONDS);
      const watcher = watching(questionsFolder(this.#folder), look);
      const end = (settle: () => void) => {
        clearInterval(timer);
        watcher?.close();
        signal.removeEventListener('abort', look);
        settle();
      };
      signal.addEventListener('abort', look, { once: true });
      look();
    });
  }
}

/** Undefined where the system has no watch left to give: then there is the timer. */
function watching(folder: string, look: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(folder, look);
    watcher.on('error', () => watcher.close());
    return watcher;
  } catch {
    return undefined;
  }
}

/** A line typed at the terminal. Questions are asked one after the other. */
class Terminal implements Approvals {
  readonly #stdin: NodeJS.ReadStream;
  readonly #out: NodeJS.WriteStream;
  #before: Promise<unknown> = Promise.resolve();

  constructor(stdin: NodeJS.ReadStream, out: NodeJS.WriteStream) {
    this.#stdin = stdin;
    this.#out = out;
  }

  ask(question: Question, signal: AbortSignal): Promise<Answer | undefined> {
    const answer = this.#before.then(() => this.#ask(question, signal));
    this.#before = answer;
    return answer;
  }

  #ask({ play, on }: Question, signal: AbortSignal): Promise<Answer | undefined> {
    if (signal.aborted) return Promise.resolve(undefined);
    const prompt = () => this.#out.write(redact(`  "${play}"${on === undefined ? '' : ` on ${on}`}, yes or no? `));
    // The terminal stays as it is, so that Ctrl-C is the signal that it always is.
    const lines = createInterface({ input: this.#stdin, terminal: false });
    return new Promise<Answer | undefined>((resolve) => {
      const giveUp = () => {
        this.#out.write('\n');
        resolve(undefined);
      };
      signal.addEventListener('abort', giveUp, { once: true });
      lines.on('line', (line) => {
        const approved = meaning(line);
        if (approved === undefined) prompt();
        else {
          signal.removeEventListener('abort', giveUp);
          resolve({ approved, who: userAtHost() });
        }
      });
      prompt();
    }).finally(() => closed(lines));
  }
}

function closed(lines: Interface): void {
  lines.removeAllListeners('line');
  lines.close();
}

function meaning(line: string): boolean | undefined {
  const word = line.trim().toLowerCase();
  if (word === 'yes' || word === 'y') return true;
  return word === 'no' || word === 'n' ? false : undefined;
}
