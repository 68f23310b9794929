import {
  type Configuration,
  listConfigurations,
  readConfiguration,
  writeConfiguration,
} from '../src/cloudstack/configuration.ts';
import {
  isHidden,
  mayHaveZoneValues,
  restartsFor,
  restartWords,
  storedValue,
  wrongValue,
  zoneRefusal,
} from '../src/cloudstack/settings.ts';
import { behaviourOf, versionOf } from '../src/cloudstack/versions.ts';
import { nearest } from '../src/nearest.ts';
import {
  defineTask,
  Failure,
  ok,
  type Reader,
  type Since,
  type TaskHost,
  type Value,
  type Verdict,
} from '../src/task.ts';

interface Detail {
  readonly name: string;
  readonly value: string;
  readonly zoneId: string | undefined;
  readonly restartNeeded: boolean;
}

interface Zone {
  readonly id: string;
  readonly name: string;
}

const shown = (value: string): string => (value === '' ? '(blank)' : value);

function textOf(name: string, value: Value): string {
  if (value === null) return '';
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new Failure(`the value of "${name}" is not text, a number, true or false`, { code: 'setting-value' });
}

const listZones = async (read: Reader): Promise<Zone[]> =>
  (await read.cloudstack.list('listZones')).map((item) => ({ id: String(item['id']), name: String(item['name']) }));

async function zoneNamed(nameOrId: string, read: Reader): Promise<Zone> {
  const zones = await listZones(read);
  const zone = zones.find(({ id, name }) => id === nameOrId || name === nameOrId);
  if (zone) return zone;
  const near = nearest(
    nameOrId,
    zones.map(({ name }) => name),
  );
  throw new Failure(`there is no zone "${nameOrId}"`, {
    code: 'setting-zone',
    hint: near ? `did you mean "${near}"?` : `the zones are ${zones.map(({ name }) => name).join(', ')}`,
  });
}

function refuseHidden(name: string): void {
  if (!isHidden(name)) return;
  throw new Failure(`"${name}" is a hidden setting, which cannot be read back`, {
    code: 'setting-hidden',
    hint: 'CloudStack would take any value for it, and a wrong one can cost every system VM its agent; see the CA and key chapters of its manual',
  });
}

/** A name that is not listed in its scope: the nearest that is, or the scope as the reason. */
async function unknownSetting(name: string, zone: Zone | undefined, read: Reader): Promise<Failure> {
  if (zone && (await readConfiguration(read.cloudstack, name))) {
    return new Failure(`"${name}" cannot be set for one zone in this version of CloudStack`, {
      code: 'setting-scope',
      hint: 'leave "zone" out to set it for the whole cloud',
    });
  }
  const names = (await listConfigurations(read.cloudstack, undefined)).map((one) => one.name);
  const near = nearest(name, names);
  return new Failure(`there is no setting "${name}" in this version of CloudStack`, {
    code: 'setting-unknown',
    hint: near ? `did you mean "${near}"?` : 'listConfigurations shows all that can be set',
  });
}

async function find(name: string, zone: Zone | undefined, host: TaskHost, read: Reader): Promise<Configuration> {
  refuseHidden(name);
  const refusal = zone && zoneRefusal(name, await versionOf(host, read));
  if (refusal) {
    throw new Failure(refusal, { code: 'setting-scope', hint: 'leave "zone" out to set it for the whole cloud' });
  }
  const setting = await readConfiguration(read.cloudstack, name, zone?.id);
  if (setting) return setting;
  throw await unknownSetting(name, zone, read);
}

