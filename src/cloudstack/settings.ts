// What CloudStack does not say about its settings: what a value must look like, how it is stored, and who has to be
// restarted before it counts. `isdynamic` is no reliable answer to the last (measured on 4.21, 4.22 and 4.23).

import type { Configuration } from './configuration.ts';
import { behaviourOf } from './versions.ts';

/** CloudStack's longest value of `updateConfiguration`. */
const LONGEST_VALUE = 4096;

/**
 * Categories `Hidden` and `Secure` of CloudStack: `listConfigurations` never shows them, `updateConfiguration` takes
 * anything for them and can so destroy the install's own CA (measured on 4.21 and 4.22).
 */
const HIDDEN =
  /^(ca\.plugin\.root\.(private\.key|public\.key|ca\.certificate)|ssh\.(private|public)key|security\.(encryption|hash)\.(key|iv)|security\.singlesignon\.key|init)$/;

export const isHidden = (name: string): boolean => HIDDEN.test(name);

/** What a setting holds, as far as its values are checked. */
type Kind = 'boolean' | 'number' | 'select' | 'domain' | 'text';

const DOMAINS = new Set(['consoleproxy.url.domain', 'secstorage.ssl.cert.domain']);

function kindOf(setting: Configuration): Kind {
  if (DOMAINS.has(setting.name)) return 'domain';
  if (setting.type === 'Boolean') return 'boolean';
  if (setting.type === 'Number') return 'number';
  if (setting.options.length > 0) return 'select';
  // Releases before 4.18 tell no type; a default of true or false gives it away.
  if (setting.type === undefined && /^(true|false)$/.test(setting.defaultValue)) return 'boolean';
  return 'text';
}

/** A value as CloudStack would store it: booleans lower case, blank as nothing. */
export function storedValue(setting: Configuration, value: string): string {
  if (value.trim() === '') return '';
  return kindOf(setting) === 'boolean' ? value.toLowerCase() : value;
}

/**
 * CloudStack's own rule (ConfigurationManagerImpl): optional `*.`, labels of letters, digits and hyphens, the last one of
 * letters alone, under 238 characters in all. 4.22 and later do not apply it to `consoleproxy.url.domain`, and hand
 * out broken URLs then.
 */
function isDomain(value: string): boolean {
  const name = value.startsWith('*.') ? value.slice(2) : value;
  return name.length < 238 && /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/i.test(name);
}

/** What is wrong with a value, as the end of a sentence, with what to write instead; undefined where it is fine. */
export function wrongValue(setting: Configuration, value: string): { wrong: string; hint: string } | undefined {
  if (value.length > LONGEST_VALUE) {
    return { wrong: `is ${value.length} characters long`, hint: `CloudStack stores at most ${LONGEST_VALUE}` };
  }
  const kind = kindOf(setting);
  if (kind === 'boolean' && !/^(true|false)$/i.test(value)) {
    return { wrong: 'is not a boolean', hint: 'write true or false' };
  }
  if (value.trim() === '') return undefined;
  if (kind === 'number' && !/^-?\d+(\.\d+)?$/.test(value)) {
    return { wrong: 'is not a number', hint: `the default is ${setting.defaultValue || 'none'}` };
  }
  if (kind === 'select' && !setting.options.includes(value)) {
    return { wrong: 'is not one of its options', hint: `write one of ${setting.options.join(', ')}` };
  }
  if (kind === 'domain' && !isDomain(value)) {
    return {
      wrong: 'is not a domain',
      hint: 'write *.console.example.com for names made of addresses, or console.example.com for one fixed name',
    };
  }
  return undefined;
}

/** Who has to be restarted, in this order, before a new value of a setting counts everywhere. */
export interface Restarts {
  readonly managementServers: boolean;
  /** System VMs that carry the value in their boot arguments or their agent's set-up. */
  readonly systemVms: 'console proxies' | 'secondary storage VMs' | undefined;
}

/** Known answers; the release decides about the console settings. Absent: `isdynamic` is taken at its word. */
const MANAGEMENT_SERVER_RESTART: Readonly<Record<string, boolean>> = {
  'secstorage.ssl.cert.domain': true,
  'secstorage.encrypt.copy': true,
  // Written so that the next start reads it; a restart is what it is set ahead of.
  'consoleproxy.management.state': false,
  // The task is scheduled once, at start, whatever the flag says.
  'ca.framework.background.task.delay': true,
  'use.https.to.upload': false,
};

function restartsManagementServers(setting: Configuration, zoned: boolean): boolean {
  // A zone's own value is read live; the global one is memoised for the life of the process (ConfigKey).
  if (zoned) return false;
  return MANAGEMENT_SERVER_RESTART[setting.name] ?? !setting.dynamic;
}

function restartedSystemVms(name: string): Restarts['systemVms'] {
  if (name === 'consoleproxy.url.domain' || name === 'consoleproxy.sslEnabled') return 'console proxies';
  if (name.startsWith('secstorage.') || name === 'use.https.to.upload') return 'secondary storage VMs';
  return undefined;
}

export function restartsFor(setting: Configuration, zoned: boolean): Restarts {
  return {
    managementServers: restartsManagementServers(setting, zoned),
    systemVms: restartedSystemVms(setting.name),
  };
}

/** Restarts in words: `takes effect after a restart of the management servers, then of the console proxies`. */
export function restartWords(restarts: Restarts): string {
  const who = [
    restarts.managementServers ? 'the management servers' : undefined,
    restarts.systemVms && `the ${restarts.systemVms}`,
  ];
  const named = who.filter((one) => one !== undefined);
  if (named.length === 0) return 'takes effect at once';
  return `takes effect after a restart of ${named.join(', then of ')}`;
}

/** Whether zones may have values of their own for a setting that a rotation sets, where the release lets them. */
export const mayHaveZoneValues = (name: string): boolean => name.startsWith('consoleproxy.');

/** Why a setting cannot be set for one zone, judged by its name and the release; undefined where it may be. */
export function zoneRefusal(name: string, version: string): string | undefined {
  if (name.startsWith('secstorage.')) return `"${name}" has no zone scope in any release`;
  if (mayHaveZoneValues(name) && !behaviourOf(version).consoleSettingsByZone) {
    return `"${name}" has a zone scope from CloudStack 4.22 on, and this is ${version}`;
  }
  return undefined;
}
