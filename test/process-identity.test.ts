import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { isAlive, machine, processIdentity } from '../src/process-identity.ts';
import { assert, tests } from './tests.ts';

function own() {
  const identity = processIdentity();
  if (!identity) throw new Error('this process is not seen');
  return identity;
}

/** A process that ended and that its parent has not taken note of: a zombie is all that is left. */
async function ended(): Promise<number> {
  const parent = spawn('sh', ['-c', 'sh -c "exit 0" & echo $!; exec sleep 60'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [line] = await once(parent.stdout, 'data');
  const pid = Number(String(line).trim());
  while (processIdentity(pid)) await new Promise(setImmediate);
  parent.kill('SIGKILL');
  return pid;
}

tests('process identity', {
  'this process is alive': () => {
    assert.is(own().pid, process.pid);
    assert.is(isAlive(own()), true);
  },
  'a name with blanks and parentheses changes nothing': () => {
    const { title } = process;
    const before = own();
    process.title = 'a) Z 1 (b) c';
    assert.equal(own(), before);
    process.title = title;
  },
  'a pid that was given out again is another process': () => {
    assert.is(isAlive({ ...own(), started: '1' }), false);
  },
  'nothing lives over a boot': () => {
    assert.is(isAlive({ ...own(), boot: 'c0ffee' }), false);
  },
  'a process that ended is not alive, nor seen': async () => {
    const pid = await ended();
    assert.is(processIdentity(pid), undefined);
    assert.is(isAlive({ ...own(), pid }), false);
  },
  'this machine is always called the same, in one line': () => {
    assert.is(machine(), machine());
    assert.match(machine(), /^\S.*$/);
  },
});
