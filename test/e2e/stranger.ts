// Somebody else with a key to the same cloud: uploads a certificate at a given moment of a run.

import { signatureOf } from '../../src/lab/api/signature.ts';
import type { RunningCloud } from '../../src/lab/lab.ts';
import type { ApiRequest } from '../../src/lab/world/world.ts';

/** The stranger's one write, in the lab's words. */
export const STRANGERS_UPLOAD = 'upload of chain certificate stranger';

/** One signed request with the cloud's own key, by no code of the tool's client. */
export async function strangerCalls(
  { apiUrl, world }: RunningCloud,
  command: string,
  parameters: Readonly<Record<string, string>>,
): Promise<void> {
  const { apiKey, secretKey } = world.options;
  const all = new Map(Object.entries({ command, response: 'json', apikey: apiKey, ...parameters }));
  all.set('signature', signatureOf(all, secretKey));
  await fetch(apiUrl, { method: 'POST', headers: { connection: 'close' }, body: new URLSearchParams([...all]) });
}

/** Uploads a chain row. */
export function uploadsNow(cloud: RunningCloud): Promise<void> {
  const certificate = cloud.world.options.snakeoil?.certificate ?? '';
  return strangerCalls(cloud, 'uploadCustomCertificate', { certificate, domainsuffix: 'x', name: 'stranger', id: '9' });
}

/**
 * Uploads a chain row once, right after the first request that is the one. The run's next look at events is refused once
 * for being busy, so that it comes after the upload however fast the run is. Resolves when the upload was answered.
 */
export function uploadsAfter(cloud: RunningCloud, isMoment: (request: ApiRequest) => boolean): () => Promise<void> {
  const { world } = cloud;
  let upload: Promise<void> | undefined;
  const leave = world.onRequest((request) => {
    if (!isMoment(request)) return;
    leave();
    world.order({ name: 'http-503', command: 'listEvents' });
    upload = uploadsNow(cloud);
  });
  return async () => {
    if (upload === undefined) throw new Error('the moment of the stranger never came');
    await upload;
  };
}
