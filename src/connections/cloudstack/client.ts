// One cloud's API: signs, sends, reads the answer. Knows nothing of steps, jobs or patience.

import { LONG_VALUE_COMMAND, LONGEST_VALUE } from '../../cloudstack/commands.ts';
import { expires, formBody, signature } from '../../cloudstack/signing.ts';
import type { Parameters } from '../../connection.ts';
import { Failure } from '../../errors.ts';
import { Secret } from '../../secret.ts';
import { type Answer, readAnswer } from './answer.ts';
import type { RefusalContext } from './refusal.ts';
import type { HttpAnswer, Transport } from './transport.ts';

export interface Credentials {
  readonly apiKey: Secret;
  readonly secretKey: Secret;
}

export interface ClientOptions {
  readonly url: URL;
  readonly credentials: Credentials;
  readonly timeoutSeconds: number;
  readonly transport: Transport;
}

export interface SendOptions {
  readonly fresh: boolean;
  readonly signal: AbortSignal;
}

export interface Client {
  readonly url: URL;
  /** Sends once. Rejects with `NoAnswer`, or with `Failure` for a value that must not be sent. */
  send(command: string, parameters: Parameters, options: SendOptions): Promise<Answer>;
  /** Sends once without a signature. `raw` because who asks wants to see the page as well. */
  stranger(timeoutSeconds: number, signal: AbortSignal): Promise<HttpAnswer>;
  /** `cloud-stack-version`, which the XML form of an answer carries; undefined where it does not. */
  versionInXml(signal: AbortSignal): Promise<string | undefined>;
  /** What `refused` needs to know of a command's request. */
  context(command: string): RefusalContext;
  clockSkewSeconds(): number | undefined;
}

/** The parameters as texts, secrets revealed: only for what is sent in this moment. */
function texts(command: string, parameters: Parameters): Map<string, string> {
  const result = new Map<string, string>();
  for (const [name, value] of Object.entries(parameters)) {
    if (value === undefined) continue;
    const text = value instanceof Secret ? value.reveal() : String(value);
    if (text.length > LONGEST_VALUE && command !== LONG_VALUE_COMMAND) {
      throw new Failure(`${command}: the value of "${name}" has ${text.length} characters`, {
        code: 'value-too-long',
        hint: `values over ${LONGEST_VALUE} characters keep a CloudStack server busy for minutes and are not sent`,
      });
    }
    result.set(name.toLowerCase(), text);
  }
  return result;
}

/** A client opens nothing by itself. */
export function openClient({ url, credentials, timeoutSeconds, transport }: ClientOptions): Client {
  let skew: number | undefined;

  function remember(answer: HttpAnswer): void {
    const date = Date.parse(answer.headers['date'] ?? '');
    // The header counts whole seconds.
    if (!Number.isNaN(date)) skew = Math.round((date - Date.now()) / 1000);
  }

  async function post(body: string, seconds: number, options: SendOptions): Promise<HttpAnswer> {
    const answer = await transport.post({ url, body, timeoutSeconds: seconds, ...options });
    remember(answer);
    return answer;
  }

  function signed(command: string, parameters: Parameters, response: 'json' | 'xml'): string {
    const form = texts(command, parameters);
    form.set('command', command);
    form.set('response', response);
    form.set('apikey', credentials.apiKey.reveal());
    form.set('signatureversion', '3');
    form.set('expires', expires(new Date()));
    form.set('signature', signature(form, credentials.secretKey.reveal()));
    return formBody(form);
  }

  return {
    url,
    async send(command, parameters, options) {
      const body = signed(command, parameters, 'json');
      const answer = await post(body, timeoutSeconds, options);
      return readAnswer(answer, Buffer.byteLength(body), new Date());
    },
    stranger: (seconds, signal) => post('command=listCapabilities&response=json', seconds, { fresh: true, signal }),
    async versionInXml(signal) {
      const answer = await post(signed('listCapabilities', {}, 'xml'), timeoutSeconds, { fresh: false, signal });
      return /cloud-stack-version="([^"]+)"/.exec(answer.body)?.[1];
    },
    context: (command) => ({ command, url, clockSkewSeconds: skew }),
    clockSkewSeconds: () => skew,
  };
}
