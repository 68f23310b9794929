// What docs/guards.md shows is read as it stands there.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Problem } from '../../src/errors.ts';
import { readWindows } from '../../src/window/read.ts';
import { windowWords } from '../../src/window/window.ts';
import { readYaml } from '../../src/yaml/read.ts';
import { playbookOf } from '../playbook/playbook-of.ts';
import { projectFolder } from '../project.ts';
import { assert, tests } from '../tests.ts';

const page = readFileSync(join(projectFolder, 'docs/guards.md'), 'utf8');

function windowOf(text: string): string {
  const problems: Problem[] = [];
  const windows = readWindows(readYaml({ file: 'docs/guards.md', text }), problems);
  assert.equal(problems, []);
  return windowWords(windows ?? []);
}

tests('docs/guards.md', {
  'the playbook has the three guards': () => {
    const [, text = ''] = /^```yaml\n([\s\S]*?)^```$/m.exec(page) ?? [];
    const [play] = playbookOf(text).plays;
    assert.is(play?.window && windowWords(play.window), 'sat-sun 01:00-05:00 Europe/Amsterdam');
    assert.equal([play?.confirm?.timeoutSeconds, play?.confirm?.each], [14_400, 'play']);
    assert.equal(play?.soak, { seconds: 600, everySeconds: 30, last: false });
  },
  'every window of the table is one': () => {
    const rows = [...page.matchAll(/^\| `(.*?)` \| /gm)].map(([, text = '']) => text);
    assert.equal(rows.map(windowOf), [
      'sat-sun 01:00-05:00 Europe/Amsterdam',
      'mon-fri 22:00-04:00 UTC',
      'mon-sun 22:00-04:00 UTC',
      'sat 00:00-24:00 UTC',
      'mon,wed-fri 00:00-06:00 America/New_York',
      'sat 22:00-24:00 UTC or sun 00:00-06:00 UTC',
    ]);
  },
});
