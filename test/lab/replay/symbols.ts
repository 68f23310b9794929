// The recording's names for ids, such as {zone:Zone-1}, and what they are in a lab.

import type { Install, VmRow } from '../../../src/lab/world/install.ts';
import type { Exchange } from './exchange.ts';

export class Symbols {
  readonly #install: Install;
  readonly #jobs = new Map<string, string>();
  readonly #gone = new Map<string, string>();

  constructor(install: Install) {
    this.#install = install;
  }

  /** A text with symbols as this lab's ids. `<zone>` and `<ms>` are the recording's own words for the first of them. */
  concrete(text: string, step: string): string {
    const first = step.includes('two-ms') ? '' : (this.#install.zones[0]?.id ?? '');
    const named = text === '<zone>' ? first : text;
    return named.replace(/\{(\w+):([^{}]*)\}/g, (whole, kind: string, name: string) => this.#find(kind, name) ?? whole);
  }

  /** An answer with this lab's ids as symbols. */
  symbolic(value: unknown): unknown {
    let text = JSON.stringify(value);
    if (text === undefined) return value;
    for (const [symbol, id] of this.#all()) {
      // A VM's name is a symbol only where it stands in quotes; an id is one anywhere.
      text = symbol.startsWith('{vmname:')
        ? text.replaceAll(`"${id}"`, `"${symbol}"`).replaceAll(`\\"${id}\\"`, `\\"${symbol}\\"`)
        : text.replaceAll(id, symbol);
    }
    return JSON.parse(text) as unknown;
  }

  /** Before a VM is destroyed: its id stays known under `gone`. */
  foresee({ params }: Exchange): void {
    const place = /^\{vm:(.*)\}$/.exec(String(params['id']))?.[1];
    const id = this.#find('vm', place ?? '');
    if (params['command'] === 'destroySystemVm' && place && id) this.#gone.set(place, id);
  }

  /** Jobs are named by the exchange that submitted them. */
  learn({ n, params }: Exchange, body: unknown): void {
    const [content] = Object.values((body ?? {}) as Readonly<Record<string, unknown>>);
    const job = (content as { readonly jobid?: string } | undefined)?.jobid;
    if (typeof job === 'string' && params['command'] !== 'queryAsyncJobResult') this.#jobs.set(String(n), job);
  }

  #find(kind: string, name: string): string | undefined {
    const { zones, hosts, servers } = this.#install;
    const vm = this.#install.vms.find((one) => placeOf(one) === name);
    const zone = zones.find((one) => one.name === name);
    if (kind === 'zone') return zone?.id;
    if (kind === 'pod') return zone?.podId;
    if (kind === 'cluster') return zone?.clusterId;
    if (kind === 'ms') return servers[Number(name)]?.id;
    if (kind === 'job') return this.#jobs.get(name);
    if (kind === 'vm') return vm?.id;
    if (kind === 'gone') return this.#gone.get(name);
    if (kind === 'vmname') return vm?.name;
    if (kind === 'agent') return this.#install.vms.find((one) => placeOf(one) === name)?.agent?.id;
    const [place, number] = name.split('/');
    return hosts.filter((host) => host.zone.name === place)[Number(number)]?.id;
  }

  #all(): [string, string][] {
    const { zones, vms, servers } = this.#install;
    return [
      ...zones.flatMap((zone): [string, string][] => [
        [`{zone:${zone.name}}`, zone.id],
        [`{pod:${zone.name}}`, zone.podId],
      ]),
      ...vms.flatMap((vm): [string, string][] => [
        [`{vm:${placeOf(vm)}}`, vm.id],
        [`{vmname:${placeOf(vm)}}`, vm.name],
        ...(vm.agent ? [[`{agent:${placeOf(vm)}}`, vm.agent.id] as [string, string]] : []),
      ]),
      ...zones.flatMap((zone) =>
        this.#install.hosts
          .filter((host) => host.zone === zone)
          .map((host, index): [string, string] => [`{host:${zone.name}/${index}}`, host.id]),
      ),
      ...servers.map((server, index): [string, string] => [`{ms:${index}}`, server.id]),
      ...[...this.#gone].map(([place, id]): [string, string] => [`{gone:${place}}`, id]),
      ...[...this.#jobs].map(([n, id]): [string, string] => [`{job:${n}}`, id]),
    ];
  }
}

const placeOf = (vm: VmRow): string => `${vm.zone.name}/${vm.type}`;
