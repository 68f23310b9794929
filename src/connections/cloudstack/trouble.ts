// Why HTTP gave no answer, in words and with a way out. Codes are those of Node's sockets and TLS, and of undici.

import { errorCode, noConnection } from '../socket.ts';

export interface Trouble {
  /** `api-refused`, `api-timeout`, `api-reset`, `api-tls`, `api-proxy`, … */
  readonly code: string;
  readonly message: string;
  readonly hint?: string | undefined;
  /** The request has surely not reached the server. */
  readonly beforeSending?: boolean | undefined;
}

export interface TroubleContext {
  /** `host:port` as the URL has it. */
  readonly name: string;
  readonly https: boolean;
  /** A proxy stands in between. */
  readonly proxied: boolean;
  readonly timeoutSeconds: number;
}

type Words = (context: TroubleContext, error: Error) => Trouble;

const UNTRUSTED: Words = ({ name }, error) => ({
  code: 'api-tls',
  message: `the certificate of ${name} is not trusted: ${error.message}`,
  hint: 'set "api_ca_file" to a PEM file with the authority that signed it (the system\'s: /etc/ssl/certs/ca-certificates.crt)',
  beforeSending: true,
});

const DATES: Words = ({ name }, error) => ({
  code: 'api-tls',
  message: `the certificate of ${name} is out of its dates: ${error.message}`,
  hint: 'replace it in the keystore named in /etc/cloudstack/management/server.properties, or set the clock of this machine',
  beforeSending: true,
});

const NO_TLS: Words = ({ name }) => ({
  code: 'api-tls',
  message: `${name} does not speak TLS`,
  hint: 'does "api_url" say https where the port is plain HTTP (8080)?',
  beforeSending: true,
});

const LOST: Words = ({ name }) => ({
  code: 'api-reset',
  message: `${name} closed the connection without an answer`,
  hint: 'the management server is going down (see its management-server.log), or a load balancer, proxy or firewall on the way cuts connections',
});

const SILENT: Words = ({ name, timeoutSeconds }) => ({
  code: 'api-timeout',
  message: `${name} gave no answer within ${timeoutSeconds} s`,
  hint: 'raise "api_timeout" where the server is only slow',
});

const NOT_HTTP: Words = ({ name, https }) => ({
  code: 'api-not-http',
  message: `${name} does not answer in HTTP`,
  hint: https ? undefined : 'does "api_url" say http where the port is HTTPS (8443)?',
});

const BY_CODE: Readonly<Record<string, Words>> = {
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
  CERT_SIGNATURE_FAILURE: UNTRUSTED,
  CERT_UNTRUSTED: UNTRUSTED,
  INVALID_CA: UNTRUSTED,
  CERT_HAS_EXPIRED: DATES,
  CERT_NOT_YET_VALID: DATES,
  ERR_TLS_CERT_ALTNAME_INVALID: ({ name }, error) => ({
    code: 'api-tls',
    message: `the certificate of ${name} is for other names: ${error.message}`,
    hint: 'write in "api_url" a name that the certificate has, and lead it to the server with "connect_to"',
    beforeSending: true,
  }),
  ERR_SSL_WRONG_VERSION_NUMBER: NO_TLS,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: NO_TLS,
  UND_ERR_HEADERS_TIMEOUT: SILENT,
  UND_ERR_BODY_TIMEOUT: SILENT,
  UND_ERR_CONNECT_TIMEOUT: ({ name }) => ({
    code: 'api-timeout',
    message: `${name} does not answer`,
    beforeSending: true,
  }),
  UND_ERR_SOCKET: LOST,
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: ({ name }) => ({
    code: 'api-reset',
    message: `${name} closed the connection in the middle of its answer`,
  }),
  UND_ERR_HEADERS_OVERFLOW: NOT_HTTP,
  ECONNRESET: LOST,
  EPIPE: LOST,
  UND_ERR_RES_EXCEEDED_MAX_SIZE: ({ name }) => ({
    code: 'api-answer-size',
    message: `${name} answers more than 64 MiB`,
  }),
  UND_ERR_ABORTED: ({ name }, error) => ({
    code: 'api-proxy',
    message: `the proxy on the way to ${name} refuses: ${error.message}`,
    hint: 'name the host in NO_PROXY, or take HTTPS_PROXY and HTTP_PROXY out of the environment',
    beforeSending: true,
  }),
  UND_ERR_INVALID_ARG: ({ name }, error) => ({
    code: 'api-proxy',
    message: `the proxy on the way to ${name} refuses: ${error.message}`,
    beforeSending: true,
  }),
};

/** The error of a request in words. Anything that is not a matter of the network is thrown as it is: a bug of ours. */
export function httpTrouble(error: unknown, context: TroubleContext): Trouble {
  if (!(error instanceof Error)) throw error;
  if (/before secure TLS connection was established/.test(error.message)) return handshakeCut(context);
  const code = errorCode(error);
  if (code === 'EPROTO' || code.startsWith('ERR_SSL_')) {
    return (BY_CODE[code] ?? (/wrong version|packet length/.test(error.message) ? NO_TLS : tlsAlert))(context, error);
  }
  const words = BY_CODE[code] ?? (code.startsWith('HPE_') || error.name === 'HTTPParserError' ? NOT_HTTP : undefined);
  if (words) return words(context, error);
  if (!/^E[A-Z_]+$/.test(code)) throw error;
  return tcpTrouble(error, context);
}

/** REPORT: a management server whose HTTPS keystore cannot be read keeps the port open and ends every handshake. */
function handshakeCut({ name }: TroubleContext): Trouble {
  return {
    code: 'api-tls',
    message: `${name} accepts connections and closes them in the TLS handshake`,
    hint: 'does "api_url" say https where the port is plain HTTP? if not, and it is a management server, its HTTPS keystore cannot be read (missing, truncated, other password): look at https.keystore in /etc/cloudstack/management/server.properties',
    beforeSending: true,
  };
}

function tlsAlert({ name }: TroubleContext, error: Error): Trouble {
  const reason = (error as { reason?: unknown }).reason;
  const what = typeof reason === 'string' ? reason : error.message;
  return { code: 'api-tls', message: `the TLS handshake with ${name} failed: ${what}`, beforeSending: true };
}

function tcpTrouble(error: Error, { name, proxied }: TroubleContext): Trouble {
  const { reason, message } = noConnection(error, proxied ? `the proxy on the way to ${name}` : name);
  const hints = {
    refused: 'is the management server running, and is "api_url" right?',
    timeout: undefined,
    unroutable: 'is the name in "api_url" right?',
  };
  const hint = proxied ? 'is the proxy of HTTP_PROXY or HTTPS_PROXY right?' : hints[reason];
  return { code: `api-${reason}`, message, hint, beforeSending: true };
}
