// What `--help` prints.

import { describeFlags, playFlags } from './flags.ts';

/** The whole help of `cs-play`. */
export function help(): string {
  return `cs-play: rotate the certificates of Apache CloudStack: planned, done, proved

usage:
  cs-play PLAYBOOK [flags]          run a playbook (rotate-certs.yml comes with it)
  cs-play PLAYBOOK --check [flags]  print the plan; nothing is written
  cs-play doc [TASK]                what each task does and takes
  cs-play lab up [flags]            a CloudStack to try things on, until Ctrl-C
  cs-play lab --help                more about the lab

flags:
${describeFlags(playFlags)}

A playbook is found as given, under playbooks/, or among those that come with cs-play;
an inventory as given, under inventory/, or likewise. Without -i the lab is used.

exit codes: 0 all well · 1 a bug in cs-play · 2 some host failed · 3 some host unreachable
or its outcome unknown · 4 invalid input, nothing was touched · 5 stopped by a safety rule
130 interrupted
`;
}
