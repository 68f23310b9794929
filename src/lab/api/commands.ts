// The commands that a lab's management server knows, by release line.

import { uncaught } from '../world/refusal.ts';
import type { Profile } from '../world/world.ts';
import type { Content } from './answer.ts';
import type { Command, CommandCall } from './command.ts';
import { caCommands } from './commands/ca.ts';
import { uploadCustomCertificate } from './commands/certificates.ts';
import { configurationCommands } from './commands/configurations.ts';
import { jobCommands } from './commands/jobs.ts';
import { recordCommands } from './commands/records.ts';
import { maintenanceCommands, serverCommands } from './commands/servers.ts';
import { systemVmCommands } from './commands/systemvms.ts';
import { userCommands } from './commands/users.ts';
import { zoneCommands } from './commands/zones.ts';
import { listOf } from './lists.ts';

/** By their exact names: CloudStack knows no other spelling. */
export function commandsOf(profile: Profile): ReadonlyMap<string, Command> {
  const commands: Command[] = [
    ...zoneCommands,
    ...configurationCommands,
    ...systemVmCommands,
    ...jobCommands,
    ...recordCommands,
    ...serverCommands,
    ...(profile === '4.18' ? [] : maintenanceCommands),
    ...caCommands,
    ...userCommands,
    uploadCustomCertificate,
  ];
  const listApis: Command = {
    name: 'listApis',
    kind: 'read',
    parameters: [{ name: 'name', type: 'string' }],
    run: (call) => apisOf(call, commands),
  };
  return new Map([...commands, listApis].map((command) => [command.name, command]));
}

function apisOf(call: CommandCall, commands: readonly Command[]): Content {
  const name = call.filter('name');
  const apis = commands.filter((command) => name === undefined || command.name === name);
  if (apis.length === 0) {
    throw uncaught('Api Discovery plugin was unable to find an api by that name or process any apis');
  }
  return listOf(call, 'api', apis.map(apiItem));
}

const apiItem = (command: Command): Content => ({
  name: command.name,
  description: command.name,
  isasync: command.kind === 'async',
  params: command.parameters.map(({ name, type, length, required }) => ({
    name,
    type,
    length: length ?? 255,
    required: required ?? false,
  })),
});
