// The task modules that come with cs-play, in the order of the reference page.
import type { TaskModule } from '../src/task.ts';

export const taskModules: readonly TaskModule[] = [];
