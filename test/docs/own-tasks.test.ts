// The task module that docs/own-tasks.md shows is run as it stands there.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Event } from '../../src/model.ts';
import { projectFolder } from '../project.ts';
import { csPlay, type Done, withFolder, withLab } from '../rig.ts';
import { assert, tests } from '../tests.ts';

/** Files that the page shows: blocks whose first line is a comment with the file's name. */
function filesShown(): Map<string, string> {
  const page = readFileSync(join(projectFolder, 'docs/own-tasks.md'), 'utf8');
  const blocks = page.matchAll(/^```\w+\n(?:\/\/|#) (\S+)\n([\s\S]*?)^```$/gm);
  return new Map([...blocks].map(([, name = '', text = '']) => [name, text]));
}

function writeFiles(folder: string): void {
  for (const [name, text] of filesShown()) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

/** `changed: summary` or `ok: message` of the one task in the run. */
function outcome({ stdout }: Done): string {
  const events = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Event);
  const step = events.find((event) => event.type === 'step-ended');
  if (step?.type !== 'step-ended') return `no step ended: ${stdout}`;
  const { status, change, message } = step.result;
  return `${status}: ${change ? `${change.summary}; ${change.impact}` : message}`;
}

tests('docs/own-tasks.md', {
  'the page shows a task module and a playbook': () => {
    assert.equal([...filesShown().keys()], ['tasks/default_setting.mjs', 'as-shipped.yml']);
  },
  'what it shows plans, runs, and has nothing to do after': () =>
    withLab(
      { profile: '4.22', zones: 1, timeFactor: 0.01, world: { settings: { 'consoleproxy.session.max': '10' } } },
      async ({ folder, lab, play }) => {
        writeFiles(folder);
        const words = [join(folder, 'as-shipped.yml'), '--output', 'json'];
        const change = 'changed: reset consoleproxy.session.max to 50; was 10';
        assert.is(outcome(await play([...words, '--check'])), change);
        assert.equal(lab.writes(), []);
        assert.is(outcome(await play(words)), change);
        assert.equal(
          lab.writes().map(({ did }) => did),
          ['reset consoleproxy.session.max'],
        );
        assert.is(outcome(await play(words)), 'ok: is 50');
        assert.is(lab.writes().length, 1);
      },
    ),
  'cs-play doc lists it beside our own': () =>
    withFolder(async (folder) => {
      writeFiles(folder);
      const listed = await csPlay(['doc'], { folder });
      assert.match(listed.stdout, /default_setting\s+keeps a setting of CloudStack at its default/);
      assert.match(listed.stdout, /system_vm/);
    }),
});
