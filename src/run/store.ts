// What tasks registered or set: one store for both, the last writer wins, as in Ansible.

import type { Host, Value } from '../model.ts';

export class Store {
  readonly #values = new Map<string, Map<string, Value>>();

  of(host: Host): ReadonlyMap<string, Value> | undefined {
    return this.#values.get(host.path);
  }

  set(host: Host, name: string, value: Value): void {
    const values = this.#values.get(host.path);
    if (values) values.set(name, value);
    else this.#values.set(host.path, new Map([[name, value]]));
  }
}
