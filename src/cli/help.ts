// What `--help` prints.

import { describeFlags, playFlags } from './flags.ts';

/** Columns of help in a pipe, and the most of a terminal: longer lines are hard to read. */
const COLUMNS = 80;

/** As wide as help may be on this stream. */
export const helpColumns = ({ isTTY, columns }: NodeJS.WriteStream): number =>
  isTTY && columns > 0 ? Math.min(COLUMNS, columns) : COLUMNS;

/** The whole help of `cs-play`, its flags laid out for so many columns. */
export function help(columns: number): string {
  return `cs-play: rotate the certificates of Apache CloudStack: planned, done, proved

usage:
  cs-play PLAYBOOK [flags]          run a playbook: rotate-certs.yml, or yours
  cs-play PLAYBOOK --check [flags]  print the plan; nothing is written
  cs-play plan PLAYBOOK -o FILE     save the plan, to be reviewed and applied
  cs-play show FILE                 print a saved plan
  cs-play apply FILE                do what a saved plan says
  cs-play rollback CLOUD [flags]    go back to a certificate that was kept
  cs-play doc [TASK]                what each task does and takes
  cs-play runs [show RUN]           the runs so far; the report of one
  cs-play resume [RUN] [flags]      go on with a run that did not end well
  cs-play approve RUN               say yes to what a run waits for, or no
  cs-play unlock [CLOUD --run ID]   the locks of clouds; takes one away
  cs-play lab up [flags]            a CloudStack to try things on, until Ctrl-C
  cs-play lab --help                more about the lab

flags:
${describeFlags(playFlags, columns)}

A playbook is found as given, under playbooks/, or among those that come with
cs-play; an inventory as given, under inventory/, or likewise. Without -i:
CS_PLAY_INVENTORY, else the lab that is up, else only localhost.

exit codes:
  0 all well                 3 some host unreachable, or its outcome unknown
  1 a bug in cs-play         4 invalid input, nothing was touched
  2 some host failed         5 stopped by a safety rule; 130 interrupted
  plan --exit-code: 6 something is to be changed
`;
}
