// Variables that carry secrets, found by what they are used for.

import { preparePlaybook } from '../../src/playbook/prepare.ts';
import { assert, tests } from '../tests.ts';
import { inFolder } from './in-folder.ts';
import { modules } from './playbook-of.ts';

interface Case {
  readonly tasks: string;
  readonly extraVars: readonly string[];
  readonly secret: readonly string[];
  readonly skipTags?: readonly string[];
}

const BUNDLE = 'certificate_bundle: { files: "{{ dir }}", passphrase: "{{ pass }}" }';
const HIDDEN = 'debug: { msg: "{{ shown }}" }, no_log: true';

const cases: Readonly<Record<string, Case>> = {
  'an argument that is declared secret': {
    tasks: `[{ ${BUNDLE} }]`,
    extraVars: ['dir=x pass=y'],
    secret: ['pass'],
  },
  'whatever the value is made of, through variables of files, of plays, of tasks and of loops': {
    tasks: `[
      { set_fact: { pass: "{{ item }}" }, loop: "{{ all_of_them }}", vars: { all_of_them: ["{{ one }}", "{{ in_inventory }}"] } },
      { ${BUNDLE} }]`,
    extraVars: ['dir=x one=y', '{"two": {"deep": "z"}}', 'three=3'],
    secret: ['one', 'two'],
  },
  'all that a task with no_log uses': {
    tasks: `[{ ${HIDDEN} }, { debug: { msg: "{{ open }}" } }]`,
    extraVars: ['shown=x open=y'],
    secret: ['shown'],
  },
  'the keys of a cloud, by their names and by what they are made of': {
    tasks: '[{ debug: {} }]',
    extraVars: ['secret_key=x key_of_lab=y'],
    secret: ['secret_key', 'key_of_lab'],
  },
  'what tags leave out counts as well': {
    tasks: `[{ ${BUNDLE}, tags: bundle }, { debug: {} }]`,
    extraVars: ['dir=x pass=y'],
    skipTags: ['bundle'],
    secret: ['pass'],
  },
};

const INVENTORY = `clouds:
  hosts:
    lab: { api_url: "http://127.0.0.1", api_key: "{{ key_of_lab | default('k') }}", secret_key: s }
  vars: { in_inventory: "{{ two.deep | default('') }}" }
`;

function secretsOf({ tasks, extraVars, skipTags }: Case): readonly string[] {
  const files = { 'play.yml': `[{ hosts: clouds, tasks: ${tasks} }]\n`, 'inventory.yml': INVENTORY };
  const request = { playbook: 'play.yml', inventory: ['inventory.yml'], modules, lookup: () => '' };
  return inFolder(files, () => preparePlaybook({ ...request, extraVars, skipTags }).secretVars);
}

tests(
  'variables that carry secrets',
  Object.fromEntries(
    Object.entries(cases).map(([title, each]) => [title, () => assert.equal(secretsOf(each), each.secret)]),
  ),
);
