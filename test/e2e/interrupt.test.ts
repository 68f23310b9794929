// Ctrl-C and its like in the middle of a rotation.

import { type Rig, withLab } from '../rig.ts';
import { assert, tests } from '../tests.ts';
import { UPLOADED } from './lab-states.ts';

/** Resolves once the lab has obeyed that command. */
async function obeyed({ lab }: Rig, command: string): Promise<void> {
  while (!lab.writes().some((write) => write.command === command)) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const ends = (signal: NodeJS.Signals) => () =>
  withLab({ profile: '4.22', zones: 2, timeFactor: 0.01 }, async (rig) => {
    let child = 0;
    const started = (pid: number): void => {
      child = pid;
    };
    const end = rig.play(['rotate-certs.yml', '-vvv'], { started });
    await Promise.race([obeyed(rig, 'stopSystemVm'), end]);
    process.kill(child, signal);
    const run = await end;
    assert.is(run.code, 130, run.stdout);
    assert.is(run.stderr, '');
    assert.match(
      run.stdout,
      /^warning: interrupted: nothing new is started, what is under way is awaited; once\n +more gives it up$/m,
    );
    // The VM that was down is brought up; the proofs and the other zone are not begun.
    const tasks = [...run.stdout.matchAll(/^TASK (.*)$/gm)].map(([, name]) => name);
    assert.is(tasks.at(-1), 'The system VMs serve it');
    assert.match(
      run.stdout,
      /-> lab\/ams\/v-1-VM {2}stopSystemVm[\s\S]*<- lab\/ams\/v-1-VM {2}done[\s\S]*^RECAP [\s\S]*^lab\/ams\/v-1-VM +1 +1 /m,
    );
    assert.match(run.stdout, /^not reached: lab\/fra$/m);
    assert.match(
      run.stdout,
      /^interrupted: what was under way was awaited; nothing else was started\n.*\nto go on from here: cs-play resume [0-9-]+[0-9a-f]{4}$/m,
    );
    const did = rig.lab.writes().map((write) => write.did);
    assert.equal(
      did.filter((write) => write !== 'start v-1-VM'),
      [...UPLOADED, 'stop v-1-VM'],
    );
  });

/** Given up in the middle of the upload: CloudStack 4.22 has left the state of the consoles suspended by then. */
const givesUpAnUpload = () =>
  withLab({ profile: '4.22', zones: 1, timeFactor: 0.05 }, async (rig) => {
    let child = 0;
    const started = (pid: number): void => {
      child = pid;
    };
    let warned = (): void => undefined;
    const warning = new Promise<void>((resolve) => {
      warned = resolve;
    });
    const heard = (part: string): void => {
      if (part.includes('interrupted: nothing new')) warned();
    };
    const end = rig.play(['rotate-certs.yml', '-vvv'], { started, heard });
    await Promise.race([obeyed(rig, 'uploadCustomCertificate'), end]);
    process.kill(child, 'SIGINT');
    // Two signals of one kind that are pending together are one.
    await Promise.race([warning, end]);
    process.kill(child, 'SIGINT');
    const run = await end;
    assert.is(run.code, 130, run.stdout);
    assert.is(run.stderr, '');
    assert.match(
      run.stdout,
      /^interrupted: what was under way was given up, its outcome is unknown; nothing\s+else\s+was\s+started$/m,
    );
    assert.is(rig.lab.writes().at(-1)?.did, UPLOADED.at(-1), run.stdout);
  });

tests('an interrupt', {
  'twice in the middle of an upload: the management state is put back before the end': givesUpAnUpload,
  'SIGINT: nothing new starts, what is under way is awaited, the recap is printed': ends('SIGINT'),
  'SIGTERM: nothing new starts, what is under way is awaited, the recap is printed': ends('SIGTERM'),
});
