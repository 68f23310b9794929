// The programs that every machine of the lab has.

import { cat, checksum, grep, head, readlink, wc } from './programs/files.ts';
import { date, echo, fail, hostname, id, succeed, uname, uptime, whoami } from './programs/identity.ts';
import { openssl } from './programs/openssl.ts';
import { ls, stat, test } from './programs/paths.ts';
import { pgrep, ps, ss, systemctl } from './programs/services.ts';
import type { Program } from './system.ts';

export const everywhere: ReadonlyMap<string, Program> = new Map<string, Program>([
  ['cat', cat],
  ['head', head],
  ['tail', head],
  ['wc', wc],
  ['grep', grep],
  ['sha256sum', checksum],
  ['sha1sum', checksum],
  ['md5sum', checksum],
  ['readlink', readlink],
  ['ls', ls],
  ['stat', stat],
  ['test', test],
  ['[', test],
  ['openssl', openssl],
  ['systemctl', systemctl],
  ['ss', ss],
  ['pgrep', pgrep],
  ['ps', ps],
  ['hostname', hostname],
  ['uname', uname],
  ['id', id],
  ['whoami', whoami],
  ['date', date],
  ['uptime', uptime],
  ['echo', echo],
  ['true', succeed],
  ['false', fail],
]);
