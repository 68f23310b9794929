import { sleepUpTo, whileThereIsTime } from '../src/cloudstack/deadline.ts';
import { isRotation, pendingJobs } from '../src/cloudstack/jobs.ts';
import {
  listManagementServers,
  type ServerBefore,
  type ServerNow,
  serverNow,
  serverOfHost,
} from '../src/cloudstack/management-server.ts';
import { MANAGEMENT_STATE, readManagementState } from '../src/cloudstack/management-state.ts';
import { listSystemVms, type SystemVm, works } from '../src/cloudstack/system-vm.ts';
import { behaviourOf, versionOf } from '../src/cloudstack/versions.ts';
import { wasRestarted } from '../src/cloudstack/was-restarted.ts';
import {
  defineTask,
  Failure,
  ok,
  type Reader,
  SafetyStop,
  type Since,
  type TaskHost,
  Unreachable,
  type ValueMap,
  type Verdict,
  type Writer,
} from '../src/task.ts';

interface Detail extends ServerBefore {
  readonly words: readonly string[];
  /** Ids of the system VMs whose agents were there before: they must be there again. */
  readonly agents: readonly string[];
}

interface Args {
  readonly service: string | undefined;
  readonly command: readonly string[] | undefined;
}

function wordsOf(args: Args, host: TaskHost): readonly string[] {
  const command = args.command ?? host.get('management_command');
  if (Array.isArray(command) && command.length > 0) return command.map(String);
  const service = args.service ?? host.get('management_service') ?? 'cloudstack-management';
  return ['systemctl', 'restart', String(service)];
}

/** A restart cuts pending jobs, and nobody knows then what they have done. */
async function refusePendingJobs(read: Reader): Promise<number> {
  const pending = await pendingJobs(read.cloudstack);
  const ours = pending.filter(isRotation);
  if (ours.length === 0) return pending.length;
  const list = [...new Set(ours.map(({ command }) => command))].join(', ');
  throw new SafetyStop(`${ours.length === 1 ? 'a job' : `${ours.length} jobs`} of a rotation would be cut: ${list}`, {
    code: 'management-server-jobs',
    hint: 'wait until listAsyncJobs shows it no more, then run again',
  });
}

async function refuseSuspendedConsoles(host: TaskHost, read: Reader): Promise<void> {
  if (!behaviourOf(await versionOf(host, read)).uploadLeavesSuspended) return;
  const state = await readManagementState(read.cloudstack);
  if (!state.endsWith('Suspending')) return;
  throw new SafetyStop(
    `"${MANAGEMENT_STATE}" is ${state}: a server that starts now would keep all console proxies down`,
    {
      code: 'management-state',
      hint: `set it to Auto first: global_setting: { name: ${MANAGEMENT_STATE}, value: Auto }`,
    },
  );
}

async function guard(host: TaskHost, read: Reader): Promise<number> {
  await refuseSuspendedConsoles(host, read);
  return refusePendingJobs(read);
}

interface Look {
  readonly detail: Detail;
  readonly impact: string;
  readonly decidedOn: ValueMap;
}

async function look(host: TaskHost, args: Args, read: Reader): Promise<Look> {
  const jobs = await guard(host, read);
  const servers = await listManagementServers(read.cloudstack);
  const server = serverOfHost(servers, host);
  const up = servers.filter(({ state }) => state === 'Up').length;
  const vms = await listSystemVms(read.cloudstack);
  const version = await versionOf(host, read);
  const detail: Detail = {
    words: wordsOf(args, host),
    id: server?.id,
    lastStart: server?.lastStart,
    alone: up <= 1,
    agents: vms.filter((vm) => works(vm, version)).map(({ id }) => id),
  };
  const away =
    up > 1 ? `one of ${up} management servers away for about a minute` : 'no API and no UI for about a minute';
  const cut = jobs === 0 ? '' : `; cuts ${jobs} pending ${jobs === 1 ? 'job' : 'jobs'} of others`;
  const decidedOn = { state: server?.state ?? null, 'last start': server?.lastStart ?? null };
  return { detail, impact: `${away}${cut}`, decidedOn };
}

const missingAgents = (vms: readonly SystemVm[], detail: Detail, version: string): string[] =>
  vms.filter((vm) => detail.agents.includes(vm.id) && !works(vm, version)).map(({ name }) => name);

