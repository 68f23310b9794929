// Reading settings. `listConfigurations` matches any part of a name and case-insensitively, so that the one asked for
// is picked out here; a blank value is an absent field; hidden settings are never listed.

import type { CloudStackReader, CloudStackWriter, Item } from '../connection.ts';
import { Unreachable } from '../errors.ts';

/** One setting as CloudStack lists it. `value` is effective: a zone's own, or the global one. */
export interface Configuration {
  readonly name: string;
  /** Empty where CloudStack shows none. */
  readonly value: string;
  /** `Boolean`, `Number`, `Select`, `String`; undefined before 4.18. */
  readonly type: string | undefined;
  /** What a `Select` may be. */
  readonly options: readonly string[];
  /** As CloudStack says; not reliable, see settings.ts. */
  readonly dynamic: boolean;
  readonly defaultValue: string;
}

const text = (item: Item, field: string): string => {
  const value = item[field];
  return typeof value === 'string' ? value : value === undefined || value === null ? '' : String(value);
};

function configurationOf(item: Item): Configuration {
  return {
    name: text(item, 'name'),
    value: text(item, 'value'),
    type: text(item, 'type') || undefined,
    options: text(item, 'options').split(',').filter(Boolean),
    dynamic: item['isdynamic'] === true,
    defaultValue: text(item, 'defaultvalue'),
  };
}

/** The settings whose names contain `part`, in a zone or (undefined) globally. */
export async function listConfigurations(
  cloudstack: CloudStackReader,
  part: string | undefined,
  zoneId?: string | undefined,
): Promise<readonly Configuration[]> {
  const items = await cloudstack.list('listConfigurations', { name: part, zoneid: zoneId });
  return items.map(configurationOf);
}

/** The setting of exactly that name; undefined where there is none of that scope, or it is hidden. */
export async function readConfiguration(
  cloudstack: CloudStackReader,
  name: string,
  zoneId?: string | undefined,
): Promise<Configuration | undefined> {
  return (await listConfigurations(cloudstack, name, zoneId)).find((one) => one.name === name);
}

/**
 * Writes a setting. A lost answer is no failure here: the caller reads the setting back in any case, since what
 * `updateConfiguration` answers is not always what it wrote, and that look tells whether the write arrived.
 */
export async function writeConfiguration(
  cloudstack: CloudStackWriter,
  setting: { readonly name: string; readonly value: string; readonly zoneId?: string | undefined },
): Promise<void> {
  const { name, value, zoneId } = setting;
  try {
    await cloudstack.call('updateConfiguration', { name, value, zoneid: zoneId });
  } catch (error) {
    if (error instanceof Unreachable && error.code === 'answer-lost') return;
    throw error;
  }
}
