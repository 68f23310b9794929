// The upload of certificates.

import { upload } from '../../world/upload.ts';
import type { AsyncCommand } from '../command.ts';

export const uploadCustomCertificate: AsyncCommand = {
  name: 'uploadCustomCertificate',
  kind: 'async',
  class: 'admin.resource.UploadCustomCertificateCmd',
  parameters: [
    { name: 'certificate', type: 'string', required: true, notBlank: true, length: 65535 },
    { name: 'domainsuffix', type: 'string', required: true, notBlank: true, field: 'domainSuffix' },
    { name: 'privatekey', type: 'string', length: 65535, field: 'privateKey' },
    { name: 'id', type: 'integer', field: 'index' },
    { name: 'name', type: 'string', field: 'alias' },
  ],
  run: (call) => {
    const key = call.text('privatekey');
    const name = call.text('name');
    // Written before the job is submitted (ApiServer.processAsyncCmd), and so also for a job id that is taken already.
    const { records, rules } = call.install;
    records.event('UPLOAD.CUSTOM.CERTIFICATE', rules.uploadEvent, { account: 'system', state: 'Scheduled' });
    return {
      did: key === undefined ? `upload of chain certificate ${name ?? ''}` : 'upload of the server certificate',
      work: () =>
        upload(call.install, call.server, {
          certificate: call.text('certificate') ?? '',
          domainSuffix: call.text('domainsuffix') ?? '',
          key,
          name,
          seq: call.integer('id'),
        }),
    };
  },
};
