// `cs-play apply FILE`: does what a saved plan says, after another look, and nothing else.

import type { Problem } from '../errors.ts';
import type { Event } from '../model.ts';
import { decisionsOf } from '../plan/decision.ts';
import { driftBetween } from '../plan/drift.ts';
import type { SavedPlan } from '../plan/file.ts';
import { gateOf } from '../plan/gate.ts';
import { plainEvents, plainValue } from '../plan/plain.ts';
import { changedFiles, otherFiles, staleness } from '../plan/stale.ts';
import { readPlan } from '../plan/store.ts';
import { stateFolder } from '../state.ts';
import { planCommandLine, requestOf } from './asked.ts';
import { describeFlags, type Flag, parseFlags, playFlags } from './flags.ts';
import { helpColumns } from './help.ts';
import type { Io } from './io.ts';
import { look } from './look.ts';
import { packageVersion } from './package.ts';
import { makeReady, preflightOf, type Ready } from './ready.ts';
import { forksOf, outputOf, type PlayRequest, sound } from './request.ts';
import { reportFor, runReady } from './run-ready.ts';
import { oneFile } from './show.ts';
import { type Stop, tellStop } from './stop.ts';
