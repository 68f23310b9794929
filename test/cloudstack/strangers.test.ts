import { type Noted, UploadWatch } from '../../src/cloudstack/strangers.ts';
import { uploadFact } from '../../src/cloudstack/upload.ts';
import { knownEvents, type UploadEvent, unknownEvents } from '../../src/cloudstack/upload-events.ts';
import { behaviourOf } from '../../src/cloudstack/versions.ts';
import type { Reader, TaskHost } from '../../src/connection.ts';
import { Failure, SafetyStop } from '../../src/errors.ts';
import { certificateChain } from '../../tasks/certificate_chain.ts';
import { assert, tests } from '../tests.ts';

/**
 * What happens, in order. `send`, `done`, `end`: what the upload asks of its watch. `own`, `other`: an upload that the
 * server takes up. `archive`: the events from before are put away. `deaf`: the API answers no question about events.
 */
type Happening = 'send' | 'sendFailed' | 'done' | 'end' | 'own' | 'other' | 'archive' | 'deaf';

const BEFORE: readonly UploadEvent[] = [{ id: 'old', created: '2026-06-01T00:00:00+0000', username: 'jane' }];
const host: TaskHost = { path: 'lab', name: 'lab', kind: 'cloud', get: () => undefined };

/** What became of it: the number of warnings, or how the run was stopped. */
async function outcomeOf(happenings: readonly Happening[], noted: Partial<Noted> = {}): Promise<string> {
  let events = [...BEFORE];
  let deaf = false;
  const warnings: string[] = [];
  const list = async () => {
    if (deaf) throw new Failure('listEvents: not for this account (432)', { code: 'api-432' });
    return events.map((event) => ({ ...event }));
  };
  const read = {
    cloudstack: { list },
    tell: { warn: (text: string) => void warnings.push(text) },
  } as unknown as Reader;
  const all: Noted = { events: knownEvents(BEFORE), served: {}, state: null, ...noted };
  const watch = new UploadWatch(all, host, read, async () => ({ leaves: new Map(), state: all.state }));
  const act: Readonly<Record<Happening, () => unknown>> = {
    send: () => watch.sending(),
    sendFailed: () => watch.sending(1),
    done: () => watch.done('row'),
    end: () => watch.ended(),
    own: () => events.push({ id: `own ${events.length}`, created: '2026-12-01T03:12:05+0000', username: 'admin' }),
    other: () => events.push({ id: `other ${events.length}`, created: '2026-12-01T03:12:05+0000', username: 'bob' }),
    archive: () => {
      events = events.filter(({ id }) => id !== 'old');
    },
    deaf: () => {
      deaf = true;
    },
  };
  try {
    for (const happening of happenings) await act[happening]();
    return warnings.length === 0 ? 'quiet' : `${warnings.length} warnings`;
  } catch (error) {
    if (!(error instanceof SafetyStop)) throw error;
    return error.code === 'stranger' ? error.message : `stop: ${error.code}`;
  }
}

const [CALL, BEFORE_WRITING] = [
  ['send', 'own', 'done'] as const,
  'somebody else uploaded a certificate to lab at 2026-12-01 03:12:05 UTC (user bob): this run stops before it writes',
];
const stopAfter = (uploads: number, rows: readonly string[], user: string): string =>
  `somebody else uploads certificates to lab as well: ${uploads} uploads since this was decided, the last at 2026-12-01 03:12:05 UTC (user ${user}), and this run made ${rows.length} of them (${rows.join(', ')}); it stops`;

