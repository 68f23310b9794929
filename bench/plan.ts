// A plan over a fleet: CPU and memory of `cs-play rotate-certs.yml --check` on a lab of many clouds.
//
//   npm run build && node dist/bench/plan.js [clouds] [zones]

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startLab } from '../src/lab/lab.ts';
import { peakMebibytes, runOnce, runOnceBeside } from './measure.ts';

const [clouds = 200, zones = 5] = process.argv.slice(2).map(Number);
const cli = join(fileURLToPath(import.meta.url), '../../src/cli/main.js');
const folder = mkdtempSync(join(tmpdir(), 'cs-play-bench-'));

try {
  const lab = await startLab({ folder: join(folder, 'lab'), profile: '4.22', clouds, zones });
  const words = [process.execPath, cli, 'rotate-certs.yml', '-i', lab.inventory, '--check', '-f', '50'];
  const run = await runOnceBeside(words);
  const memory = await peakMebibytes(words);
  const empty = runOnce([process.execPath, '-e', '0']).cpuSeconds;
  console.log(`${clouds} clouds, ${zones} zones each, ${clouds * zones * 2} system VMs: exit ${run.code}`);
  console.log(
    `CPU ${run.cpuSeconds.toFixed(2)} s (node doing nothing ${empty.toFixed(2)} s); goal at most 2 s for 200 x 5`,
  );
  console.log(`peak memory ${memory?.toFixed(0) ?? 'unknown'} MiB; goal at most 200`);
  await lab.close();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