/** Looks after the restart: the server first, then that the agents of the system VMs are back. */
async function lookAfter(host: TaskHost, detail: Detail, read: Reader) {
  const server = await serverNow(read.cloudstack, detail);
  if (server.is !== 'back') throw new Failure(`"${host.name}" is not back: ${server.why}`, notBack);
  const missing = missingAgents(await listSystemVms(read.cloudstack), detail, await versionOf(host, read));
  if (missing.length > 0) {
    throw new Failure(`"${host.name}" is back, the agents of ${missing.join(', ')} are not`, {
      code: 'management-server-agents',
      hint: 'read /var/log/cloud.log in the system VM: its agent cannot reach port 8250, or the CA setting refuses it',
    });
  }
  return ok('restarted');
}

const notBack = {
  code: 'management-server-not-back',
  hint: 'look at systemctl status cloudstack-management and /var/log/cloudstack/management/management-server.log on it; a slow start needs a longer "timeout:"',
};

/** As `serverNow`, where not even that can be asked yet. */
async function serverSoon(detail: Detail, read: Reader): Promise<ServerNow> {
  try {
    return await serverNow(read.cloudstack, detail);
  } catch (error) {
    if (error instanceof Unreachable) return { is: 'away', why: error.message };
    throw error;
  }
}

/** Waits for the server's own sign, so that a failed start ends the step at once and not at its deadline. */
async function awaitServer(detail: Detail, write: Writer): Promise<void> {
  const until = whileThereIsTime(write);
  while (write.clock.now() < until) {
    const server = await serverSoon(detail, write);
    if (server.is === 'back') return;
    write.tell.waiting(`the management server: ${server.why}`, until);
    await sleepUpTo(1, until, write);
  }
}

export const managementServer = defineTask({
  name: 'management_server',
  summary: 'restarts a management server and waits until it and the agents are back',
  description:
    'Runs `systemctl restart cloudstack-management` over SSH, then waits for 401 with the API’s own envelope, a signed call, a newer `lastserverstart` and the agents that were there before. A 503 with an HTML page is a failed start and ends the wait at once. Refuses while a job of a rotation is pending, and from CloudStack 4.22 on while `consoleproxy.management.state` is ResetSuspending or Suspending: a server that starts then keeps all console proxies down. Restart one at a time: `serial: 1`.',
  args: {
    state: { type: 'string', description: 'restarted', enum: ['restarted'], default: 'restarted' },
    service: {
      type: 'string',
      description: 'the systemd unit; by default the variable `management_service`, or cloudstack-management',
    },
    command: {
      type: 'strings',
      description: 'the words to run instead of `systemctl restart`; by default the variable `management_command`',
    },
  },
  example:
    '- name: The new settings count\n  hosts: management_servers\n  serial: 1\n  tasks:\n    - management_server: { state: restarted }\n',
  timeoutSeconds: 600,
  provesByDetail: true,
  async check(args, host, read, since?: Since<Detail>): Promise<Verdict<Detail>> {
    if (since) return lookAfter(host, since.detail, read);
    if (host.kind !== 'management_server') {
      throw new Failure(`"${host.path}" is not a management server`, {
        code: 'management-server-host',
        hint: 'write hosts: management_servers; they stand in the inventory as management_servers: [...] of the cloud',
      });
    }
    const { detail, impact, decidedOn } = await look(host, args, read);
    return { verdict: 'change', summary: `restart the management server ${host.name}`, impact, detail, decidedOn };
  },
  async apply(change, host, write) {
    const { words, lastStart } = change.detail;
    const output = await write.ssh.run(words, {
      sending: async () => void (await guard(host, write)),
      // Where CloudStack does not tell when it started last, only a person can know.
      ...(lastStart !== undefined && { wasDone: () => wasRestarted(host.name, change.detail, write) }),
    });
    if (output.code !== 0) {
      throw new Failure(
        `"${words.join(' ')}" ended with code ${output.code}: ${output.stderr.trim() || 'no message'}`,
        {
          code: 'management-server-restart',
          hint: 'may this user restart it? set ansible_user, or management_command: [sudo, systemctl, restart, …]',
        },
      );
    }
    await awaitServer(change.detail, write);
    return { message: 'restarted' };
  },
});
