// Which cloud it is that answers, whatever name or URL an inventory gives it: the UUID of the ROOT domain. CloudStack
// makes it when it is installed (the rows of `cloud.domain` and `cloud.user` that its database begins with), and every
// user of that domain is listed with it.

import type { CloudIdentity, CloudStackReader, TaskHost } from '../connection.ts';
import { Failure } from '../errors.ts';

const ROOT = 'ROOT';

/** What clouds were asked for their identity, and their answers; for one run. */
export class Identities {
  readonly #known = new Map<string, Promise<CloudIdentity>>();

  /** Undefined for a host that lies in no cloud. A failure is not kept: who asks next asks again. */
  async of({ path, kind }: TaskHost, reader: CloudStackReader): Promise<CloudIdentity | undefined> {
    if (kind === 'host') return undefined;
    const cloud = path.split('/', 1)[0] ?? path;
    const known = this.#known.get(cloud);
    if (known) return known;
    const asked = ask(cloud, reader);
    this.#known.set(cloud, asked);
    asked.catch(() => this.#known.delete(cloud));
    return asked;
  }
}

async function ask(cloud: string, reader: CloudStackReader): Promise<CloudIdentity> {
  const users = await reader.list('listUsers');
  const identity = users.find((user) => user['domain'] === ROOT)?.['domainid'];
  if (typeof identity === 'string' && identity !== '') return { identity, cloud };
  throw new Failure(`which cloud "${cloud}" is cannot be told: listUsers shows no user of the domain ${ROOT}`, {
    code: 'identity',
    hint: 'use the API key of a root admin, whose role allows listUsers: without it no lock keeps two runs off the cloud',
  });
}
