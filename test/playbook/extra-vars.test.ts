import { readExtraVars, withoutVariables } from '../../src/playbook/extra-vars.ts';
import { constantValue } from '../../src/schema/constant.ts';
import { assert, tests } from '../tests.ts';

const given: Readonly<Record<string, readonly [readonly string[], Readonly<Record<string, unknown>>]>> = {
  'a value is the text that is written': [['n=5', 'v=4.20', 'e='], { n: '5', v: '4.20', e: '' }],
  'true and false are booleans, for conditions': [['a=true b=false c=True'], { a: true, b: false, c: 'True' }],
  'quotes keep spaces': [[`a="x y" b='1 2' c=p"q r"`], { a: 'x y', b: '1 2', c: 'pq r' }],
  'a map keeps its types, written as JSON or YAML': [['{"a": 5, "b": [true]}', '{c: x}'], { a: 5, b: [true], c: 'x' }],
  'the last one wins': [['a=1', '{"a": 2}', 'a=3'], { a: '3' }],
};

/** Each text without `pw`, and what is left. */
const without: Readonly<Record<string, string | undefined>> = {
  'a=1': 'a=1',
  'pw=x': undefined,
  'a="x y" pw=z b={{ c }}': 'a="x y" b={{ c }}',
  '{"a": "1", "pw": "z"}': '{"a": "1"}',
  '{a: !unsafe "{{", pw: z, b: [1, "2"]}': '{a: !unsafe "{{", b: [1, "2"]}',
  '@pw.yml': '@pw.yml',
};

tests('-e', {
  'a variable is taken out of what is written, and the rest stays as it is': () => {
    const names = new Set(['pw']);
    for (const [text, left] of Object.entries(without)) assert.is(withoutVariables(text, names), left);
  },
  ...Object.fromEntries(
    Object.entries(given).map(([title, [texts, want]]) => [
      title,
      () =>
        assert.equal(
          Object.fromEntries([...readExtraVars(texts).vars].map(([name, value]) => [name, constantValue(value)])),
          want,
        ),
    ]),
  ),
  'a template is evaluated where it is used': () => {
    const value = readExtraVars(['a={{ b }}']).vars.get('a');
    assert.is(value?.evaluate({ get: () => 'of b', lookup: () => null }), 'of b');
  },
});
