// What Ansible was seen to do, case by case (cases.json), against cs-play by its own door. deviations.json says of each
// case that is left out or that ends otherwise here: why, and what holds instead.

import { assert, type Cases, tests } from '../tests.ts';
import { ansibleStory, type Case, cases, deviations, exitCodeFor, ourStory, play, recapLine } from './observed.ts';

function holds(each: Case): () => Promise<void> {
  return async () => {
    const { ours } = deviations[each.id] ?? {};
    const { code, events, refused } = await play(each);
    const expected = { ...each.expected, ...ours };
    const end = events.find((event) => event.type === 'run-ended');
    const about = refused.join('; ');
    assert.is(code, ours?.rc ?? exitCodeFor(each.expected), about);
    assert.equal(refused, ours?.refused ?? [], 'what is refused');
    if (refused.length > 0) return;
    assert.equal((end?.recap ?? []).map(recapLine).sort(), [...(expected.recap ?? [])].sort(), about);
    if (expected.events) assert.equal(ourStory(events), ansibleStory(expected));
  };
}

const run = cases.filter((each) => !deviations[each.id]?.leftOut);
const table: Cases = Object.fromEntries(run.map((each) => [`${each.id} ${each.title}`, holds(each)]));

tests('ansible', {
  'every entry of deviations.json is about a case and says why': () => {
    const ids = new Set(cases.map((each) => each.id));
    for (const [id, entry] of Object.entries(deviations)) {
      assert.ok(ids.has(id), id);
      assert.ok(entry.leftOut || entry.alike || entry.deviates, id);
    }
  },
  ...table,
});
