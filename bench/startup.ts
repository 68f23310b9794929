// What it costs to start: `cs-play --version` against Node doing nothing.
//
//   npm run build && node dist/bench/startup.js

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pairedCpu } from './measure.ts';

const cli = join(fileURLToPath(import.meta.url), '../../src/cli/main.js');
const result = pairedCpu([process.execPath, cli, '--version'], [process.execPath, '-e', '0'], 15);
console.log(`cs-play --version ${result.a.toFixed(3)} s CPU, node -e 0 ${result.b.toFixed(3)} s CPU`);
console.log(
  `ratio ${result.ratio.toFixed(2)} (${result.lowest.toFixed(2)} to ${result.highest.toFixed(2)}); goal at most 1.5`,
);
