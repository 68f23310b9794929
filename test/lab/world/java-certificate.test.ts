// What Java said of the same texts (OpenJDK 17.0.15).

import { generateKeyPairSync } from 'node:crypto';
import { firstCertificate, Unparsable } from '../../../src/lab/world/java-certificate.ts';
import { assert, tests } from '../../tests.ts';
import { certificates } from '../replay/exchange.ts';

const pem = (certificates['leaf1'] ?? '').trim();
const lines = pem.split('\n');
const [header = '', footer = ''] = [lines[0], lines.at(-1)];
const base64 = lines.slice(1, -1).join('\n');
const framed = (body: string): string => `${header}\n${body}\n${footer}\n`;
const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;

const CUT = 'Could not parse certificate: java.io.IOException: Incomplete data';
const EMPTY = 'Could not parse certificate: java.io.IOException: Empty input';
const ILLEGAL = 'Could not parse certificate: java.io.IOException: java.lang.IllegalArgumentException: Illegal base64';
const FRAME = 'Could not parse certificate: java.io.IOException:';

const cases: readonly (readonly [string, string, string])[] = [
  ['as it is', `${pem}\n`, 'ok'],
  ['without its last line break', pem, 'ok'],
  ['with carriage returns', lines.join('\r'), 'ok'],
  ['with both line ends', lines.join('\r\n'), 'ok'],
  ['with blanks at the ends of its lines', `${lines.join(' \n')} \n`, 'ok'],
  ['with text before it', `subject=x\n${pem}\n`, 'ok'],
  ['with text after it', `${pem}\ntext`, 'ok'],
  ['twice', `${pem}\n${pem}\n`, 'ok'],
  ['labelled TRUSTED CERTIFICATE', pem.replaceAll('CERTIFICATE', 'TRUSTED CERTIFICATE'), 'ok'],
  ['labelled otherwise', pem.replaceAll('CERTIFICATE', 'FOO'), 'ok'],
  ['nothing', '', EMPTY],
  ['a word', 'hello', EMPTY],
  ['bare base64', base64, EMPTY],
  ['indented', ` ${lines.join('\n ')}\n`, EMPTY],
  ['in one line', lines.join(''), CUT],
  ['with blanks for line breaks', lines.join(' '), CUT],
  ['with line breaks spelled out', lines.join('\\n'), CUT],
  ['with a blank before its header', ` ${pem}`, CUT],
  ['only a header', `${header}\n`, CUT],
  ['without its end', lines.slice(0, -1).join('\n'), CUT],
  [
    'with another footer',
    pem.replace('END CERTIFICATE', 'END FOO'),
    `${FRAME} Header and footer do not match: ${header} -----END FOO-----`,
  ],
  ['after a line of hyphens', `-----x\n${pem}`, `${FRAME} Illegal header: -----x`],
  [
    'with a short footer',
    pem.replace(footer, '-----END CERTIFICATE---'),
    `${FRAME} Illegal footer: -----END CERTIFICATE---`,
  ],
  ['with a sign that is not base64', framed(`${base64.slice(0, 100)}!${base64.slice(100)}`), `${ILLEGAL} character 21`],
  ['cut in the middle', framed(base64.slice(0, 400)), 'Unable to initialize, java.io.EOFException: not enough content'],
  ['with an empty body', framed(''), 'Unable to initialize, java.io.IOException: Too short'],
  ['of three zero bytes', framed('AAAA'), 'Unable to initialize, java.io.IOException: extra data at the end'],
  ['a PKCS#8 key', String(key.export({ type: 'pkcs8', format: 'pem' })), 'signed fields invalid'],
  [
    'a key before a certificate',
    `${String(key.export({ type: 'pkcs8', format: 'pem' }))}${pem}`,
    'signed fields invalid',
  ],
];

function read(text: string): string {
  try {
    firstCertificate(text);
    return 'ok';
  } catch (error) {
    if (!(error instanceof Unparsable)) throw error;
    return error.message;
  }
}

const REQUEST = `-----BEGIN CERTIFICATE REQUEST-----
MIICUTCCATkCAQAwDDEKMAgGA1UEAwwBeDCCASIwDQYJKoZIhvcNAQEBBQADggEP
ADCCAQoCggEBAMT0EfrOF2Z8OfUJqkKFM/vSgNoPjFsp2IRWW/mMIbRui+olkLmE
kMZgCKOTB/FQZ21RjQmbMEe/PoHPl9OxYM7nj81HHhOIr1qFqlZKo0auRmV2BKbK
6qy1zNOSmg6xo9a/l8H6e/6cyzZaXoSK7citB+YEpSPqlVG6U/ejfbJs61+6R0A9
Ljw0C4/MkMkCFLV9MH/l18jnILP+Z/X/SP3TXaMVLzKeD2zOnBWjvkLfr567zs06
xsM9dc+yJCGAZ0hLGYgVt8ao9OIbx/ZPhgfY/YJ4X5uzeHF6KKgFDS1ir/MsKkh8
uwmroRMWyUlhP/Ks2jcjmUHfwG7XaldU70sCAwEAAaAAMA0GCSqGSIb3DQEBCwUA
A4IBAQA8vBq0fdhiUKNGsqjuGFP1BtaZYBmTzG5RleWc79gyS8fv7aZih6my5AsN
ihmWFhDRJT4G0xdYux5TxK4c8CSVCLY+AUQEzw2Wr7mp1sLVkKIEZy6NBqWOul/n
QV8inQVaZUZGqo1gTGCuV3i0ZQcSPii8MsgsFqaTtWPDV68ntDswAVu1r/n8zsm1
atcCj3Jzz+AuDX9oGllom33lhQR8T4CFu61/hyqN/fODVovFFDKfxn23yDgCYbhJ
VB1NCkc5O9086WM1v+md59zIXpCUISvE8Dgauni1aWohkqoy7tdiQm1cyYMZhFy8
rbJmAj88buGGfLUq9JNct6I56N/Y
-----END CERTIFICATE REQUEST-----
`;

tests('lab: certificates as Java reads them', {
  ...Object.fromEntries(
    cases.map(([name, text, said]) => [`a text ${name}: ${said}`, () => assert.is(read(text), said)]),
  ),
  'a PKCS#1 key has more parts than a certificate': () => {
    assert.match(read(String(key.export({ type: 'pkcs1', format: 'pem' }))), /^signed overrun, bytes = \d+$/);
  },
  'a certification request has a name where a certificate has an algorithm': () => {
    assert.is(read(REQUEST), 'java.io.IOException: DerValue.getOID, not an OID 49');
  },
});
