// Faults that can be ordered from the lab, by name.

export const faultNames = [
  'job-fails',
  'job-never-ends',
  'answer-lost',
  'http-401',
  'http-429',
  'http-503',
  'connection-reset',
  'vm-does-not-come-back',
  'agent-never-up',
  'apache-keeps-old-chain',
  'no-listener-8443',
  'host-key-changed',
  'slow-restart',
  'failed-start',
  'clock-skew',
  'program-fails',
  'ssh-lost',
  'dns-silent',
  'dns-no-name',
] as const;

export type FaultName = (typeof faultNames)[number];

export interface Fault {
  readonly name: FaultName;
  /** API faults: only for this command, in any case. SSH faults: only for this program. Undefined: any. */
  readonly command?: string | undefined;
  /** API faults: only where the command has this parameter, `name=root`, or one of that name, `privatekey`. */
  readonly parameter?: string | undefined;
  /** VM faults: a system VM's name, or `consoleproxy` / `secondarystoragevm`, or `<zone>/<type>`; SSH faults: a host's name too; undefined: any. */
  readonly target?: string | undefined;
  /** How often it strikes; API faults default to once, VM faults to always. */
  readonly times?: number | undefined;
}
