// What a plan has seen: its tasks look at the same things one after the other, and nothing changes between two looks
// of a plan but by others. A step that asks the same twice waits for a change, and is answered anew.

import type { CloudStackReader, StepDoor, TlsReader } from '../connection.ts';

interface Look {
  readonly by: StepDoor;
  readonly answer: Promise<unknown>;
}

export class Looks {
  readonly #looks = new Map<string, Look>();

  /** The answer that another step had to the same question, or a new one. A failure is not kept. */
  once<T>(question: readonly unknown[], by: StepDoor, ask: () => Promise<T>): Promise<T> {
    const key = JSON.stringify(question);
    const known = this.#looks.get(key);
    if (known && known.by !== by) return known.answer as Promise<T>;
    const answer = ask();
    this.#looks.set(key, { by, answer });
    answer.catch(() => this.#looks.delete(key));
    return answer;
  }

  /** The API of a cloud as the steps of a plan see it. */
  cloudStack(cloud: string, reader: CloudStackReader, by: StepDoor): CloudStackReader {
    return {
      ...reader,
      read: (command, parameters = {}) =>
        this.once([cloud, command, parameters], by, () => reader.read(command, parameters)),
      list: (command, parameters = {}) =>
        this.once([cloud, 'list', command, parameters], by, () => reader.list(command, parameters)),
    };
  }

  tls(cloud: string, reader: TlsReader, by: StepDoor): TlsReader {
    return {
      handshake: (target) =>
        this.once([cloud, target.address, target.port, target.serverName], by, () => reader.handshake(target)),
    };
  }
}
