// Asynchronous jobs: submitted, run on one management server, cut when that server goes.

import { randomUUID } from 'node:crypto';
import type { Clock } from './clock.ts';
import { seconds } from './clock.ts';
import type { Orders } from './orders.ts';
import { Refusal, uncaught } from './refusal.ts';

export interface Job {
  readonly dbId: number;
  readonly id: string;
  /** Lower case, for faults. */
  readonly command: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** The Java class, without its package's common front. */
  readonly class: string;
  readonly instance: { readonly type: string; readonly id: string } | undefined;
  readonly server: string;
  readonly created: Date;
  completed?: Date | undefined;
  /** 0 in progress, 1 succeeded, 2 failed. */
  status: 0 | 1 | 2;
  resultCode: number;
  result?: Readonly<Record<string, unknown>> | undefined;
  /** Ended by a restart of its server: there is no result, and the work may have been done. */
  cut: boolean;
}

export interface JobOrder {
  readonly command: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly class: string;
  readonly instance?: { readonly type: string; readonly id: string } | undefined;
  readonly server: string;
  readonly customId: string | undefined;
  /** Gives the result; throws `Refusal` for a failed job. */
  readonly work: () => Promise<Readonly<Record<string, unknown>>>;
}

export class Jobs {
  readonly #jobs: Job[] = [];
  readonly #hanging: (() => void)[] = [];
  readonly #clock: Clock;
  readonly #orders: Orders;

  constructor(clock: Clock, orders: Orders) {
    this.#clock = clock;
    this.#orders = orders;
  }

  get all(): readonly Job[] {
    return this.#jobs;
  }

  pending(server?: string): readonly Job[] {
    return this.#jobs.filter((job) => job.status === 0 && (server === undefined || job.server === server));
  }

  /** By UUID, or by the number that it has in the database. */
  find(id: string): Job | undefined {
    return this.#jobs.find((job) => job.id === id || String(job.dbId) === id);
  }

  /** Submits and starts. Throws `Refusal` where the custom id is no lower-case UUID or is taken. */
  submit(order: JobOrder): Job {
    const id = order.customId ?? randomUUID();
    if (this.find(id)) throw uncaught('Entity already exists ');
    const { command, parameters, instance, server } = order;
    const job: Job = {
      dbId: this.#jobs.length + 1,
      id,
      command,
      parameters,
      class: order.class,
      instance,
      server,
      created: this.#clock.now(),
      status: 0,
      resultCode: 0,
      cut: false,
    };
    this.#jobs.push(job);
    void this.#run(job, order);
    return job;
  }

  /** The server is going: its jobs end without a result. */
  cut(server: string): void {
    for (const job of this.pending(server)) {
      job.cut = true;
      this.#end(job, 2, 530, undefined);
    }
  }

  async #run(job: Job, order: JobOrder): Promise<void> {
    await this.#clock.sleep(seconds.job);
    if (job.cut) return;
    if (this.#orders.strikes('job-never-ends', job)) {
      this.#hanging.push(() => void this.#work(job, order));
      return;
    }
    await this.#work(job, order);
  }

  /** What hangs goes on. */
  goOn(): void {
    for (const go of this.#hanging.splice(0)) go();
  }

  async #work(job: Job, order: JobOrder): Promise<void> {
    if (job.cut) return;
    if (this.#orders.strikes('job-fails', job)) {
      this.#fail(job, uncaught('Command failed due to Internal Server Error'));
      return;
    }
    try {
      const result = await order.work();
      if (!job.cut) this.#end(job, 1, 0, result);
    } catch (error) {
      // Anything but a refusal is a bug of the lab; a client shall see it, not a hanging job.
      this.#fail(job, error instanceof Refusal ? error : uncaught(`lab: ${String(error)}`));
    }
  }

  #fail(job: Job, refusal: Refusal): void {
    if (job.cut) return;
    this.#end(job, 2, refusal.status, { errorcode: refusal.status, errortext: refusal.message });
  }

  #end(job: Job, status: 1 | 2, code: number, result: Job['result']): void {
    job.status = status;
    job.resultCode = code;
    job.result = result;
    job.completed = this.#clock.now();
  }
}

/** A job id of the caller's must be a UUID in lower case. */
export const isCustomJobId = (id: string): boolean =>
  /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/.test(id);
