import { plain } from '../../src/report/paint.ts';
import { renderProblems } from '../../src/report/problem.ts';
import { assert, tests } from '../tests.ts';

const text = '- hosts: clouds\n  tasks:\n    - system_vm: { state: presnt }\n';
const source = { file: 'play.yml', text };
const start = text.indexOf('presnt');
const at = { source, start, end: start + 6 };

tests('problem', {
  'shows the line with a caret under the place, and the hint': () => {
    assert.is(
      renderProblems(
        [{ message: 'state must be one of restarted, started, not "presnt"', at, hint: 'write restarted' }],
        plain,
      ),
      `error: state must be one of restarted, started, not "presnt"
  play.yml:3:27
     3 |     - system_vm: { state: presnt }
       |                           ^^^^^^
hint: write restarted
`,
    );
  },
  'counts several, and says that nothing was touched': () => {
    assert.is(
      renderProblems([{ message: 'one' }, { message: 'two' }], plain),
      'error: one\n\nerror: two\n\n2 problems; nothing was touched\n',
    );
  },
  'keeps the caret on the screen in a very long line': () => {
    const long = { file: 'x.yml', text: `${'a'.repeat(300)}BAD${'b'.repeat(300)}` };
    const shown = renderProblems([{ message: 'm', at: { source: long, start: 300, end: 303 } }], plain).split('\n');
    assert.is(shown[2]?.indexOf('BAD'), shown[3]?.indexOf('^^^'));
    assert.ok((shown[2]?.length ?? 0) <= 80);
  },
  'shows the first line of a text that begins with an empty one': () => {
    const empty = { file: 'x.yml', text: '\na' };
    assert.is(
      renderProblems([{ message: 'm', at: { source: empty, start: 0, end: 0 } }], plain),
      'error: m\n  x.yml:1:1\n     1 |\n       | ^\n',
    );
  },
});
