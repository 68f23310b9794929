// What the release lines differ in, as far as a lab shows it. Measured on 4.21.0.0, 4.22.0.1 and 4.23.0.0-SNAPSHOT;
// 4.18 from CloudStack's source.

import type { Profile } from './world.ts';

export interface Rules {
  /** `cloudstackversion`. */
  readonly version: string;
  /** The management state is read once a server start, so an upload's ResetSuspending is never acted on (4.22). */
  readonly stateReadOnce: boolean;
  /** `consoleproxy.url.domain` must look like a domain or a private address. Until 4.21. */
  readonly urlDomainChecked: boolean;
  /** A chain certificate is parsed before it is stored. Since 4.19.2 and 4.20. */
  readonly chainParsed: boolean;
  /** The answer to `updateConfiguration` is read back, and is the global value even for a zone. Since 4.23. */
  readonly answersReadBack: boolean;
  /** Shutdown (4.19) and maintenance (4.21) of management servers, with counts of agents and jobs. */
  readonly maintenance: boolean;
  readonly trustStore: string;
  /** The description of the event of an upload. */
  readonly uploadEvent: string;
  /** How `listEvents` writes the path of the ROOT domain. */
  readonly eventDomainPath: string;
  /** The largest body of a form, in bytes. */
  readonly largestForm: number;
  /** How many settings the server lists, and how many of them for a zone. */
  readonly settings: number;
  readonly zoneSettings: number;
}

const certificates = '/usr/local/cloud/systemvm/certs';

const line421: Rules = {
  version: '4.21.0.0',
  stateReadOnce: false,
  urlDomainChecked: true,
  chainParsed: true,
  answersReadBack: false,
  maintenance: true,
  trustStore: `${certificates}/realhostip.keystore`,
  uploadEvent: 'Uploading custom certificate to the db, and applying it to all the cpvms in the system',
  eventDomainPath: '/',
  largestForm: 1_048_576,
  settings: 778,
  zoneSettings: 59,
};

const line422: Rules = {
  ...line421,
  version: '4.22.0.1',
  stateReadOnce: true,
  eventDomainPath: 'ROOT',
  urlDomainChecked: false,
  settings: 790,
  zoneSettings: 75,
};

export const rulesOf: Readonly<Record<Profile, Rules>> = {
  '4.18': {
    ...line421,
    version: '4.18.2.4',
    chainParsed: false,
    maintenance: false,
    largestForm: 200_000,
    settings: 712,
    zoneSettings: 51,
  },
  '4.21': line421,
  '4.22': line422,
  '4.23': {
    ...line422,
    version: '4.23.0.0-SNAPSHOT',
    answersReadBack: true,
    trustStore: `${certificates}/systemvm.keystore`,
    uploadEvent: 'Uploading custom certificate and applying it to all the CPVMs in the system',
    settings: 847,
    zoneSettings: 85,
  },
};
