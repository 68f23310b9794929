// Every case file: the check with doors that cannot write, then `apply` with doors that record, then the look after it
// until it is content or the time is over, as the engine does it.

import type { TaskHost } from '../../src/connection.ts';
import { Failure } from '../../src/errors.ts';
import type { Value, ValueMap } from '../../src/model.ts';
import { Secret } from '../../src/secret.ts';
import type { Applied, ArgSpecs, Change, Ok, Since, TaskModule, Verdict } from '../../src/task.ts';
import { taskModules } from '../../tasks/index.ts';
import { assert, type Cases, tests } from '../tests.ts';
import { type Case, type NamedCase, readCases } from './case.ts';
import { Doors, Unanswered } from './doors.ts';

function hostOf({ host = {} }: Case): TaskHost {
  const path = host.path ?? 'eu-1';
  return {
    path,
    name: path.split('/').at(-1) ?? path,
    kind: (host.kind ?? 'cloud') as TaskHost['kind'],
    get: (name) => host.vars?.[name],
  };
}

function argumentsOf(module: TaskModule, given: ValueMap): ValueMap {
  const declared = Object.entries(module.args as ArgSpecs).map(([name, spec]): [string, Value | undefined] => {
    const value = given[name] ?? spec.default;
    if (spec.secret && typeof value === 'string') return [name, new Secret(value)];
    return [name, spec.type === 'strings' && typeof value === 'string' ? [value] : (value as Value | undefined)];
  });
  const unknown = Object.keys(given).filter((name) => !(name in module.args));
  if (unknown.length > 0 && !module.additionalArgs) throw new Error(`${module.name} has no argument ${unknown}`);
  return { ...given, ...Object.fromEntries(declared) } as ValueMap;
}

interface Words {
  readonly message: string;
  readonly hint?: string | undefined;
}

/** A failure as a case writes it down. */
const wordsOf = ({ message, hint }: Failure): Words => (hint === undefined ? { message } : { message, hint });

/** What came of it: a failure that the operator would read is an outcome, anything else is a bug. */
async function outcomeOf<T>(work: Promise<T>): Promise<T | Failure> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
}

interface Step {
  readonly module: TaskModule;
  readonly content: Case;
  readonly host: TaskHost;
  readonly args: ValueMap;
  readonly doors: Doors;
}

/** The engine's loop after `apply`: what the last look said. */
async function lookAfter(step: Step, since: Since<unknown>): Promise<Ok | Failure> {
  const { module, args, host, doors } = step;
  for (;;) {
    const seen: Verdict<unknown> | Failure = await outcomeOf(module.check(args, host, doors.reader(), since));
    if (!(seen instanceof Failure) && seen.verdict === 'ok') return seen;
    const last = seen instanceof Failure ? seen : new Failure(`is still to be changed: ${seen.summary}`);
    if (doors.expired) return last;
    await doors.reader().clock.sleep(5);
  }
}

function compareFacts(wanted: ValueMap | undefined, found: ValueMap): void {
  if (wanted === undefined) return;
  const named = Object.fromEntries(Object.keys(wanted).map((name) => [name, found[name]]));
  assert.equal(JSON.parse(JSON.stringify(named)), JSON.parse(JSON.stringify(wanted)));
}

async function applyAndLook(step: Step, change: Change<unknown>): Promise<void> {
  const { module, content, host, args, doors } = step;
  if (!module.apply) throw new Error(`${module.name} never writes`);
  const outcome = await outcomeOf(module.apply(change, host, doors.writer(), args));
  const failure = outcome instanceof Failure ? outcome : undefined;
  const applied: Applied = outcome instanceof Failure ? {} : (outcome ?? {});
  assert.equal(doors.calls, content.calls);
  assert.equal(failure && wordsOf(failure), content.apply_fails);
  if (failure || module.proof === 'none') {
    if (content.values) assert.equal({ ...applied.values, ...failure?.values }, content.values);
    return;
  }
  const since = { at: doors.now(), detail: change.detail, applied };
  const end = await lookAfter(step, since);
  assert.equal(end instanceof Failure ? wordsOf(end) : undefined, content.never);
  assert.equal(end instanceof Failure ? undefined : end.message, content.done);
  assert.equal(doors.calls, content.calls, 'the look after it wrote');
  // As the engine merges them: what the last look says comes last.
  const seen = end instanceof Failure ? {} : end.values;
  if (content.values) assert.equal({ ...change.values, ...applied.values, ...seen }, content.values);
  compareFacts(content.facts, { ...applied.facts, ...(end instanceof Failure ? {} : end.facts) });
}

