// `cs-play rollback CLOUD`: the playbook rollback-certs.yml for one cloud, with its words.

import { InvalidInput, type Problem } from '../errors.ts';
import type { Prepared } from '../playbook/prepare.ts';
import { describeFlags, type Flag, type Parsed, parseFlags, playFlags } from './flags.ts';
import { helpColumns } from './help.ts';
import type { Io } from './io.ts';
import { playCommand } from './play.ts';

const PLAYBOOK = 'rollback-certs.yml';

const to = {
  name: 'to',
  value: 'FINGERPRINT',
  help: 'the kept bundle to go back to, by the beginning of its fingerprint (default: the newest that is not served)',
} as const satisfies Flag;

const rollbackFlags: readonly Flag[] = [to, ...playFlags.filter(({ name }) => name !== 'limit')];

const help = (columns: number): string => `cs-play rollback: go back to a certificate that was kept

usage:
  cs-play rollback CLOUD --check [flags]  print the plan; nothing is written
  cs-play rollback CLOUD [flags]          upload it, restart, prove it

flags:
${describeFlags(rollbackFlags, columns)}

A bundle is kept when a rotation has been proved and the inventory says to whom
it is encrypted: bundle_recipients or bundle_passphrase.
`;

/** Runs the playbook; the exit code is that of the run. Throws `InvalidInput` with all that is wrong with the words. */
export async function rollbackCommand(io: Io): Promise<number> {
  const parsed = parseFlags(io.argv, rollbackFlags, 'cs-play rollback');
  if (parsed.given.has('help')) {
    io.stdout.write(help(helpColumns(io.stdout)));
    return 0;
  }
  if (parsed.given.has('version')) return playCommand({ ...io, argv: ['--version'] });
  const argv = playWords(parsed);
  const [cloud = ''] = parsed.words;
  try {
    return await playCommand({ ...io, argv }, ({ prepared }) => refuseGroup(cloud, prepared));
  } catch (error) {
    throw error instanceof InvalidInput ? new InvalidInput(error.problems.map(aboutCloud(cloud))) : error;
  }
}

const LISTED = `cs-play ${PLAYBOOK} --list-hosts lists the clouds of the inventory`;

/** A pattern means the hosts of a group by its name, and here one cloud is meant. */
function refuseGroup(cloud: string, { inventory }: Prepared): void {
  if (inventory.hosts.some(({ path }) => path === cloud)) return;
  throw new InvalidInput([{ message: `"${cloud}" is a group, and not the name of a cloud`, hint: LISTED }]);
}

/** Nobody wrote the limit that such a problem is about. */
const aboutCloud =
  (cloud: string) =>
  (problem: Problem): Problem => {
    if (problem.at?.source.file !== '--limit') return problem;
    const near = problem.hint?.startsWith('did you mean') ? problem.hint : undefined;
    return { message: `there is no cloud "${cloud}" in the inventory`, hint: near ?? LISTED };
  };

/** The words that mean the same without the command. */
function playWords({ words, given }: Parsed): readonly string[] {
  const [cloud = '', ...more] = words;
  const wish = given.get(to.name)?.[0];
  const problems = [...cloudProblems(cloud, more), ...wishProblems(wish)];
  if (problems.length > 0) throw new InvalidInput(problems);
  const flags = [...given].filter(([name]) => name !== to.name).flatMap(([name, values]) => flagWords(name, values));
  const fingerprint = wish === undefined ? [] : ['--extra-vars', JSON.stringify({ rollback_to: wish })];
  return [PLAYBOOK, '--limit', cloud, ...flags, ...fingerprint];
}

const flagWords = (name: string, values: readonly string[]): string[] =>
  values.map((value) => (takesValue(name) ? `--${name}=${value}` : `--${name}`));

const takesValue = (name: string): boolean => rollbackFlags.find((flag) => flag.name === name)?.value !== undefined;

const EXAMPLE = 'cs-play rollback eu-1 --check';

/** A part of a cloud cannot go back: its zones share what CloudStack holds. */
function cloudProblems(cloud: string, more: readonly string[]): Problem[] {
  if (cloud === '') return [{ message: 'no cloud is named', hint: EXAMPLE }];
  if (more.length > 0)
    return [{ message: `one cloud at a time, not ${[cloud, ...more].join(' and ')}`, hint: EXAMPLE }];
  if (!/[/:,&!*?[\]~@]/.test(cloud)) return [];
  return [{ message: `"${cloud}" is not the name of a cloud`, hint: `write its name in the inventory: ${EXAMPLE}` }];
}

function wishProblems(wish: string | undefined): Problem[] {
  if (wish === undefined || /^[0-9a-f:]+$/i.test(wish.trim())) return [];
  return [
    {
      message: `--to must be the beginning of a fingerprint, not "${wish}"`,
      hint: 'leave it out to mean the newest that is not served; the plan names it',
    },
  ];
}
