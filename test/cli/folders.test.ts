// What a playbook is told of its own place, however it was named on the command line.

import { mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { csPlay, withFolder } from '../rig.ts';
import { assert, tests } from '../tests.ts';

tests('folders', {
  'playbook_dir is a whole path, also of a playbook that is named relative to where one stands': () =>
    withFolder(async (folder) => {
      mkdirSync(join(folder, 'plays'));
      writeFileSync(
        join(folder, 'plays/where.yml'),
        '- hosts: localhost\n  tasks:\n    - debug: { msg: "{{ playbook_dir }}" }\n',
      );
      const done = await csPlay(['plays/where.yml', '--output', 'json'], { folder });
      const steps = done.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      const said = steps.find((event) => event.type === 'step-ended');
      assert.is(said.result.values.msg, realpathSync(join(folder, 'plays')));
    }),
});
