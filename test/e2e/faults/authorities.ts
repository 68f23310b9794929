// The lab's certificates, and those of an authority that the lab does not know yet.

import { makeLabCertificates } from '../../../src/lab/lab.ts';
import { labCertificates } from '../../certificates.ts';

export const [certificates, otherCertificates] = await Promise.all([labCertificates(), makeLabCertificates()]);
