import { isRead } from '../src/cloudstack/commands.ts';
import type { Item, Parameters } from '../src/connection.ts';
import { nearest } from '../src/nearest.ts';
import { defineTask, Failure, ok, type Reader, Secret, type Value, type ValueMap } from '../src/task.ts';

interface Detail {
  readonly command: string;
  readonly parameters: Parameters;
  readonly asynchronous: boolean;
}

/** What `listApis` says of a command: whether it is a job, and its parameters. */
interface Api {
  readonly name: string;
  readonly asynchronous: boolean;
  readonly parameters: readonly { readonly name: string; readonly required: boolean }[];
}

function apiOf(item: Item): Api {
  const listed = Array.isArray(item['params']) ? (item['params'] as readonly ValueMap[]) : [];
  return {
    name: String(item['name']),
    asynchronous: item['isasync'] === true,
    parameters: listed.map((one) => ({ name: String(one['name']), required: one['required'] === true })),
  };
}

/** CloudStack says "not there" and "not for your role" with one answer; a name it lists is both there and allowed. */
async function describe(command: string, read: Reader): Promise<Api> {
  const [item] = await read.cloudstack.list('listApis', { name: command });
  if (item !== undefined) return apiOf(item);
  const names = (await read.cloudstack.list('listApis')).map((one) => String(one['name']));
  const near = nearest(command, names);
  throw new Failure(`CloudStack has no command "${command}", or the role of this API key may not use it`, {
    code: 'api-unknown-command',
    hint: near && near !== command ? `did you mean "${near}"?` : 'listApis lists what this key may use',
  });
}

/** Parameters that every command takes, or every list command. */
const COMMON = ['customjobid', 'keyword', 'listall', 'page', 'pagesize'];

/** The name that `listApis` knows a parameter by: `details[0].key` is `details`. */
const bareName = (name: string): string => name.toLowerCase().replace(/\[.*$/, '');

/** CloudStack ignores parameters that it does not know; a misspelt one must not pass for given. */
function checkParameters(api: Api, given: readonly string[]): void {
  const known = new Set([...COMMON, ...api.parameters.map((one) => one.name)]);
  const unknown = given.filter((name) => !known.has(bareName(name)));
  if (unknown.length > 0) {
    const near = nearest(unknown[0] ?? '', known);
    throw new Failure(`"${api.name}" has no parameter ${unknown.map((name) => `"${name}"`).join(', ')}`, {
      code: 'api-unknown-parameter',
      hint: near ? `did you mean "${near}"?` : `it has ${[...known].sort().join(', ')}`,
    });
  }
  const there = new Set(given.map(bareName));
  const missing = api.parameters.filter((one) => one.required && !there.has(one.name)).map((one) => `"${one.name}"`);
  if (missing.length > 0) {
    throw new Failure(`"${api.name}" needs ${missing.join(', ')}`, { code: 'api-missing-parameter' });
  }
}

function parameterOf(name: string, value: Value): string | number | boolean | Secret {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  if (value instanceof Secret) return value;
  if (Array.isArray(value) && value.every((one) => typeof one === 'string' || typeof one === 'number')) {
    return value.join(',');
  }
  throw new Failure(`the parameter "${name}" is not text, a number, true or false, or a list of these`, {
    code: 'api-parameter',
    hint: 'CloudStack takes maps as parameters of their own: details[0].key, details[0].value',
  });
}

function parametersOf(map: ValueMap | undefined): Parameters {
  const given = Object.entries(map ?? {}).filter(([, value]) => value !== null);
  return Object.fromEntries(given.map(([name, value]) => [name, parameterOf(name, value)]));
}

export const api = defineTask({
  name: 'api',
  summary: 'calls a CloudStack command',
  description:
    'A command that reads gives its real answer in a plan as well. One that writes is called in a run only and counts as changed; `changed_when` says otherwise. Names and parameters are checked against `listApis` first: CloudStack itself ignores a misspelt parameter.',
  args: {
    command: { type: 'string', description: 'the name of the command, as in the API reference', required: true },
    parameters: { type: 'map', description: 'its parameters by name; lists are joined with commas' },
  },
  shorthand: 'command',
  returns: { answer: 'the object inside the `…response` envelope, or the result of the job' },
  example:
    '- name: Alerts about system VMs\n  api: { command: listAlerts, parameters: { keyword: VM, pagesize: 10, page: 1 } }\n  register: alerts\n',
  timeoutSeconds: 900,
  proof: 'none',
  async check(args, _host, read) {
    const parameters = parametersOf(args.parameters);
    const description = await describe(args.command, read);
    checkParameters(description, Object.keys(parameters));
    if (isRead(args.command)) {
      const answer = await read.cloudstack.read(args.command, parameters);
      return ok(undefined, { values: { answer } });
    }
    const detail: Detail = { command: args.command, parameters, asynchronous: description.asynchronous };
    return {
      verdict: 'change',
      summary: `call ${args.command}`,
      impact: description.asynchronous ? 'a job, awaited' : undefined,
      detail,
    };
  },
  async apply(change, _host, write) {
    const { command, parameters, asynchronous } = change.detail;
    const answer = asynchronous
      ? await write.cloudstack.job(command, parameters)
      : await write.cloudstack.call(command, parameters);
    return { values: { answer } };
  },
});
