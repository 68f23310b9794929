// Command lines that are refused before anything is touched, each with the whole of what is said on stderr.

export interface BadFlags {
  readonly title: string;
  readonly words: readonly string[];
  readonly stderr: string;
}

/** The words stand for a folder with `play.yml` (tags: a), `hosts.yml` (a cloud eu-1) and a folder `afolder`. */
const PLAY = ['play.yml', '-i', 'hosts.yml'] as const;

export const badFlags: readonly BadFlags[] = [
  {
    title: 'an unknown flag',
    words: ['play.yml', '--chek'],
    stderr: `error: unknown flag "--chek"
hint: did you mean "--check"?
`,
  },
  {
    title: 'several unknown flags, all at once',
    words: ['play.yml', '--chek', '--fork', '0', '--otput', 'x'],
    stderr: `error: unknown flag "--chek"
hint: did you mean "--check"?

error: unknown flag "--fork"
hint: did you mean "--forks"?

error: unknown flag "--otput"
hint: did you mean "--output"?

3 problems; nothing was touched
`,
  },
  {
    title: 'a plan of nothing',
    words: ['plan'],
    stderr: `error: no playbook is named
hint: cs-play rotate-certs.yml --check
`,
  },
  {
    title: 'a saved plan of two playbooks, for a time that is none, in JSON by the old letter',
    words: ['plan', 'play.yml', 'play.yml', '-o', 'json', '--valid-for', '24'],
    stderr: `error: a saved plan is of one playbook, not of 2
hint: plan each into a file of its own

error: --valid-for is no time: "24"
hint: minutes, hours or days: 30m, 24h, 7d; leave it out to mean 24h

2 problems; nothing was touched
`,
  },
  {
    title: 'what a plan that is not saved has no use for',
    words: ['plan', ...PLAY, '--valid-for', '24h', '--force'],
    stderr: `error: --valid-for is for a plan that is saved
hint: add -o FILE

error: --force is for a plan that is saved
hint: add -o FILE

2 problems; nothing was touched
`,
  },
  {
    title: 'a plan in the place of something else',
    words: ['plan', ...PLAY, '-o', 'play.yml'],
    stderr: `error: "play.yml" is there already and is not a saved plan
hint: name another file, or add --force
`,
  },
  {
    title: 'a plan in no folder',
    words: ['plan', ...PLAY, '-o', '/nowhere/rotation.plan'],
    stderr: `error: there is no folder "/nowhere" for the plan
hint: mkdir -p /nowhere
`,
  },
  {
    title: 'no plan to show',
    words: ['show'],
    stderr: `error: no saved plan is named
hint: cs-play show rotation.plan
`,
  },
  {
    title: 'two plans to apply',
    words: ['apply', 'a.plan', 'b.plan', '-f', '0'],
    stderr: `error: one saved plan at a time, not 2
hint: cs-play apply rotation.plan

error: --forks must be a whole number from 1, not "0"
hint: leave it out to mean as many as the plan

2 problems; nothing was touched
`,
  },
  {
    title: 'a plan that is not there',
    words: ['apply', 'rotation.plan'],
    stderr: `error: there is no plan "rotation.plan"
hint: cs-play plan PLAYBOOK -o FILE writes one
`,
  },
  {
    title: 'a playbook in the place of a plan',
    words: ['show', 'play.yml'],
    stderr: `error: "play.yml" is not a saved plan
hint: cs-play plan PLAYBOOK -o FILE writes one
`,
  },
  {
    title: 'a limit for a plan that is made already',
    words: ['apply', 'rotation.plan', '--limit', 'eu-1'],
    stderr: `error: unknown flag "--limit"
hint: cs-play apply --help lists them
`,
  },
  {
    title: 'a way back of no cloud',
    words: ['rollback', '--check'],
    stderr: `error: no cloud is named
hint: cs-play rollback eu-1 --check
`,
  },
  {
    title: 'a way back of two clouds, to something that is no fingerprint',
    words: ['rollback', 'eu-1', 'us-1', '--to', 'yesterday'],
    stderr: `error: one cloud at a time, not eu-1 and us-1
hint: cs-play rollback eu-1 --check

error: --to must be the beginning of a fingerprint, not "yesterday"
hint: leave it out to mean the newest that is not served; the plan names it

2 problems; nothing was touched
`,
  },
  {
    title: 'a way back of a part of a cloud',
    words: ['rollback', 'eu-1/ams'],
    stderr: `error: "eu-1/ams" is not the name of a cloud
hint: write its name in the inventory: cs-play rollback eu-1 --check
`,
  },
  {
    title: 'a way back for a cloud that there is not',
    words: ['rollback', 'eu-9', '-i', 'hosts.yml', '-e', 'console_domain=a.example'],
    stderr: `error: there is no cloud "eu-9" in the inventory
hint: did you mean "eu-1"?
`,
  },
  {
    title: 'a way back for a cloud that there is not, nor one of a name like it',
    words: ['rollback', 'moon', '-i', 'hosts.yml', '-e', 'console_domain=a.example'],
    stderr: `error: there is no cloud "moon" in the inventory
hint: cs-play rollback-certs.yml --list-hosts lists the clouds of the inventory
`,
  },
  {
    title: 'a way back for all clouds of a group',
    words: ['rollback', 'clouds', '-i', 'hosts.yml', '-e', 'console_domain=a.example'],
    stderr: `error: "clouds" is a group, and not the name of a cloud
hint: cs-play rollback-certs.yml --list-hosts lists the clouds of the inventory
`,
  },
  {
    title: 'a command that is written wrongly',
    words: ['resum'],
    stderr: `error: no playbook "resum" here, under playbooks/ or among those that come with cs-play
hint: did you mean the command "resume"?
`,
  },
  {
    title: 'a plan that is a folder',
    words: ['show', 'afolder'],
    stderr: `error: the plan "afolder" cannot be read: it is a folder
hint: cs-play plan PLAYBOOK -o FILE writes one
`,
  },
  {
    title: 'a way back that is limited a second time',
    words: ['rollback', 'eu-1', '--limit', 'eu-1/ams'],
    stderr: `error: unknown flag "--limit"
hint: cs-play rollback --help lists them
`,
  },
  {
    title: 'an unknown letter',
    words: [...PLAY, '-Z'],
    stderr: `error: unknown flag "-Z"
hint: cs-play --help lists them
`,
  },
  {
    title: 'a flag of Ansible that is not there',
    words: [...PLAY, '--vault-id', 'x'],
    stderr: `error: "--vault-id" of Ansible is not there
hint: look secrets up: {{ lookup('env', 'NAME') }}, or 'file' or 'pipe'
`,
  },
  {
    title: 'a letter of Ansible that is not there',
    words: [...PLAY, '-K'],
    stderr: `error: "-K" of Ansible is not there
hint: connect as the user that may do it: ansible_user
`,
  },
  {
    title: 'a flag without its value',
    words: [...PLAY, '--limit'],
    stderr: `error: --limit needs a value
hint: --limit PATTERN: only these hosts and what lies below them: eu-1/ams
`,
  },
  {
    title: 'a switch with a value',
    words: [...PLAY, '--check=yes'],
    stderr: `error: --check takes no value, but was given "yes"
hint: write --check alone
`,
  },
  {
    title: 'a flag given twice',
    words: [...PLAY, '--limit', 'eu-1', '--limit', 'us-1'],
    stderr: `error: --limit is given twice
hint: give it once
`,
  },
  {
    title: 'no hosts at once',
    words: [...PLAY, '--forks', '0'],
    stderr: `error: --forks must be a whole number from 1, not "0"
hint: leave it out to mean 20
`,
  },
  {
    title: 'forks that are no number',
    words: [...PLAY, '-f', 'many'],
    stderr: `error: --forks must be a whole number from 1, not "many"
hint: leave it out to mean 20
`,
  },
  {
    title: 'an empty limit',
    words: [...PLAY, '--limit', ''],
    stderr: `error: --limit is empty
hint: leave it out to mean everything
`,
  },
  {
    title: 'a limit of separators',
    words: [...PLAY, '-l', ','],
    stderr: `error: --limit is empty
hint: leave it out to mean everything
`,
  },
  {
    title: 'an unknown host in the limit',
    words: [...PLAY, '--limit', 'eu-2'],
    stderr: `error: no host or group is named "eu-2"
  --limit:1:1
     1 | eu-2
       | ^^^^
hint: did you mean "eu-1"?
`,
  },
  {
    title: 'an unknown tag',
    words: [...PLAY, '--tags', 'b'],
    stderr: `error: --tags: no task has the tag "b"
hint: the playbook has a
`,
  },
  {
    title: 'an empty tag',
    words: [...PLAY, '--tags', ''],
    stderr: `error: --tags is empty
hint: leave it out to mean everything
`,
  },
  {
    title: 'an unknown tag to skip',
    words: [...PLAY, '--skip-tags', 'b'],
    stderr: `error: --skip-tags: no task has the tag "b"
hint: the playbook has a
`,
  },
  {
    title: 'a start at no task',
    words: [...PLAY, '--start-at-task', 'nope'],
    stderr: `error: --start-at-task: no task is named "nope"
hint: --list-tasks prints the names
`,
  },
  {
    title: 'an empty start',
    words: [...PLAY, '--start-at-task', ''],
    stderr: `error: --start-at-task is empty
hint: leave it out to mean everything
`,
  },
  {
    title: 'an unknown output',
    words: [...PLAY, '--output', 'xml'],
    stderr: `error: --output must be text or json, not "xml"
hint: text for people, json for programs
`,
  },
  {
    title: 'two lists at once',
    words: [...PLAY, '--list-tasks', '--list-hosts'],
    stderr: `error: --list-tasks and --list-hosts exclude each other
hint: ask for one at a time
`,
  },
  {
    title: 'a missing playbook',
    words: ['rotate-cert.yml'],
    stderr: `error: no playbook "rotate-cert.yml" here, under playbooks/ or among those that come with cs-play
hint: did you mean "rotate-certs.yml"?
`,
  },
  {
    title: 'a folder as playbook',
    words: ['afolder'],
    stderr: `error: "afolder" is not a playbook file
hint: name the file in it
`,
  },
  {
    title: 'an empty name of a playbook',
    words: [''],
    stderr: `error: the name of the playbook is empty
hint: is a variable of the shell not set?
`,
  },
  {
    title: 'one of two playbooks is missing',
    words: ['play.yml', 'plya.yml', '-i', 'hosts.yml'],
    stderr: `error: no playbook "plya.yml" here, under playbooks/ or among those that come with cs-play
hint: there are: restart-system-vms.yml, rollback-certs.yml, rotate-certs.yml, tls-settings.yml, verify-certs.yml
`,
  },
  {
    title: 'a missing inventory',
    words: ['play.yml', '-i', 'nothere.yml'],
    stderr: `error: no inventory "nothere.yml" here, under inventory/ or among those that come with cs-play
hint: there are: example.yml, lab.yml
`,
  },
  {
    title: 'an empty name of an inventory',
    words: ['play.yml', '-i', ''],
    stderr: `error: the name of the inventory is empty
hint: is a variable of the shell not set?
`,
  },
  {
    title: 'a variable without a value',
    words: [...PLAY, '-e', 'foo'],
    stderr: `error: "foo" is not name=value
  -e:1:1
     1 | foo
       | ^^^
hint: write name=value, a map such as {"name": "value"}, or @FILE
`,
  },
  {
    title: 'a file of variables that is missing',
    words: [...PLAY, '-e', '@missing.yml'],
    stderr: `error: there is no file "missing.yml"
`,
  },
  {
    title: 'variables that are a list',
    words: [...PLAY, '-e', '[1]'],
    stderr: `error: -e has to be a map, not a list
  -e:1:1
     1 | [1]
       | ^^^
`,
  },
  {
    title: 'variables that are no YAML',
    words: [...PLAY, '-e', '{a'],
    stderr: `error: flow map must end with a }
  -e:1:3
     1 | {a
       |   ^
`,
  },
  {
    title: 'an unknown task in doc',
    words: ['doc', 'sytem_vm'],
    stderr: `error: no task "sytem_vm"
hint: did you mean "system_vm"?
`,
  },
  {
    title: 'an unknown flag of doc',
    words: ['doc', '--al'],
    stderr: `error: unknown flag "--al"
hint: cs-play doc --help lists them
`,
  },
  {
    title: 'a lab that is to do nothing',
    words: ['lab'],
    stderr: `error: the lab is to do what?
hint: cs-play lab up, cs-play lab status or cs-play lab demo
`,
  },
  {
    title: 'an unknown command of the lab',
    words: ['lab', 'upp'],
    stderr: `error: the lab has no command "upp"
hint: did you mean "up"?
`,
  },
  {
    title: 'an unknown release for the lab',
    words: ['lab', 'up', '--profile', '4.9'],
    stderr: `error: there is no profile "4.9"
hint: there are 4.18, 4.21, 4.22, 4.23
`,
  },
  {
    title: 'a lab without zones',
    words: ['lab', 'up', '--zones', '0'],
    stderr: `error: --zones is a whole number from 1 to 50, not "0"
`,
  },
];
