// ls, stat, test: programs that look at paths.

import { type Call, done, failed, isFolder, type Output, type Program, together } from '../system.ts';
import { readOptions } from './arguments.ts';

const KEY_FILE = /\.key$|id_rsa/;

/** `rw-------` for private keys, as the machine has them; 644 for all other files, 755 for folders. */
function permissions(call: Call, path: string): { text: string; octal: string } {
  if (isFolder(call.system, path)) return { text: 'drwxr-xr-x', octal: '755' };
  return KEY_FILE.test(path) ? { text: '-rw-------', octal: '600' } : { text: '-rw-r--r--', octal: '644' };
}

function size(call: Call, path: string): number {
  return call.system.read(path)?.length ?? 4096;
}

const exists = (call: Call, path: string): boolean =>
  call.system.read(path) !== undefined || isFolder(call.system, path);

/** `ls [-1adl] [PATH]…`. Dates are those of the call: the lab's files have none. */
export const ls: Program = (call) => {
  const { options, operands, unknown } = readOptions(call.args, '1adlhA');
  if (unknown !== undefined)
    return failed(2, `ls: invalid option -- '${unknown}'\nTry 'ls --help' for more information.\n`);
  const line = (path: string, shown: string): string => {
    if (!options.has('l')) return `${shown}\n`;
    return `${permissions(call, path).text} 1 root root ${size(call, path)} ${listingDate(new Date())} ${shown}\n`;
  };
  const paths = operands.length > 0 ? operands.toSorted() : ['/root'];
  const outputs = paths.map((path): Output => {
    if (!exists(call, path)) return failed(2, `ls: cannot access '${path}': No such file or directory\n`);
    if (call.system.read(path) !== undefined || options.has('d')) return done(line(path, path));
    const children = childrenOf(call, path).map((child) => line(`${path.replace(/\/$/, '')}/${child}`, child));
    return done((options.has('l') ? 'total 4\n' : '') + children.join(''));
  });
  return together(outputs);
};

function childrenOf(call: Call, folder: string): string[] {
  const prefix = folder.endsWith('/') ? folder : `${folder}/`;
  const below = call.system.paths().filter((path) => path.startsWith(prefix));
  return [...new Set(below.map((path) => path.slice(prefix.length).split('/')[0] ?? ''))].sort();
}

/** `Nov 25 01:06`, UTC as in system VMs. */
function listingDate(date: Date): string {
  // Wed, 25 Nov 2026 01:06:03 GMT
  const [, day, month, , time = ''] = date.toUTCString().split(' ');
  return `${month} ${String(Number(day)).padStart(2)} ${time.slice(0, 5)}`;
}

/** `stat -c FORMAT PATH…` with `%a %A %n %s %U %G %F`. */
export const stat: Program = (call) => {
  const { options, operands, unknown } = readOptions(call.args, 'c:L');
  const format = options.get('c');
  if (unknown !== undefined || typeof format !== 'string') {
    return failed(1, `stat: the lab knows "stat -c FORMAT" only\nTry 'stat --help' for more information.\n`);
  }
  const outputs = operands.map((path): Output => {
    if (!exists(call, path)) return failed(1, `stat: cannot statx '${path}': No such file or directory\n`);
    const { text, octal } = permissions(call, path);
    const kind = text.startsWith('d') ? 'directory' : 'regular file';
    const fields: Record<string, string> = {
      a: octal,
      A: text,
      n: path,
      s: String(size(call, path)),
      U: 'root',
      G: 'root',
      F: kind,
    };
    return done(`${format.replace(/%([aAnsUGF])/g, (_, letter: string) => fields[letter] ?? '')}\n`);
  });
  return together(outputs);
};

/** `test`, and `[` with its closing bracket. */
export const test: Program = (call) => {
  const args = call.name === '[' ? call.args.slice(0, -1) : call.args;
  if (call.name === '[' && call.args.at(-1) !== ']') return failed(2, "bash: line 1: [: missing `]'\n");
  const negated = args[0] === '!';
  const verdict = judge(call, negated ? args.slice(1) : args);
  if (typeof verdict === 'string') return failed(2, `bash: line 1: ${call.name}: ${verdict}\n`);
  return failed(verdict !== negated ? 0 : 1, '');
};

function judge(call: Call, args: readonly string[]): boolean | string {
  const [first = '', second, third] = args;
  if (args.length <= 1) return first !== '';
  if (args.length === 2 && second !== undefined) return judgePath(call, first, second);
  if (args.length === 3 && second === '=') return first === third;
  if (args.length === 3 && second === '!=') return first !== third;
  return 'too many arguments';
}

function judgePath(call: Call, operator: string, path: string): boolean | string {
  const content = call.system.read(path);
  switch (operator) {
    case '-e':
    case '-r':
      return exists(call, path);
    case '-f':
      return content !== undefined;
    case '-s':
      return content !== undefined ? content.length > 0 : isFolder(call.system, path);
    case '-d':
      return isFolder(call.system, path);
    case '-n':
      return path !== '';
    case '-z':
      return path === '';
    case '-L':
    case '-h':
      return false;
    default:
      return `${operator}: unary operator expected`;
  }
}
