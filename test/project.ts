// The project's folder, seen from a compiled test in dist/test/.

import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where package.json, playbooks/ and test/ with its data lie. */
export const projectFolder = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
