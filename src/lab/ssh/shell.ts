// Runs a command line on a machine of the lab, as the login shell behind sshd does.

import { basename } from 'node:path/posix';
import { done, failed, type Output, type System } from './system.ts';
import { type Command, type Pipeline, readCommandLine, type Step, SyntaxProblem } from './words.ts';

type Stdin = () => Promise<string>;

const NOT_FOUND = 127;

/** What `bash -c text` gives there. */
export async function runShell(text: string, stdin: Stdin, system: System): Promise<Output> {
  const steps = parse(text);
  if ('code' in steps) return steps;
  let output = done();
  for (const step of steps) {
    if (!isDue(step, output.code)) continue;
    const next = await runPipeline(step.pipeline, stdin, system);
    output = { code: next.code, stdout: output.stdout + next.stdout, stderr: output.stderr + next.stderr };
  }
  return output;
}

function parse(text: string): readonly Step[] | Output {
  try {
    return readCommandLine(text);
  } catch (error) {
    if (error instanceof SyntaxProblem) return failed(2, `bash: -c: line 1: ${error.message}\n`);
    throw error;
  }
}

function isDue(step: Step, code: number): boolean {
  if (step.after === 'and') return code === 0;
  if (step.after === 'or') return code !== 0;
  return true;
}

async function runPipeline(pipeline: Pipeline, stdin: Stdin, system: System): Promise<Output> {
  let input = stdin;
  let stderr = '';
  let last = done();
  for (const command of pipeline) {
    last = await runCommand(command, input, system);
    const { stdout } = last;
    input = () => Promise.resolve(stdout);
    stderr += last.stderr;
  }
  return { ...last, stderr };
}

async function runCommand(command: Command, stdin: Stdin, system: System): Promise<Output> {
  const [word = '', ...args] = command.words;
  const output = await runProgram(word, args, stdin, system);
  const stderr = command.merged ? '' : output.stderr;
  return {
    code: output.code,
    stdout: command.silent.stdout ? '' : output.stdout + (command.merged ? output.stderr : ''),
    stderr: command.silent.stderr ? '' : stderr,
  };
}

function runProgram(word: string, args: readonly string[], stdin: Stdin, system: System): Output | Promise<Output> {
  const name = basename(word);
  const program = system.programs.get(name);
  if (program !== undefined && (word === name || /^\/(?:usr\/)?s?bin\//.test(word))) {
    return program({ name, args, stdin, system });
  }
  const reason = word.includes('/') ? 'No such file or directory' : 'command not found';
  return failed(NOT_FOUND, `bash: line 1: ${word}: ${reason}\n`);
}
