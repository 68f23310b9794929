// What a lab of one zone is made to do by a rotation up to a given point, in its own words.

import { CHAIN, SWITCHED_ON, UPLOADED } from '../lab-states.ts';

export { CHAIN, SWITCHED_ON, UPLOADED };

/** With the settings, which count from the restart on. */
export const RESTARTED = [...SWITCHED_ON, 'restart of ms1.lab.example'];

/** To the end, the starts of VMs apart; the storage VM is rebooted by the upload. */
export const ROTATED = [...UPLOADED, 'stop v-1-VM'];

/** The same where TLS is switched on before. */
export const ROTATED_FIRST = [...RESTARTED, ...ROTATED];
