// Where plans are saved, the world is changed behind their back, and they are applied: one lab for many changes.

import { copyFileSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { signatureOf } from '../../src/lab/api/signature.ts';
import type { World } from '../../src/lab/world/world.ts';
import { planFrom, planText, type SavedPlan } from '../../src/plan/file.ts';
import { makePem } from '../pki/maker.ts';
import { projectFolder } from '../project.ts';
import type { Done, Rig } from '../rig.ts';

const PLAY = `- import_playbook: rotate-certs.yml
- name: More
  hosts: clouds
  vars_files: [vars.yml]
  tasks:
    - import_tasks: more.yml
`;

const MORE = `- own_look: {}
- name: Consoles at most
  global_setting: { name: consoleproxy.session.max, value: "{{ lookup('file', 'most.txt') }}" }
- debug: { msg: "{{ greeting }} {{ tone | default('') }} {{ volume | default('') }}" }
`;

const OWN = `import { words } from './words/words.mjs';
export default {
  name: 'own_look', summary: 'looks', args: {}, example: '- own_look: {}', timeoutSeconds: 5,
  check: async () => ({ verdict: 'ok', message: words }),
};
`;

interface Answer {
  readonly systemvm?: readonly { readonly agentstate?: string; readonly state?: string }[];
}

export class DriftBench {
  readonly rig: Rig;
  readonly world: World;
  readonly folder: string;
  readonly plan: string;
  #saved = '';

  constructor(rig: Rig) {
    const [cloud] = rig.lab.clouds;
    if (!cloud) throw new Error('the lab has no cloud');
    this.rig = rig;
    this.world = cloud.world;
    this.folder = join(rig.folder, 'project');
    this.plan = join(rig.folder, 'rotation.plan');
    for (const folder of ['inv/group_vars', 'inv/host_vars', 'tasks/words']) {
      mkdirSync(join(this.folder, folder), { recursive: true });
    }
    cpSync(join(projectFolder, 'playbooks'), this.folder, { recursive: true });
    copyFileSync(rig.lab.inventory, join(this.folder, 'inv/inventory.yml'));
    const files = { 'play.yml': PLAY, 'more.yml': MORE, 'vars.yml': 'greeting: hello\n', 'most.txt': '5\n' };
    for (const [name, text] of Object.entries(files)) this.write(name, text);
    this.write('tasks/own_look.mjs', OWN);
    this.write('tasks/words/words.mjs', "export const words = 'seen';\n");
    this.write('inv/group_vars/clouds.yml', 'tone: loud\n');
    this.write('extra.yml', 'volume: 11\n');
    this.write('hosts.txt', 'lab\n');
  }

  write(name: string, text: string): void {
    writeFileSync(join(this.folder, name), text);
  }

  read(name: string): string {
    return readFileSync(join(this.folder, name), 'utf8');
  }

  /** Words of the command line that plans. */
  get words(): string[] {
    const at = (name: string) => join(this.folder, name);
    return [at('play.yml'), '-i', at('inv'), '-l', `@${at('hosts.txt')}`, '-e', `@${at('extra.yml')}`];
  }

  async save(): Promise<void> {
    const { code, stdout, stderr } = await this.rig.here(['plan', ...this.words, '-o', this.plan]);
    if (code !== 0) throw new Error(`the plan was not made: ${stdout}${stderr}`);
    this.#saved = readFileSync(this.plan, 'utf8');
  }

  /** Puts the plan back as it was saved. */
  restore(): void {
    writeFileSync(this.plan, this.#saved);
  }

  apply(): Promise<Done> {
    return this.rig.here(['apply', this.plan]);
  }

  /** The saved plan with some of it different, as if cs-play had made it so. */
  alter(more: Partial<SavedPlan>): void {
    const plan = planFrom(readFileSync(this.plan, 'utf8'), this.plan);
    writeFileSync(this.plan, planText({ ...plan, ...more }));
  }

  /** Orders something from CloudStack, past the tool. */
  async order(command: string, parameters: Readonly<Record<string, string>>): Promise<Answer> {
    const { apiKey, secretKey } = this.world.options;
    const all = new Map(Object.entries({ command, response: 'json', apikey: apiKey, ...parameters }));
    all.set('signature', signatureOf(all, secretKey));
    const url = this.rig.lab.clouds[0]?.apiUrl ?? '';
    const answer = await fetch(url, { method: 'POST', body: new URLSearchParams([...all]) });
    if (answer.status !== 200) throw new Error(`${command}: ${answer.status} ${await answer.text()}`);
    const [content] = Object.values((await answer.json()) as Record<string, Answer>);
    return content ?? {};
  }

  async setting(name: string, value: string): Promise<void> {
    await this.order('updateConfiguration', { name, value });
  }

  async zone(allocationstate: 'Enabled' | 'Disabled'): Promise<void> {
    await this.order('updateZone', { id: this.world.zones[0]?.id ?? '', allocationstate });
  }

  async state(vm: string, state: string): Promise<boolean> {
    const { systemvm = [] } = await this.order('listSystemVms', { name: vm });
    return systemvm[0]?.state === state;
  }

  vm(name: string) {
    return this.world.machines().find((machine) => machine.name === name);
  }

  /** Both system VMs are there, their agents connected. */
  async agentsUp(): Promise<boolean> {
    const { systemvm = [] } = await this.order('listSystemVms', {});
    return systemvm.length === 2 && systemvm.every(({ agentstate }) => agentstate === 'Up');
  }

  /** Waits until the lab is so. */
  async until(holds: () => Promise<boolean> | boolean): Promise<void> {
    for (let turns = 0; !(await holds()); turns += 1) {
      if (turns > 500) throw new Error(`the lab is not so: ${holds}`);
      await sleep(10);
    }
  }

  /** Puts another bundle in the place of the one that was planned with: good, and of another authority. */
  replaceBundle(): void {
    const folder = this.rig.lab.folder;
    const names = [this.world.options.consoleDomain, this.world.options.storageDomain];
    const now = Date.now();
    const dates = { from: new Date(now - 86_400_000), until: new Date(now + 300 * 86_400_000) };
    const root = makePem({ subject: 'Other Root', key: 'root', ca: true, ...dates });
    const leaf = makePem({ subject: 'other', issuer: 'Other Root', key: 'server', signer: 'root', names, ...dates });
    writeFileSync(join(folder, 'fullchain.pem'), leaf);
    writeFileSync(join(folder, 'privkey.pem'), readFileSync(join(projectFolder, 'test/pki/fixtures/keys/server.pem')));
    writeFileSync(join(folder, 'root.pem'), root);
  }
}
