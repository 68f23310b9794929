// What a play waits for before it begins and between its waves: a person's yes, and a time in which its proofs hold.

import { place } from '../errors.ts';
import type { Host, Play } from '../model.ts';
import { type Batch, type Section, type Shared, type Standing, workOf } from './batch.ts';
import { type Process, perform } from './process.ts';
import { isFallen, judge, stopRun, takeIn } from './settle.ts';
import type { ConfirmWork, Scene, SoakWork } from './work.ts';

/** Who is asked about: hosts of a play, or of one of its waves. */
export interface Asked {
  readonly play: Play;
  readonly standing: Standing | undefined;
  readonly hosts: readonly Host[];
  /** From 1; undefined where the question is for the whole play. */
  readonly wave: number | undefined;
  /** Hosts of later waves. */
  readonly later: readonly Host[];
}

/** Asks where the play says so. The words of a no, or of no answer, after which the run is stopped. */
export function* refusal(shared: Shared, asked: Asked): Process<string | undefined> {
  const { play, standing, hosts, wave, later } = asked;
  const [first] = hosts;
  if (!play.confirm || !first || (wave === undefined) !== (play.confirm.each === 'play')) return undefined;
  const scene: Scene = { play, on: standing?.member.host, batch: hosts, all: hosts, alive: () => hosts };
  const work: ConfirmWork = {
    kind: 'confirm',
    step: play,
    confirm: play.confirm,
    wave,
    id: shared.nextId(),
    host: first,
    scene,
    covered: { failed: false, unreachable: false },
    rescuedHere: false,
  };
  const [result] = yield* perform([work], { idle: true });
  if (result?.status === 'ok') return undefined;
  const words = result?.message ?? 'nobody said yes';
  stopRun(shared, scene, words, [...hosts, ...later]);
  return words;
}

/** Watches what a wave brought about. A host on which that does not hold has failed, and the budget looks at it. */
export function* soak(batch: Batch, isLast: boolean): Process<void> {
  const { play, shared } = batch;
  if (!play.soak || (isLast && !play.soak.last) || batch.ended === 'play') return;
  const { soak: wanted } = play;
  const section: Section = { rescue: false, shielded: false, fatal: play.anyErrorsFatal };
  if (batch.held(section)) return;
  const members = batch.members.filter((member) => !member.fault);
  const works = members.map(
    (member): SoakWork => ({ kind: 'soak', step: play, soak: wanted, ...workOf(batch, member, section) }),
  );
  if (works.length === 0) return;
  shared.say({ type: 'soak-started', scene: batch.scene, soak: wanted, hosts: works.map(({ host }) => host) });
  const results = yield* perform(works, { idle: true });
  const gone = members.filter((_, index) => isFallen(results[index]));
  members.forEach((member, index) => {
    const result = results[index];
    if (result && isFallen(result)) takeIn(batch, play, member, result, section);
  });
  if (gone.length > 0) judge(batch, play, gone, section);
  if (results.every((result) => result?.status === 'skipped')) warnOfNothing(batch);
}

function warnOfNothing({ play, shared, scene }: Batch): void {
  const hosts = scene.batch.map((host) => host.path).join(', ');
  const message = `nothing is watched in the soak of ${hosts}: no step proved there what the run changed`;
  shared.say({ type: 'warning', message, hint: `add a proof to the play, such as tls_endpoint (${place(play.at)})` });
}