function compareFailure(content: Case, failure: Failure): void {
  assert.equal({ ...wordsOf(failure), ...(content.fails?.code && { code: failure.code }) }, content.fails);
  if (content.values) assert.equal({ ...failure.values }, content.values);
}

function compareOk(content: Case, verdict: Ok): void {
  assert.is('ok' in content, true, `is ok: ${verdict.message}`);
  assert.equal(verdict.message ?? null, content.ok);
  if (content.values) assert.equal({ ...verdict.values }, content.values);
  if (content.variables) assert.equal({ ...verdict.variables }, content.variables);
  compareFacts(content.facts, { ...verdict.facts });
}

async function runChange(step: Step, change: Change<unknown>): Promise<void> {
  const { summary, impact } = change;
  assert.equal(impact === undefined ? { summary } : { summary, impact }, step.content.change);
  if (step.content.calls) await applyAndLook(step, change);
  else compareFacts(step.content.facts, { ...change.facts });
}

async function runCase(module: TaskModule, content: Case): Promise<void> {
  const doors = new Doors(content, module.timeoutSeconds);
  const host = hostOf(content);
  const args = argumentsOf(module, content.args ?? {});
  const step: Step = { module, content, host, args, doors };
  const verdict: Verdict<unknown> | Failure = await outcomeOf(module.check(args, host, doors.reader()));
  if (content.decided_on) assert.equal('decidedOn' in verdict && verdict.decidedOn, content.decided_on);
  if (verdict instanceof Failure) compareFailure(content, verdict);
  else assert.is(content.fails, undefined, 'the check did not fail');
  if (!(verdict instanceof Failure) && verdict.verdict === 'ok') compareOk(content, verdict);
  if (!(verdict instanceof Failure) && verdict.verdict === 'change') await runChange(step, verdict);
  assert.equal(doors.calls.length > 0, (content.calls ?? []).length > 0, 'what was written');
  assert.equal(doors.warns, content.warns ?? []);
  assert.equal(doors.notes, content.notes ?? []);
}

const cases = readCases();

for (const module of taskModules) {
  const own = cases.filter(({ task }) => task === module.name);
  if (own.length === 0) continue;
  tests(
    module.name,
    Object.fromEntries(own.map(({ title, content }) => [title, () => runCase(module, content)])) as Cases,
  );
}

/** Verdicts that a task cannot have, with the reason; certificate_bundle has tests of its own. */
const impossible: Readonly<Record<string, readonly string[]>> = {
  fail: ['ok'],
  debug: ['fails'],
  management_server: ['ok'],
};

function missingVerdicts(module: TaskModule, own: readonly NamedCase[]): string[] {
  const wanted = [...(module.apply ? ['change'] : []), 'ok', 'fails'];
  const seen = new Set(own.flatMap(({ content }) => Object.keys(content)));
  return wanted.filter((verdict) => !seen.has(verdict) && !impossible[module.name]?.includes(verdict));
}

tests('case files', {
  'every task has a case for each verdict that it can give': () => {
    const lacking = taskModules
      .filter(({ name }) => name !== 'certificate_bundle')
      .map((module) => [
        module.name,
        missingVerdicts(
          module,
          cases.filter(({ task }) => task === module.name),
        ),
      ])
      .filter(([, missing]) => (missing as string[]).length > 0);
    assert.equal(lacking, []);
  },
  'every case belongs to a task': () => {
    const names = new Set(taskModules.map(({ name }) => name));
    assert.equal(
      cases.filter(({ task }) => !names.has(task)).map(({ task }) => task),
      [],
    );
  },
  'a question that a case does not answer fails it': async () => {
    const [module] = taskModules.filter(({ name }) => name === 'dns_name');
    if (!module) throw new Error('dns_name is not listed');
    try {
      await runCase(module, { args: { name: 'x.example.com', address: '192.0.2.1' }, ok: null });
    } catch (error) {
      assert.instance(error, Unanswered);
      return;
    }
    assert.unreachable('it passed');
  },
});
