// Faults of the API: what a client gets instead of an answer, or before it.

import type { FaultName } from '../faults.ts';
import { Refusal } from '../world/refusal.ts';

/** Refusals by the fault that brings them. */
export const refusals: readonly { readonly name: FaultName; readonly refusal: () => Refusal }[] = [
  {
    name: 'http-401',
    refusal: () => new Refusal(401, 'unable to verify user credentials and/or request signature'),
  },
  {
    name: 'http-429',
    refusal: () =>
      new Refusal(429, 'The given user has reached his/her account api limit, please retry after [1000] ms.', {
        exception: 'RequestLimit',
      }),
  },
  {
    name: 'http-503',
    refusal: () =>
      new Refusal(
        503,
        'Maintenance or Shutdown has been initiated on this management server. Can not accept new jobs',
        { exception: 'ServerApi' },
      ),
  },
];