const cases: Readonly<Record<string, { readonly goes: readonly Happening[]; readonly comesTo: string }>> = {
  'one event for each call is its own': { goes: [...CALL, ...CALL, 'end'], comesTo: 'quiet' },
  'a call that is sent again since it never arrived may make one event': {
    goes: ['send', 'send', 'own', 'done', ...CALL, 'end'],
    comesTo: 'quiet',
  },
  'a call that is sent again while the first one is being taken up may make two': {
    goes: ['send', 'own', 'send', 'own', 'done', ...CALL, 'end'],
    comesTo: 'quiet',
  },
  'a call that was sent again does not hide two events of somebody else': {
    goes: ['send', 'send', 'own', 'done', 'other', 'other', 'end'],
    comesTo: stopAfter(3, ['row'], 'bob'),
  },
  'a resumed run takes the events of the calls that are done for its own': {
    goes: ['own', 'own', 'done', 'done', ...CALL, 'end'],
    comesTo: 'quiet',
  },
  'a resumed run takes the event of the call that was under way for its own': {
    goes: ['own', 'done', 'end'],
    comesTo: 'quiet',
  },
  'a resumed run takes the event of the call that failed before for its own': {
    goes: ['own', 'done', 'own', 'sendFailed', 'own', 'done', 'end'],
    comesTo: 'quiet',
  },
  'a resumed run sees what somebody uploaded while it was down': {
    goes: ['own', 'other', 'done', 'send'],
    comesTo: stopAfter(2, ['row'], 'bob'),
  },
  'a resumed run with nothing left to send sees it as well': {
    goes: ['own', 'other', 'done', 'end'],
    comesTo: stopAfter(2, ['row'], 'bob'),
  },
  'an upload before the first call stops it before it writes': { goes: ['other', 'send'], comesTo: BEFORE_WRITING },
  'an upload between two calls stops it before the next': {
    goes: [...CALL, 'other', 'send'],
    comesTo: stopAfter(2, ['row'], 'bob'),
  },
  'an upload after the last call is seen': {
    goes: [...CALL, ...CALL, 'other', 'end'],
    comesTo: stopAfter(3, ['row', 'row'], 'bob'),
  },
  'events that are put away meanwhile hide nobody': { goes: ['archive', 'other', 'send'], comesTo: BEFORE_WRITING },
  'events that are put away meanwhile are no alarm': { goes: ['archive', ...CALL, 'end'], comesTo: 'quiet' },
  'where the events can no longer be seen it says so and goes on': {
    goes: ['deaf', ...CALL, 'end'],
    comesTo: '2 warnings',
  },
};

const stamped = (count: number, created: string): UploadEvent[] =>
  Array.from({ length: count }, (_, index) => ({ id: `${created} ${index}`, created, username: 'admin' }));

tests('strangers', {
  ...Object.fromEntries(
    Object.entries(cases).map(([title, { goes, comesTo }]) => [
      title,
      async () => assert.is(await outcomeOf(goes), comesTo),
    ]),
  ),
  'where events could not be seen when it was decided nothing is asked': async () =>
    assert.is(await outcomeOf(['deaf', ...CALL, 'end'], { events: null }), 'quiet'),
  'an upload after the state was put back is told as such, not as a state that does not hold': async () => {
    const answers: Readonly<Record<string, readonly object[]>> = {
      listConfigurations: [{ name: 'consoleproxy.management.state', value: 'ResetSuspending' }],
      listEvents: [{ id: 'new', created: '2026-12-01T03:12:05+0000', username: 'bob' }, ...BEFORE],
    };
    const read = { cloudstack: { list: async (command: string) => answers[command] } } as unknown as Reader;
    const noted: Noted = { events: knownEvents(BEFORE), served: {}, state: 'Auto' };
    const facts = uploadFact('6d80', '2026-12-01T03:12:00Z', behaviourOf('4.22.0'), false, knownEvents(BEFORE));
    const since = { at: new Date(), detail: { upload: true, again: false, noted }, applied: { facts } };
    try {
      await certificateChain.check({} as never, host, read, since);
      assert.unreachable('it is content');
    } catch (error) {
      assert.instance(error, SafetyStop);
      assert.is(
        (error as SafetyStop).message,
        'somebody else uploaded a certificate to lab at 2026-12-01 03:12:05 UTC (user bob), after this run\'s own upload: "consoleproxy.management.state" is ResetSuspending, not Auto',
      );
    }
  },
  'of very many events the oldest are left out, and are not new for it': () => {
    const many = [...stamped(90, '2026-06-02T00:00:00+0000'), ...stamped(90, '2026-06-01T00:00:00+0000')];
    const known = knownEvents(many);
    const [fresh] = stamped(1, '2026-12-01T00:00:00+0000');
    assert.is(known.ids.length, 100);
    assert.equal(unknownEvents(fresh ? [fresh, ...many] : [], known), [fresh]);
  },
});
