// hostname, uname, id, whoami, date, uptime, echo, true, false: programs that need no more than a name and a clock.

import { done, failed, type Program } from '../system.ts';

const KERNEL = '6.1.0-37-amd64';

export const hostname: Program = (call) => done(`${call.system.hostname}\n`);

export const uname: Program = (call) => {
  const parts: Readonly<Record<string, string>> = {
    s: 'Linux',
    n: call.system.hostname,
    r: KERNEL,
    m: 'x86_64',
    o: 'GNU/Linux',
  };
  const letters = call.args.join('').replaceAll('-', '') || 's';
  const asked = letters.includes('a') ? Object.keys(parts) : [...letters];
  const unknown = asked.find((letter) => parts[letter] === undefined);
  if (unknown !== undefined)
    return failed(1, `uname: invalid option -- '${unknown}'\nTry 'uname --help' for more information.\n`);
  return done(`${asked.map((letter) => parts[letter]).join(' ')}\n`);
};

export const id: Program = (call) =>
  done(call.args.includes('-u') ? '0\n' : 'uid=0(root) gid=0(root) groups=0(root)\n');

export const whoami: Program = () => done('root\n');

/** `date [-u] [+%s]`. */
export const date: Program = (call) => {
  const now = new Date();
  if (call.args.includes('+%s')) return done(`${Math.floor(now.getTime() / 1000)}\n`);
  const [weekday = '', day, month, year, time] = now.toUTCString().split(' ');
  return done(`${weekday.replace(',', '')} ${month} ${String(Number(day)).padStart(2)} ${time} UTC ${year}\n`);
};

export const uptime: Program = () =>
  done(` ${new Date().toISOString().slice(11, 19)} up 1 day,  0 users,  load average: 0.00, 0.00, 0.00\n`);

export const echo: Program = (call) => {
  const bare = call.args[0] === '-n';
  return done(`${call.args.slice(bare ? 1 : 0).join(' ')}${bare ? '' : '\n'}`);
};

export const succeed: Program = () => done();
export const fail: Program = () => failed(1, '');
