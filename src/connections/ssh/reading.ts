// The programs that a look may run on a machine: each with the arguments under which it changes nothing, and shows
// no private key. What is not in this list is refused, so that a check cannot write even by mistake.

import { basename, dirname } from 'node:path';
import type { ExecOptions } from '../../connection.ts';
import { Failure } from '../../errors.ts';

/** Why the arguments are refused, or undefined where they are fine. */
type Rule = (args: readonly string[]) => string | undefined;

const any: Rule = () => undefined;

/** Options by name; `true` where a value follows. Other arguments are operands. */
function options(allowed: Readonly<Record<string, boolean>>, operands = true): Rule {
  return (args) => {
    for (let index = 0; index < args.length; index++) {
      const arg = args[index] ?? '';
      if (!arg.startsWith('-') || arg === '-') {
        if (!operands) return `"${arg}"`;
        continue;
      }
      const takesValue = allowed[arg];
      if (takesValue === undefined) return `"${arg}"`;
      if (takesValue) index++;
    }
    return undefined;
  };
}

/** The first argument chooses the rule for the others. */
function subcommand(rules: Readonly<Record<string, Rule>>): Rule {
  return ([name = '', ...rest]) => {
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
    return rule ? rule(rest) : `"${name}"`;
  };
}

const PRIVATE_FILE =
  /(^|\/)private\/|\.key$|\.(p12|pfx|jks|keystore)$|(^|\/)\.ssh\/id_[^/]*$|(^|\/)id_(rsa|dsa|ecdsa|ed25519)(\.cloud)?$/;

/** For programs that print what is in a file. */
const shows =
  (rule: Rule): Rule =>
  (args) => {
    const key = args.find((arg) => PRIVATE_FILE.test(arg));
    return key === undefined ? rule(args) : `"${key}", which may hold a private key`;
  };

const X509 = options(
  {
    '-in': true,
    '-inform': true,
    '-noout': false,
    '-text': false,
    '-fingerprint': false,
    '-sha256': false,
    '-sha1': false,
    '-subject': false,
    '-issuer': false,
    '-serial': false,
    '-startdate': false,
    '-enddate': false,
    '-dates': false,
    '-pubkey': false,
    '-modulus': false,
    '-purpose': false,
    '-checkend': true,
    '-checkhost': true,
    '-checkip': true,
    '-nameopt': true,
    '-certopt': true,
    '-ext': true,
  },
  false,
);

/** Only the public half of a key ever leaves the machine. */
const publicHalf =
  (rule: Rule): Rule =>
  (args) =>
    args.includes('-pubout') || args.includes('-noout') ? rule(args) : 'a private key; add -pubout';

const KEY = publicHalf(
  options({ '-in': true, '-inform': true, '-pubin': false, '-pubout': false, '-noout': false, '-check': false }, false),
);

const OPENSSL = subcommand({
  x509: X509,
  pkey: KEY,
  rsa: publicHalf(
    options(
      {
        '-in': true,
        '-inform': true,
        '-pubin': false,
        '-pubout': false,
        '-noout': false,
        '-modulus': false,
        '-check': false,
      },
      false,
    ),
  ),
  verify: options({
    '-CAfile': true,
    '-untrusted': true,
    '-trusted': true,
    '-partial_chain': false,
    '-purpose': true,
    '-verbose': false,
    '-show_chain': false,
  }),
  storeutl: publicCertificates,
  dgst: options({ '-sha256': false, '-sha1': false, '-md5': false, '-r': false }),
  version: any,
});

function publicCertificates(args: readonly string[]): string | undefined {
  if (!args.includes('-certs')) return 'a store without -certs';
  return options({ '-certs': false, '-noout': false, '-text': false })(args);
}

const KEYTOOL: Rule = ([order, ...rest]) =>
  order === '-list'
    ? options(
        {
          '-v': false,
          '-rfc': false,
          '-alias': true,
          '-keystore': true,
          '-storepass': true,
          '-storetype': true,
          '-cacerts': false,
        },
        false,
      )(rest)
    : `"${order ?? ''}"`;

const SYSTEMCTL: Rule = (args) => {
  const order = args.find((arg) => !arg.startsWith('-'));
  const looks = ['is-active', 'is-enabled', 'is-failed', 'show', 'status', 'cat', 'list-units'];
  return order !== undefined && looks.includes(order) ? undefined : `"${order ?? ''}"`;
};

const DATE: Rule = (args) => args.find((arg) => !/^(\+.*|-u|--utc|-R|-I\w*|--iso-8601(=.*)?)$/.test(arg));
const HOSTNAME: Rule = (args) =>
  args.find((arg) => !/^(-[fsdiIA]|--(fqdn|long|short|domain|ip-address|all-ip-addresses))$/.test(arg));
const SOCKETS: Rule = (args) => args.find((arg) => /^-[a-zA-Z0-9]*[KDF]|^--(kill|diag|filter)/.test(arg));
const FOLLOW: Rule = (args) => args.find((arg) => /^-[a-zA-Z]*[fF]|^--(follow|retry)/.test(arg));
const APACHE: Rule = (args) => args.find((arg) => !['-S', '-t', '-M', '-v', '-V', '-D', 'DUMP_VHOSTS'].includes(arg));

const PROGRAMS: Readonly<Record<string, Rule>> = {
  apache2ctl: APACHE,
  apachectl: APACHE,
  cat: shows(any),
  date: DATE,
  grep: shows(any),
  head: shows(any),
  hostname: HOSTNAME,
  id: any,
  keytool: KEYTOOL,
  ls: any,
  md5sum: any,
  openssl: OPENSSL,
  pgrep: any,
  ps: any,
  readlink: any,
  sha1sum: any,
  sha256sum: any,
  ss: SOCKETS,
  stat: any,
  systemctl: SYSTEMCTL,
  tail: shows(FOLLOW),
  test: any,
  true: any,
  uname: any,
  wc: any,
  whoami: any,
};

const FOLDERS: ReadonlySet<string> = new Set(['.', '/bin', '/usr/bin', '/sbin', '/usr/sbin']);
const HARMLESS_VARIABLES: ReadonlySet<string> = new Set(['LC_ALL', 'LANG', 'LANGUAGE', 'TZ']);

function refusal(words: readonly string[], because: string): Failure {
  return new Failure(`"${words[0] ?? ''}" is not run for a look: ${because}`, {
    code: 'not-a-read',
    hint: `a look may run ${Object.keys(PROGRAMS).join(', ')}, with arguments that change nothing`,
  });
}

/** Throws `Failure` unless the program, with these arguments and options, only looks. */
export function checkReading(words: readonly string[], { environment = {} }: ExecOptions = {}): void {
  const [program = '', ...args] = words;
  const rule = FOLDERS.has(dirname(program)) && !program.startsWith('./') ? ruleOf(basename(program)) : undefined;
  if (!rule) throw refusal(words, 'the program is not on the list of those that only look');
  const because = rule(args);
  if (because !== undefined) throw refusal(words, `not with ${because}`);
  const variable = Object.keys(environment).find((name) => !HARMLESS_VARIABLES.has(name));
  if (variable !== undefined) throw refusal(words, `not with the variable ${variable}`);
}

const ruleOf = (name: string): Rule | undefined => (Object.hasOwn(PROGRAMS, name) ? PROGRAMS[name] : undefined);

/** A last net under the list: output with a private key in it goes to nobody. */
export function refusePrivateKey(words: readonly string[], stdout: string): void {
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(stdout)) throw refusal(words, 'it printed a private key');
}