/** Warns of zones with a value of their own, where what is set for the whole cloud does not count. */
async function warnOfZones(setting: Configuration, present: string, host: TaskHost, read: Reader): Promise<void> {
  const { name } = setting;
  if (!mayHaveZoneValues(name) || !behaviourOf(await versionOf(host, read)).consoleSettingsByZone) return;
  const zones = await listZones(read);
  const settings = await Promise.all(zones.map(({ id }) => readConfiguration(read.cloudstack, name, id)));
  zones.forEach((zone, index) => {
    const own = settings[index] && storedValue(setting, settings[index].value);
    if (own === undefined || own === present) return;
    read.tell.warn(
      `"${name}" is ${shown(own)} in zone ${zone.name}, which has a value of its own: that of the whole cloud does not count there`,
      `set it there as well: global_setting: { name: ${name}, zone: ${zone.name}, value: … }`,
    );
  });
}

function refuseWrongValue(setting: Configuration, value: string): void {
  const refusal = wrongValue(setting, value);
  if (!refusal) return;
  const start = value.length > 60 ? `${value.slice(0, 60)}…` : value;
  throw new Failure(`the value "${start}" of "${setting.name}" ${refusal.wrong}`, {
    code: 'setting-value',
    hint: refusal.hint,
  });
}

export const globalSetting = defineTask({
  name: 'global_setting',
  summary: 'keeps a global setting of CloudStack, or a zone’s own value of one, at a value',
  description:
    'The name is taken exactly. Values are compared as CloudStack stores them: booleans in lower case, blank as nothing. A hidden setting, an unknown name and a value that does not fit are refused before anything is written, also where CloudStack itself would take them. Zones that have a value of their own (console settings, from 4.22 on) are warned of. `restart_needed` tells whether the management servers must be restarted for the new value to count: notify a handler. CloudStack’s own `isdynamic` is not reliable there. No call tells which value a running server has read: a run that ends between the setting and the restart leaves a setting that the next run finds right, and the servers must then be restarted by hand.',
  args: {
    name: { type: 'string', description: 'the exact name of the setting', required: true },
    value: { type: 'any', description: 'text, a number, true or false; "" for blank', required: true },
    zone: { type: 'string', description: 'name or id of a zone, for its own value; by default the whole cloud' },
  },
  returns: {
    name: 'the setting',
    value: 'its value now',
    previous: 'its value before',
    restart_needed: 'whether the management servers must be restarted before it counts',
  },
  example:
    '- name: Consoles have names\n  global_setting: { name: consoleproxy.url.domain, value: "{{ console_domain }}" }\n  notify: restart the management servers\n',
  timeoutSeconds: 60,
  async check(args, host, read, since?: Since<Detail>): Promise<Verdict<Detail>> {
    const zone = args.zone === undefined ? undefined : await zoneNamed(args.zone, read);
    const setting = await find(args.name, zone, host, read);
    const value = textOf(args.name, args.value);
    refuseWrongValue(setting, value);
    const wanted = storedValue(setting, value);
    const present = storedValue(setting, setting.value);
    const values = { name: setting.name, value: wanted, previous: present };
    if (!zone && (!since || present === wanted)) await warnOfZones(setting, present, host, read);
    // After a change of its own: what was before it, and what it needs, is what `apply` said.
    const told = { ...values, restart_needed: false, ...since?.applied.values };
    const decidedOn = { value: present };
    if (present === wanted) return ok(`is ${shown(wanted)}`, { values: told, decidedOn });
    const restarts = restartsFor(setting, zone !== undefined);
    const detail: Detail = {
      name: setting.name,
      value: wanted,
      zoneId: zone?.id,
      restartNeeded: restarts.managementServers,
    };
    const scope = zone ? ` in ${zone.name}` : '';
    return {
      verdict: 'change',
      summary: `set ${setting.name}${scope} to ${shown(wanted)}`,
      impact: `was ${shown(present)}; ${restartWords(restarts)}`,
      diff: { before: `${present}\n`, after: `${wanted}\n`, name: `${setting.name}${scope}` },
      detail,
      values: { ...values, restart_needed: restarts.managementServers },
      decidedOn,
    };
  },
  async apply(change, _host, write) {
    const { name, value, zoneId, restartNeeded } = change.detail;
    await writeConfiguration(write.cloudstack, { name, value, zoneId });
    return { values: { ...change.values, restart_needed: restartNeeded } };
  },
});
