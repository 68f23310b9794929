// The table `configuration` and its overrides for zones: what is stored, not what a server believes (servers.ts).

import { invalid, uncaught } from './refusal.ts';
import { rulesOf } from './rules.ts';
import { settingLines } from './settings-data.ts';
import type { Profile } from './world.ts';

export interface Setting {
  readonly name: string;
  readonly category: string;
  readonly group: string;
  readonly subgroup: string;
  readonly component: string;
  readonly type: string;
  readonly dynamic: boolean;
  readonly zoneScoped: boolean;
  /** Of the old list, without a config key: a scope id makes the server stumble instead of refuse. */
  readonly legacy: boolean;
  readonly defaultValue: string | null;
  readonly options: string | undefined;
}

const WITHOUT_KEY =
  'Cannot invoke "org.apache.cloudstack.framework.config.ConfigKey.valueInScope(' +
  'org.apache.cloudstack.framework.config.ConfigKey$Scope, java.lang.Long)" because "configKey" is null';

export class Settings {
  readonly #profile: Profile;
  readonly #settings = new Map<string, Setting>();
  readonly #global = new Map<string, string | null>();
  readonly #zones = new Map<string, string | null>();

  constructor(profile: Profile) {
    this.#profile = profile;
    for (const setting of settingsOf(profile)) {
      this.#settings.set(setting.name.toLowerCase(), setting);
      this.#global.set(setting.name, setting.defaultValue);
    }
  }

  /** By name, whatever its case, as MySQL compares. */
  find(name: string): Setting | undefined {
    return this.#settings.get(name.toLowerCase());
  }

  /** All of them by name, hidden ones too. */
  all(): readonly Setting[] {
    return [...this.#settings.values()];
  }

  /** What is stored; null for a blank value. */
  stored(name: string): string | null {
    return this.#global.get(name) ?? null;
  }

  /** What is stored for a zone, the global value where nothing is. */
  inZone(name: string, zone: string): string | null {
    const own = this.#zones.get(`${zone} ${name}`);
    return own === undefined ? this.stored(name) : own;
  }

  hasInZone(name: string, zone: string): boolean {
    return this.#zones.has(`${zone} ${name}`);
  }

  /** Every global value as it is now: what a server memoises when it starts. */
  snapshot(): ReadonlyMap<string, string | null> {
    return new Map(this.#global);
  }

  /** Stores without any check, as the database does. */
  put(name: string, value: string | null, zone?: string): void {
    if (zone === undefined) this.#global.set(name, value);
    else this.#zones.set(`${zone} ${name}`, value);
  }

  clearZone(name: string, zone: string): void {
    this.#zones.delete(`${zone} ${name}`);
  }

  /** `updateConfiguration`: checks and stores. Throws `Refusal`. */
  update(setting: Setting, value: string | undefined, zone: string | undefined): void {
    if (value === undefined && this.#profile === '4.23') {
      throw invalid(`The new value for the [${setting.name}] configuration must be given.`);
    }
    if (zone !== undefined) this.#checkScope(setting);
    const blank = value === undefined || value.trim() === '';
    if (setting.type === 'Boolean' && blank) {
      throw uncaught('Cannot invoke "String.toLowerCase()" because "value" is null');
    }
    if (!blank) checkValue(setting, value, rulesOf[this.#profile].urlDomainChecked);
    this.put(setting.name, this.#toStore(setting, value, zone), zone);
  }

  #checkScope(setting: Setting): void {
    if (setting.zoneScoped) return;
    if (setting.legacy) throw uncaught(WITHOUT_KEY);
    throw invalid(`Invalid scope id provided for the parameter ${setting.name}`);
  }

  /** A blank value is NULL, but "" for a zone, and on 4.23 for every setting that has a config key. */
  #toStore(setting: Setting, value: string | undefined, zone: string | undefined): string | null {
    if (value === undefined) return null;
    if (value.trim() !== '') return setting.type === 'Boolean' ? value.toLowerCase() : value;
    return zone !== undefined || (this.#profile === '4.23' && !setting.legacy) ? '' : null;
  }
}

function checkValue(setting: Setting, value: string, urlDomainChecked: boolean): void {
  if (setting.type === 'Boolean' && !/^(true|false)$/i.test(value)) throw notA('Boolean', value);
  if (setting.type === 'Number' && !isInteger(value)) throw notA('Integer', value);
  if (setting.name === 'secstorage.ssl.cert.domain' && !isDomain(value)) {
    throw invalid('The provided value is not a valid domain name.');
  }
  if (setting.name === 'consoleproxy.url.domain' && urlDomainChecked && !isDomain(value) && !isSiteLocal(value)) {
    throw invalid('The provided value is neither a valid domain name NOR a valid site local IP address.');
  }
}

const notA = (type: string, value: string) => invalid(`Value [${value}] is not a valid [class java.lang.${type}].`);

/** Java's Integer.parseInt. */
export function isInteger(value: string): boolean {
  return /^[+-]?\d+$/.test(value) && Number(value) >= -(2 ** 31) && Number(value) < 2 ** 31;
}

/** A leading `*` is cut off with the character after it; a lone `*` makes Java's substring fail. */
function isDomain(value: string): boolean {
  if (value === '*') throw uncaught('begin 2, end 1, length 1');
  const name = value.startsWith('*') ? value.slice(2) : value;
  return name.length < 238 && /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/i.test(name);
}

/** RFC 1918, which Java calls site local. */
const isSiteLocal = (value: string): boolean =>
  /^(10\.\d+|172\.(1[6-9]|2\d|3[01])|192\.168)\.\d+\.\d+$/.test(value) && value.split('.').every((part) => +part < 256);

function settingsOf(profile: Profile): Setting[] {
  const known = settingLines
    .split('\n')
    .filter((line) => covers(line.split('|')[1] ?? '', profile))
    .map(parse);
  return [...known, ...unrecorded(known, profile)].sort((a, b) =>
    a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1,
  );
}

function covers(range: string, profile: Profile): boolean {
  const [first = '', last = ''] = range.split('-');
  return first <= profile && profile <= last;
}

function parse(line: string): Setting {
  const [name = '', , category = '', group = '', subgroup = '', component = '', type = '', flags = '', value, options] =
    line.split('|');
  return {
    name,
    category,
    group,
    subgroup,
    component,
    type,
    dynamic: flags.includes('d'),
    zoneScoped: flags.includes('z'),
    legacy: flags.includes('l'),
    defaultValue: value === undefined || value === '\\N' ? null : value,
    options: options || undefined,
  };
}

/**
 * Stand-ins for the settings whose names were not recorded, up to the number that a real server lists: a client that
 * does not page would miss what comes after the first 500.
 */
function unrecorded(known: readonly Setting[], profile: Profile): Setting[] {
  const rules = rulesOf[profile];
  const listed = known.filter((setting) => setting.category !== 'Hidden');
  const zoneScoped = rules.zoneSettings - listed.filter((setting) => setting.zoneScoped).length;
  return Array.from({ length: rules.settings - listed.length }, (_, index) => ({
    name: `lab.stand-in.${String(index + 1).padStart(3, '0')}`,
    category: 'Advanced',
    group: 'Miscellaneous',
    subgroup: 'Others',
    component: 'lab',
    type: 'String',
    dynamic: true,
    zoneScoped: index < zoneScoped,
    legacy: false,
    defaultValue: '',
    options: undefined,
  }));
}
