// Settings: listed, updated, reset.

import type { Install, ZoneRow } from '../../world/install.ts';
import { invalid } from '../../world/refusal.ts';
import type { Setting } from '../../world/settings.ts';
import type { Content } from '../answer.ts';
import type { Command, CommandCall, Parameter } from '../command.ts';
import { zoneOf } from '../entities.ts';
import { contains, listOf, same } from '../lists.ts';

function item(setting: Setting, value: string | null, scope: string | undefined): Content {
  const words = setting.name.replaceAll('.', ' ').toLowerCase();
  const displaytext = words.charAt(0).toUpperCase() + words.slice(1);
  return {
    category: setting.category,
    group: setting.group,
    subgroup: setting.subgroup,
    name: setting.name,
    ...(value === null ? {} : { value }),
    ...(setting.defaultValue === null ? {} : { defaultvalue: setting.defaultValue }),
    ...(scope === undefined ? {} : { scope }),
    description: displaytext,
    isdynamic: setting.dynamic,
    component: setting.component,
    displaytext,
    type: setting.type,
    ...(setting.options === undefined ? {} : { options: setting.options }),
  };
}

/** `name` is a part of the name; a zone leaves the settings that have its scope, with the value that holds there. */
function listConfigurations(call: CommandCall): Content {
  const { settings } = call.install;
  const zone = zoneAsked(call);
  const [name, keyword, category] = [call.filter('name'), call.filter('keyword'), call.filter('category')];
  const [group, subgroup] = [call.filter('group'), call.filter('subgroup')];
  const found = settings
    .all()
    .filter(
      (setting) =>
        setting.category !== 'Hidden' &&
        (zone === undefined || setting.zoneScoped) &&
        (name === undefined || contains(setting.name, name)) &&
        (keyword === undefined || contains(setting.name, keyword) || contains(setting.category, keyword)) &&
        (category === undefined || same(setting.category, category)) &&
        (group === undefined || same(setting.group, group)) &&
        (subgroup === undefined || same(setting.subgroup, subgroup)),
    );
  const value = (setting: Setting) =>
    zone ? (settings.inZone(setting.name, zone.id) ?? setting.defaultValue) : settings.stored(setting.name);
  return listOf(
    call,
    'configuration',
    found.map((setting) => item(setting, value(setting), zone ? 'zone' : undefined)),
  );
}

function zoneAsked(call: CommandCall): ZoneRow | undefined {
  const id = call.filter('zoneid');
  if (id !== undefined && call.filter('clusterid') !== undefined) {
    throw invalid('cannot handle multiple IDs, provide only one ID corresponding to the scope');
  }
  return id === undefined ? undefined : zoneOf(call.install, id);
}

function settingAsked(call: CommandCall): Setting {
  const name = call.text('name') ?? '';
  const setting = call.install.settings.find(name);
  if (setting === undefined) throw invalid(`Config parameter with name ${name} doesn't exist`);
  return setting;
}

function updateConfiguration(call: CommandCall): { did: string; content: Content } {
  const { install } = call;
  const zone = zoneAsked(call);
  const name = call.text('name') ?? '';
  const value = call.text('value');
  try {
    const setting = settingAsked(call);
    install.settings.update(setting, value, zone?.id);
    record(install, 'INFO', `Successfully completed updating configuration.  Name: ${name} New Value: ${value ?? ''}`);
    const content = { configuration: item(setting, answered(install, setting, value), zone ? 'zone' : undefined) };
    return { did: `${setting.name} = ${value ?? ''}${zone ? ` in ${zone.name}` : ''}`, content };
  } catch (error) {
    record(install, 'ERROR', `Error while updating configuration.  Name: ${name} New Value: ${value ?? ''}`);
    throw error;
  }
}

/** Until 4.22 the answer echoes what was sent, in its own case; from 4.23 it is the global value, even for a zone. */
function answered(install: Install, setting: Setting, sent: string | undefined): string | null {
  return install.rules.answersReadBack ? install.settings.stored(setting.name) : (sent ?? null);
}

function resetConfiguration(call: CommandCall): { did: string; content: Content } {
  const { settings } = call.install;
  const setting = settingAsked(call);
  const zone = zoneAsked(call);
  if (zone && !setting.zoneScoped) {
    record(call.install, 'ERROR', 'Error while resetting configuration');
    throw invalid(`Invalid scope id provided for the parameter ${setting.name}`);
  }
  if (zone) settings.clearZone(setting.name, zone.id);
  else settings.put(setting.name, setting.defaultValue);
  record(call.install, 'INFO', `Successfully completed resetting configuration.  Name: ${setting.name}`);
  const value = zone ? settings.stored(setting.name) : setting.defaultValue;
  return {
    did: `reset ${setting.name}${zone ? ` in ${zone.name}` : ''}`,
    content: { configuration: item(setting, value, zone ? 'Zone' : undefined) },
  };
}

const record = (install: Install, level: 'INFO' | 'ERROR', description: string) =>
  install.records.event('CONFIGURATION.VALUE.EDIT', description, { level, resourceType: 'Configuration' });

const scopes: readonly Parameter[] = [
  { name: 'zoneid', type: 'uuid', entity: 'zone' },
  { name: 'clusterid', type: 'uuid', entity: 'cluster' },
  { name: 'storageid', type: 'uuid', entity: 'none' },
  { name: 'accountid', type: 'uuid', entity: 'none' },
  { name: 'domainid', type: 'uuid', entity: 'none' },
  { name: 'imagestoreuuid', type: 'uuid', entity: 'none' },
];

export const configurationCommands: readonly Command[] = [
  {
    name: 'listConfigurations',
    kind: 'read',
    parameters: [
      { name: 'name', type: 'string' },
      { name: 'category', type: 'string' },
      { name: 'group', type: 'string' },
      { name: 'subgroup', type: 'string' },
      ...scopes,
    ],
    run: listConfigurations,
  },
  {
    name: 'updateConfiguration',
    kind: 'write',
    parameters: [
      { name: 'name', type: 'string', required: true, notBlank: true },
      { name: 'value', type: 'string', length: 4096 },
      ...scopes,
    ],
    run: updateConfiguration,
  },
  {
    name: 'resetConfiguration',
    kind: 'write',
    parameters: [{ name: 'name', type: 'string', required: true, notBlank: true }, ...scopes],
    run: resetConfiguration,
  },
];
