// What an install remembers of what happened: events and alerts, newest first.

import { randomUUID } from 'node:crypto';

export interface EventRecord {
  readonly id: string;
  readonly type: string;
  readonly level: 'INFO' | 'ERROR';
  readonly description: string;
  readonly username: string;
  readonly account: string;
  readonly resourceType?: string | undefined;
  readonly created: Date;
  readonly state: 'Scheduled' | 'Started' | 'Completed' | 'Created';
}

export interface AlertRecord {
  readonly id: string;
  readonly type: number;
  readonly name: string;
  readonly description: string;
  readonly sent: Date;
}

/** CloudStack's alert types, as far as system VMs and management servers raise them. */
export const alertTypes = {
  'ALERT.SERVICE.CONSOLEPROXY': 10,
  'ALERT.SERVICE.SSVM': 19,
  'ALERT.MANAGEMENT': 14,
} as const;

export class Records {
  readonly #events: EventRecord[] = [];
  readonly #alerts: AlertRecord[] = [];

  get events(): readonly EventRecord[] {
    return this.#events.toReversed();
  }

  get alerts(): readonly AlertRecord[] {
    return this.#alerts.toReversed();
  }

  event(type: string, description: string, more: Partial<Omit<EventRecord, 'id' | 'type' | 'created'>> = {}): void {
    this.#events.push({
      id: randomUUID(),
      type,
      level: 'INFO',
      description,
      username: 'admin',
      account: 'admin',
      created: new Date(),
      state: 'Completed',
      ...more,
    });
  }

  alert(name: keyof typeof alertTypes, description: string): void {
    this.#alerts.push({ id: randomUUID(), type: alertTypes[name], name, description, sent: new Date() });
  }
}
