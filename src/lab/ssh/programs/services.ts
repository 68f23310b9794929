// systemctl, apachectl, ss, pgrep, ps: programs that tell what runs.

import { type Call, done, failed, type Output, type Program, type UnitState } from '../system.ts';
import { readOptions } from './arguments.ts';

const SUB_STATES: Readonly<Record<UnitState, string>> = {
  active: 'running',
  inactive: 'dead',
  failed: 'failed',
  activating: 'start',
};
const NOT_ACTIVE = 3;
const NO_SUCH_UNIT = 4;
const NO_UNIT_TO_START = 5;

/** `systemctl is-active|is-failed|show|status|start|stop|restart UNIT…`. */
export const systemctl: Program = (call) => {
  const words = call.args.filter((word) => !/^--(quiet|no-pager|value)$|^-q$/.test(word));
  const [verb = '', ...rest] = words;
  const quiet = call.args.includes('--quiet') || call.args.includes('-q');
  const units = rest.filter((word, index) => !word.startsWith('-') && rest[index - 1] !== '-p');
  if (verb === 'is-active') return isActive(call, units, quiet);
  if (verb === 'status') return status(call, units[0] ?? '');
  if (verb === 'show') return show(call, units[0] ?? '', rest);
  if (verb === 'start' || verb === 'stop' || verb === 'restart') return control(call, verb, units);
  return failed(1, `Unknown command verb ${verb}.\n`);
};

const bare = (unit: string): string => unit.replace(/\.service$/, '');

function isActive(call: Call, units: readonly string[], quiet: boolean): Output {
  const states = units.map((unit) => call.system.unit(bare(unit)) ?? 'inactive');
  const stdout = quiet ? '' : states.map((state) => `${state}\n`).join('');
  return { code: states.some((state) => state === 'active') ? 0 : NOT_ACTIVE, stdout, stderr: '' };
}

function status(call: Call, unit: string): Output {
  const name = bare(unit);
  const state = call.system.unit(name);
  if (state === undefined) return failed(NO_SUCH_UNIT, `Unit ${name}.service could not be found.\n`);
  const mark = { active: '●', activating: '●', inactive: '○', failed: '×' }[state];
  const words = state === 'failed' ? 'failed (Result: exit-code)' : `${state} (${SUB_STATES[state]})`;
  const loaded = `loaded (/lib/systemd/system/${name}.service; enabled; preset: enabled)`;
  const stdout = `${mark} ${name}.service\n     Loaded: ${loaded}\n     Active: ${words}\n`;
  return { code: state === 'active' ? 0 : NOT_ACTIVE, stdout, stderr: '' };
}

/** `show UNIT -p NAME[,NAME]… [--value]`. */
function show(call: Call, unit: string, args: readonly string[]): Output {
  const state = call.system.unit(bare(unit));
  const properties: Readonly<Record<string, string>> = {
    Id: `${bare(unit)}.service`,
    LoadState: state === undefined ? 'not-found' : 'loaded',
    ActiveState: state ?? 'inactive',
    SubState: SUB_STATES[state ?? 'inactive'],
    Result: state === 'failed' ? 'exit-code' : 'success',
  };
  const asked = args.flatMap((word, index) => {
    const given = word === '-p' ? args[index + 1] : /^(?:-p|--property=)(.+)/.exec(word)?.[1];
    return given?.split(',') ?? [];
  });
  const names = (asked.length > 0 ? asked : Object.keys(properties)).filter((name) => properties[name] !== undefined);
  const bareValues = call.args.includes('--value');
  return done(names.map((name) => `${bareValues ? '' : `${name}=`}${properties[name]}\n`).join(''));
}

function control(call: Call, verb: 'start' | 'stop' | 'restart', units: readonly string[]): Output {
  for (const unit of units) {
    const name = bare(unit);
    if (call.system.unit(name) === undefined) {
      return failed(NO_UNIT_TO_START, `Failed to ${verb} ${name}.service: Unit ${name}.service not found.\n`);
    }
    const problem = call.system.control(name, verb);
    if (problem !== undefined) return failed(1, `Failed to ${verb} ${name}.service: ${problem}\n`);
    if (verb !== 'stop' && call.system.unit(name) === 'failed') return failed(1, startFailure(name));
  }
  return done();
}

const startFailure = (name: string): string =>
  `Job for ${name}.service failed because the control process exited with error code.\n` +
  `See "systemctl status ${name}.service" and "journalctl -xeu ${name}.service" for details.\n`;

/** `apachectl configtest|-t` and `-S`, told from the vhost files that are there. */
export const apachectl: Program = (call) => {
  const vhosts = call.system.paths().filter((path) => path.startsWith('/etc/apache2/sites-enabled/'));
  if (call.args.includes('-S')) {
    const listed = vhosts.map(
      (path) => `${/<VirtualHost ([^>]+)>/.exec(textOf(call, path))?.[1] ?? '*:443'} (${path}:1)\n`,
    );
    return done(`VirtualHost configuration:\n${listed.join('')}`);
  }
  const missing = vhosts.flatMap((path) => missingFiles(call, path));
  if (missing.length > 0) return failed(1, `${missing[0]}\nAction '${call.args.join(' ')}' failed.\n`);
  return { ...done(), stderr: 'Syntax OK\n' };
};

const textOf = (call: Call, path: string): string => call.system.read(path)?.toString('utf8') ?? '';

function missingFiles(call: Call, vhost: string): string[] {
  const named = [...textOf(call, vhost).matchAll(/^\s*(SSLCertificate\w*)\s+(\S+)/gm)];
  return named
    .filter(([, , path = '']) => call.system.read(path) === undefined)
    .map(
      ([, directive, path]) =>
        `AH00526: Syntax error on ${vhost}:\n${directive}: file '${path}' does not exist or is empty`,
    );
}

/** `ss -ltn`: listening TCP sockets. */
export const ss: Program = (call) => {
  const { unknown } = readOptions(call.args, 'ltnHp4');
  if (unknown !== undefined) return failed(255, `ss: invalid option -- '${unknown}'\n`);
  const heading = 'State  Recv-Q Send-Q Local Address:Port Peer Address:PortProcess\n';
  const rows = call.system
    .listening()
    .map(({ address, port }) => `LISTEN 0      128    ${`${address}:${port}`.padStart(18)}      0.0.0.0:*          \n`);
  return done((call.args.some((word) => /^-\w*H/.test(word)) ? '' : heading) + rows.join(''));
};

/** `pgrep [-f] [-x] [-c] PATTERN`: numbers of the processes; code 1 when there is none. */
export const pgrep: Program = (call) => {
  const { options, operands } = readOptions(call.args, 'fxcla');
  const pattern = new RegExp(options.has('x') ? `^(?:${operands[0]})$` : (operands[0] ?? ''));
  const found = numbered(call).filter(({ line }) => pattern.test(options.has('f') ? line : (line.split(' ')[0] ?? '')));
  const listed = found.map(({ pid, line }) => `${pid}${options.has('a') ? ` ${line}` : ''}\n`).join('');
  return { code: found.length > 0 ? 0 : 1, stdout: options.has('c') ? `${found.length}\n` : listed, stderr: '' };
};

/** `ps`, whatever the options: number and command line. */
export const ps: Program = (call) =>
  done(
    `    PID CMD\n${numbered(call)
      .map(({ pid, line }) => `${String(pid).padStart(7)} ${line}\n`)
      .join('')}`,
  );

const FIRST_PID = 400;
const numbered = (call: Call): { pid: number; line: string }[] =>
  call.system.processes().map((line, index) => ({ pid: FIRST_PID + index * 7, line }));
