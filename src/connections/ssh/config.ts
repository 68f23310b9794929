// What OpenSSH's configuration says of a host, asked from OpenSSH itself (`ssh -G`): it alone follows Include, Match
// and %-tokens as it should be.

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { Failure } from '../../errors.ts';
import { expandHome } from '../paths.ts';

export interface SshConfig {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** Absolute paths, in the order in which they are tried; not all of them exist. */
  readonly identityFiles: readonly string[];
  readonly identitiesOnly: boolean;
  /** The agent's socket; undefined: none. */
  readonly agent: string | undefined;
  readonly knownHostsFiles: readonly string[];
  readonly hostKeyAlias: string | undefined;
  /** Hosts to go through, first hop first; names as on ssh's command line. */
  readonly jumps: readonly string[];
}

export interface SshConfigQuery {
  /** Host as ssh's command line would have it. */
  readonly name: string;
  readonly configFile: string | undefined;
  readonly user: string | undefined;
  readonly port: number | undefined;
  readonly home: string;
  readonly environment: NodeJS.ProcessEnv;
}

const SYSTEM_CONFIG = '/etc/ssh/ssh_config';
const IDENTITIES = ['id_ed25519', 'id_ecdsa', 'id_rsa'];
const execute = promisify(execFile);

function programExists(name: string, { PATH = '' }: NodeJS.ProcessEnv): boolean {
  return PATH.split(delimiter).some((folder) => folder !== '' && existsSync(join(folder, name)));
}

/** Without ssh or without any configuration: what ssh does by default. */
function defaults({ name, user, port, home, environment }: SshConfigQuery): SshConfig {
  return {
    host: name,
    port: port ?? 22,
    user: user ?? userInfo().username,
    identityFiles: IDENTITIES.map((file) => join(home, '.ssh', file)),
    identitiesOnly: false,
    agent: environment['SSH_AUTH_SOCK'],
    knownHostsFiles: [join(home, '.ssh', 'known_hosts'), '/etc/ssh/ssh_known_hosts'],
    hostKeyAlias: undefined,
    jumps: [],
  };
}

type Settings = ReadonlyMap<string, readonly string[]>;

function parseSettings(output: string): Settings {
  const settings = new Map<string, string[]>();
  for (const line of output.split('\n')) {
    const space = line.indexOf(' ');
    if (space < 1) continue;
    const name = line.slice(0, space);
    settings.set(name, [...(settings.get(name) ?? []), line.slice(space + 1).trim()]);
  }
  return settings;
}

function agentOf(setting: string | undefined, { home, environment }: SshConfigQuery): string | undefined {
  if (setting === undefined || setting === 'SSH_AUTH_SOCK') return environment['SSH_AUTH_SOCK'];
  if (setting === 'none') return undefined;
  return setting.startsWith('$') ? environment[setting.slice(1)] : expandHome(setting, home);
}

function configOf(settings: Settings, query: SshConfigQuery): SshConfig {
  const one = (name: string): string | undefined => settings.get(name)?.[0];
  const base = defaults(query);
  const command = one('proxycommand');
  if (command !== undefined && command !== 'none') {
    throw new Failure(`the ssh configuration of "${query.name}" has a ProxyCommand, which is not there yet`, {
      code: 'ssh-config',
      hint: 'use ProxyJump, or lead the connection elsewhere with "connect_to"',
    });
  }
  const jump = one('proxyjump');
  const files = [one('userknownhostsfile'), one('globalknownhostsfile')].flatMap((list) => list?.split(' ') ?? []);
  return {
    host: one('hostname') ?? base.host,
    port: Number(one('port') ?? base.port),
    user: one('user') ?? base.user,
    identityFiles: (settings.get('identityfile') ?? []).map((file) => expandHome(file, query.home)),
    identitiesOnly: one('identitiesonly') === 'yes',
    agent: agentOf(one('identityagent'), query),
    knownHostsFiles: files.filter((file) => file !== 'none').map((file) => expandHome(file, query.home)),
    hostKeyAlias: one('hostkeyalias'),
    jumps: jump === undefined || jump === 'none' ? [] : jump.split(','),
  };
}

async function ask({ name, configFile, user, port, environment }: SshConfigQuery): Promise<string> {
  const words = [
    '-G',
    ...(configFile === undefined ? [] : ['-F', configFile]),
    ...(user === undefined ? [] : ['-l', user]),
    ...(port === undefined ? [] : ['-p', String(port)]),
    '--',
    name,
  ];
  try {
    return (await execute('ssh', words, { env: environment, timeout: 10_000 })).stdout;
  } catch (error) {
    const said = String((error as { stderr?: unknown }).stderr ?? error).trim();
    throw new Failure(`the ssh configuration of "${name}" cannot be read: ${said}`, { code: 'ssh-config' });
  }
}

/** Gives the settings for a host; rejects with `Failure` for a configuration that ssh refuses or that is not there yet. */
export type SshConfigs = (query: SshConfigQuery) => Promise<SshConfig>;

/** Asks once a run for each host: every question is a process. */
export function sshConfigs(): SshConfigs {
  const asked = new Map<string, Promise<SshConfig>>();
  return (query) => {
    const key = JSON.stringify([query.name, query.configFile, query.user, query.port]);
    const config = asked.get(key) ?? sshConfig(query);
    asked.set(key, config);
    return config;
  };
}

async function sshConfig(query: SshConfigQuery): Promise<SshConfig> {
  const { configFile, home, environment } = query;
  const there = programExists('ssh', environment);
  if (configFile !== undefined && !existsSync(configFile)) {
    throw new Failure(`the file "${configFile}" of "ssh_config_file" is missing`, { code: 'ssh-config' });
  }
  if (configFile !== undefined && !there) {
    throw new Failure('"ssh_config_file" is set, but there is no program "ssh" to read it', {
      code: 'ssh-config',
      hint: 'install the OpenSSH client, or write user, port and key into the inventory',
    });
  }
  const configured = configFile !== undefined || existsSync(join(home, '.ssh', 'config')) || existsSync(SYSTEM_CONFIG);
  return there && configured ? configOf(parseSettings(await ask(query)), query) : defaults(query);
}
