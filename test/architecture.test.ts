// The floors of ARCHITECTURE.md, held by reading the imports.

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { projectFolder } from './project.ts';
import { assert, tests } from './tests.ts';

interface Import {
  readonly file: string;
  readonly target: string;
  readonly typeOnly: boolean;
}

/** What each floor may import; a floor is a folder of src/ or a file of it. Leaves may be imported by all. */
const leaves = [
  'model',
  'event',
  'errors',
  'secret',
  'nearest',
  'rescue',
  'words',
  'duration',
  'moment',
  'task',
  'connection',
  'process-identity',
  'user',
];
const floors: Readonly<Record<string, readonly string[]>> = {
  model: ['event', 'errors', 'secret'],
  event: ['model', 'errors'],
  words: ['errors'],
  errors: [],
  duration: [],
  moment: [],
  secret: [],
  nearest: [],
  state: ['errors'],
  'whole-file': [],
  rescue: ['model'],
  'process-identity': ['errors'],
  user: [],
  connection: ['model', 'secret'],
  task: ['connection', 'model', 'errors', 'secret'],
  pki: leaves,
  cloudstack: [...leaves, 'pki'],
  template: leaves,
  yaml: leaves,
  schema: [...leaves, 'template', 'yaml'],
  window: [...leaves, 'yaml'],
  inventory: [...leaves, 'template', 'yaml', 'schema', 'window', 'cloudstack'],
  playbook: [...leaves, 'template', 'yaml', 'schema', 'window', 'inventory', 'cloudstack'],
  journal: [...leaves, 'state', 'whole-file'],
  lock: [...leaves, 'state', 'whole-file'],
  plan: [...leaves, 'state', 'whole-file', 'journal', 'pki'],
  run: [...leaves, 'template', 'yaml', 'window', 'schema', 'inventory', 'playbook', 'journal'],
  report: [...leaves, 'journal'],
  connections: [...leaves, 'state', 'whole-file', 'cloudstack', 'pki'],
  lab: [...leaves, 'state', 'cloudstack', 'pki'],
  cli: [
    ...leaves,
    'state',
    'journal',
    'plan',
    'lock',
    'report',
    'run',
    'playbook',
    'inventory',
    'schema',
    'yaml',
    'template',
    'connections',
    'lab',
    'tasks',
    'pki',
    'cloudstack',
  ],
  tasks: [...leaves, 'pki', 'cloudstack'],
};

/** The one door of each library: only files below these places import it. */
const doors: Readonly<Record<string, readonly string[]>> = {
  yaml: ['src/yaml/'],
  ajv: ['src/schema/'],
  'node-ssh': ['src/connections/ssh/'],
  ssh2: ['src/connections/ssh/', 'src/lab/ssh/'],
  undici: ['src/connections/cloudstack/'],
  zx: ['src/connections/local/'],
  'node-forge': ['src/pki/', 'src/lab/'],
  diff: ['src/report/diff.ts'],
  'age-encryption': ['src/connections/bundles/'],
};

function sources(folder: string): string[] {
  const all = readdirSync(join(projectFolder, folder), { recursive: true, encoding: 'utf8' });
  return all.filter((name) => name.endsWith('.ts')).map((name) => join(folder, name));
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(projectFolder, file), 'utf8');
  const statements = [...text.matchAll(/^(?:import|export)\s+(type\s)?(?:[^'";]*?\sfrom\s+)?'([^']+)'/gm)];
  const dynamic = [...text.matchAll(/\bimport\('([^']+)'\)/g)].map((match) => ({
    typeOnly: false,
    name: match[1] ?? '',
  }));
  const found = statements.map((match) => ({ typeOnly: match[1] !== undefined, name: match[2] ?? '' }));
  return [...found, ...dynamic].map(({ typeOnly, name }) => {
    const target = name.startsWith('.') ? normalize(join(dirname(file), name)) : name;
    return { file, target, typeOnly };
  });
}

const floorOf = (path: string) =>
  path.startsWith('tasks/') ? 'tasks' : (path.split('/')[1] ?? '').replace(/\.ts$/, '');
const files = [...sources('src'), ...sources('tasks')];
const imports = files.flatMap(importsOf);
const inside = imports.filter((entry) => entry.target.startsWith('src/') || entry.target.startsWith('tasks/'));

function packageOf(name: string): string {
  return name.startsWith('@') ? name.split('/').slice(0, 2).join('/') : (name.split('/')[0] ?? name);
}

/** A file that can reach itself through imports that exist at run time. */
function cycles(): string[] {
  const edges = new Map<string, string[]>();
  for (const entry of inside) {
    if (!entry.typeOnly) edges.set(entry.file, [...(edges.get(entry.file) ?? []), entry.target]);
  }
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) found.push([...path.slice(path.indexOf(file)), file].join(' > '));
    if (done.has(file) || path.includes(file)) return;
    for (const target of edges.get(file) ?? []) visit(target, [...path, file]);
    done.add(file);
  };
  for (const file of files) visit(file, []);
  return found;
}

tests('architecture', {
  'a file imports only from floors below its own': () => {
    const wrong = inside
      .filter((entry) => floorOf(entry.file) !== floorOf(entry.target))
      .filter((entry) => !(floors[floorOf(entry.file)] ?? []).includes(floorOf(entry.target)))
      .map((entry) => `${entry.file} imports ${entry.target}`);
    assert.equal(wrong, []);
  },
  'every folder of src is a floor that is named here': () => {
    const unnamed = files.map(floorOf).filter((floor) => !(floor in floors));
    assert.equal([...new Set(unnamed)], []);
  },
  'no file can reach itself through its imports': () => {
    assert.equal(cycles(), []);
  },
  'a secret is opened by connections, and where something is computed from it': () => {
    const opened = files.filter((file) => readFileSync(join(projectFolder, file), 'utf8').includes('.reveal()'));
    const allowed = ['src/connections/', 'src/pki/', 'src/template/'];
    assert.equal(
      opened.filter((file) => !allowed.some((folder) => file.startsWith(folder))),
      [],
    );
  },
  'each library has one door': () => {
    const outside = imports.filter(
      (entry) => !/^(src|tasks)\//.test(entry.target) && !entry.target.startsWith('node:'),
    );
    const wrong = outside
      .filter((entry) => !(doors[packageOf(entry.target)] ?? []).some((door) => entry.file.startsWith(door)))
      .map((entry) => `${entry.file} imports ${entry.target}`);
    assert.equal(wrong, []);
  },
  'every dependency of the package is used': () => {
    const { dependencies } = JSON.parse(readFileSync(join(projectFolder, 'package.json'), 'utf8'));
    const used = new Set(imports.map((entry) => packageOf(entry.target)));
    assert.equal(
      Object.keys(dependencies).filter((name) => !used.has(name)),
      [],
    );
  },
  'only test/tests.ts imports uvu': () => {
    const wrong = sources('test').filter(
      (file) =>
        file !== 'test/tests.ts' && /^import .*from 'uvu/m.test(readFileSync(join(projectFolder, file), 'utf8')),
    );
    assert.equal(wrong, []);
  },
  'no source file is longer than 400 lines': () => {
    const long = files.filter((file) => readFileSync(join(projectFolder, file), 'utf8').split('\n').length > 401);
    assert.equal(long, []);
  },
});
