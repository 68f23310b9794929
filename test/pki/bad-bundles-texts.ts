// What is said about each of the bad bundles: every problem with its hint, in the order in which they are told.

import type { At } from './maker.ts';

export interface Expected {
  readonly message: string;
  readonly hint: string;
}

type Texts = readonly (readonly [message: string, hint: string])[];

const rsa =
  'ask for an RSA certificate: certbot --key-type rsa --rsa-key-size 2048, lego --key-type rsa2048, acme.sh --keylength 2048, or openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048';
const rightKey =
  'give the key that this certificate was requested with; these two must print the same: openssl pkey -in new.key -pubout, openssl x509 -in new.crt -noout -pubkey';
const plainRsa =
  'make a plain RSA key and ask for a certificate for it: openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048';
const renew = 'renew it and give the new files: certbot renew, lego renew, acme.sh --renew';
const wait = 'wait until then, or set the clock of this machine right';
const renewEarly =
  'renew it now and give the new files: certbot renew --force-renewal, lego renew --days 999, acme.sh --renew --force';
const replaced =
  'give the CA certificates that came with the new server certificate (fullchain.pem, chain.pem, ca.cer)';
const haveItSigned = 'have it signed by a CA, public or your own, and give the chain up to its root';
const serverAuth = 'have it issued as a TLS server certificate: extendedKeyUsage = serverAuth';
const sha256 = 'have it issued again with SHA-256: openssl x509 -req -sha256 or openssl ca -md sha256';
const addIssuing =
  'add the certificate of "Test Issuing CA" to files, or give it as root_file if it is the root; it is published at http://ca.example.com/issuing.crt';
const writeAgain = 'it was not written to the end, or its disk was full; write it again';
const copyAgain = 'the file is damaged or only a part of it was copied; copy it again';
const exportAgain = 'something rewrote the BEGIN and END lines; export the file again';
const binary = 'copy the file again in binary mode';
const givePassphrase = `give it: passphrase: "{{ lookup('env', 'KEY_PASSPHRASE') }}"`;
const tryPkcs12 = 'try it by hand: openssl pkcs12 -in new.p12 -noout, with -legacy for an old file';
const giveRoot = 'a root is issued by itself; give its certificate as root_file';

function texts(at: At): Readonly<Record<string, Texts>> {
  const day = (days: number): string => at(days).toISOString().slice(0, 10);
  return {
    'an EC key': [['"new.key" has an EC key; CloudStack takes RSA keys only', rsa]],
    'an EC key in SEC1 form': [['"new.key" line 4 has an EC key; CloudStack takes RSA keys only', rsa]],
    'an Ed25519 key': [['"new.key" has an Ed25519 key; CloudStack takes RSA keys only', rsa]],
    'an EC certificate with an RSA key': [
      ['"new.crt": "*.console.example.com" has an EC key; CloudStack takes RSA keys only', rsa],
      ['the key in "new.key" is not the key of the certificate "*.console.example.com" in "new.crt"', rightKey],
    ],
    'an RSA-PSS key': [
      ['"new.key" has an RSA-PSS key; CloudStack accepts it and then no system VM serves anything', plainRsa],
    ],
    'a certificate for an RSA-PSS key': [
      [
        '"new.crt": "*.console.example.com" has an RSA-PSS key; CloudStack accepts it and then no system VM serves anything',
        plainRsa,
      ],
      ['the key in "new.key" is not the key of the certificate "*.console.example.com" in "new.crt"', rightKey],
    ],
    'an RSA key of 1024 bits': [['"new.key" has an RSA key of 1024 bits; clients want at least 2048', rsa]],
    'the key of another certificate': [
      ['the key in "new.key" is not the key of the certificate "*.console.example.com" in "new.crt"', rightKey],
    ],
    'a damaged key': [
      [
        '"new.key": the private key is damaged',
        'copy it again; it is right when this says so: openssl pkey -in new.key -check -noout',
      ],
    ],
    'no key': [
      [
        'there is no private key in "new.crt"',
        'name the file of the private key as well; certbot: privkey.pem, fullchain.pem; lego: NAME.key, NAME.crt; acme.sh: NAME.key, fullchain.cer',
      ],
    ],
    'no certificate': [
      [
        'there is no certificate in "new.key"',
        'name the file of the certificate as well; certbot: privkey.pem, fullchain.pem; lego: NAME.key, NAME.crt; acme.sh: NAME.key, fullchain.cer',
      ],
    ],
    'two keys': [
      ['there are two private keys: in "new.key" and in "old.key"', 'give only the key of the server certificate'],
    ],
    'the public key in place of the private one': [
      [
        '"new.key": this is a public key',
        'the private key is needed: the file that was made together with the request',
      ],
    ],
    'a key of SSH': [
      [
        `"new.key": the key is in OpenSSH's own format`,
        'that is a key for SSH; give the key that the certificate was requested with, or convert a copy: ssh-keygen -p -m PKCS8 -f new.key',
      ],
    ],
    'an expired certificate': [[`"new.crt": "*.console.example.com" expired on ${day(-5)} (5 days ago)`, renew]],
    'a certificate that is not valid yet': [
      [`"new.crt": "*.console.example.com" is not valid before ${at(3).toISOString()}`, wait],
    ],
    'a certificate with few days left': [
      [`"new.crt": "*.console.example.com" has only 9 days left (until ${day(9.5)}); minimum_days is 14`, renewEarly],
    ],
    'a certificate with fewer days than asked for': [
      [`"new.crt": "*.console.example.com" has only 59 days left (until ${day(59.5)}); minimum_days is 60`, renewEarly],
    ],
    'an expired intermediate': [[`"ca.crt": "Test Issuing CA" expired on ${day(-20)} (20 days ago)`, replaced]],
    'an expired root': [[`"ca.crt" line 20: "Test Root" expired on ${day(-1)} (1 day ago)`, replaced]],
    'an intermediate that ends before the certificate': [
      [
        `"ca.crt": "Test Issuing CA" has only 7 days left (until ${day(7.5)}) and takes the server certificate with it; minimum_days is 14`,
        replaced,
      ],
    ],
    'a root that is not valid yet': [
      [`"ca.crt" line 20: "Test Root" is not valid before ${at(2).toISOString()}`, wait],
    ],
    'a self-signed certificate': [
      ['"new.crt": "*.console.example.com" is self-signed; no client and no other zone will trust it', haveItSigned],
    ],
    'a self-signed certificate of openssl req -x509': [
      ['"new.crt": "*.console.example.com" is self-signed; no client and no other zone will trust it', haveItSigned],
    ],
    'the certificate and key of a CA': [
      [
        '"new.crt": "Test Issuing CA" is the certificate of a CA, not of a server',
        'give the server certificate and its own key; the key of a CA must never leave the CA',
      ],
    ],
    'two generations for the same key': [
      [
        `there are two certificates for the same key, "*.console.example.com": "new.crt" until ${day(200)}, and "old.crt" until ${day(20)}`,
        'give only the one that is to be served',
      ],
    ],
    'a certificate for clients only': [
      ['"new.crt": "*.console.example.com" is not for servers: its extended key usage lacks serverAuth', serverAuth],
    ],
    'a key usage without digitalSignature': [
      [
        '"new.crt": "*.console.example.com" may not sign handshakes: its key usage lacks digitalSignature',
        'have it issued as a TLS server certificate: keyUsage = digitalSignature, keyEncipherment',
      ],
    ],
    'a SHA-1 signature': [
      ['"new.crt": "*.console.example.com" is signed with SHA-1 with RSA, which clients no longer accept', sha256],
    ],
    'an MD5 signature': [
      ['"new.crt": "*.console.example.com" is signed with MD5 with RSA, which clients no longer accept', sha256],
    ],
    'a certificate of more than 60 kB': [
      [
        '"new.crt": "*.console.example.com" with its key is 98178 bytes; CloudStack cuts off what is over 65535, silently',
        'keep it under 60000: ask for fewer names in one certificate',
      ],
    ],
    'a missing intermediate': [
      ['"new.crt": "*.console.example.com" was issued by "Test Issuing CA", whose certificate is missing', addIssuing],
    ],
    'a missing root': [
      [
        '"ca.crt": "Test Issuing CA" was issued by "Test Root", whose certificate is missing',
        'add the certificate of "Test Root" to files, or give it as root_file if it is the root',
      ],
    ],
    'an intermediate of the right name with another key': [
      [
        '"new.crt": "*.console.example.com" was issued by "Test Issuing CA", but "ca.crt": "Test Issuing CA" did not sign it: it has that name and another key',
        addIssuing,
      ],
    ],
    'an issuer that is no CA': [
      [
        '"ca.crt": "Test Issuing CA" signed the certificate below it but is not a CA certificate (basicConstraints)',
        'clients refuse such a chain; have the certificate issued by a real CA certificate',
      ],
    ],
    'an issuer whose key usage forbids it': [
      [
        '"new.crt": "*.console.example.com" was issued by "Test Issuing CA", but "ca.crt": "Test Issuing CA" signed it without the right to: its key usage lacks keyCertSign, or its key identifier is another',
        addIssuing,
      ],
    ],
    'an issuer for clients only': [
      [
        '"ca.crt": "Test Issuing CA" may only issue certificates for other purposes: its extended key usage lacks serverAuth',
        'have the server certificate issued by a CA for TLS servers',
      ],
    ],
    'more CA certificates than the root allows': [
      [
        '"ca.crt" line 20: "Test Root" allows 0 CA certificates below it, and there are more',
        'clients refuse such a chain; have the CA certificate issued with a larger pathlen',
      ],
    ],
    'a root with a key of 1024 bits': [
      ['"ca.crt" line 17: "Test Root" has an RSA key of 1024 bits, which clients no longer accept', replaced],
    ],
    'a SHA-1 signature on the intermediate': [
      ['"ca.crt": "Test Issuing CA" is signed with SHA-1 with RSA, which clients no longer accept', replaced],
    ],
    'a wildcard two labels up': [
      [
        '"new.crt": "*.console.example.com" does not cover "203-0-113-5.console.example.com", "203-0-113-6.console.example.com"',
        `it covers "*.example.com", and "*." stands for exactly one label; ask for -d '*.console.example.com' (certbot and acme.sh; lego: --domains)`,
      ],
    ],
    'the wrong wildcard': [
      [
        '"new.crt": "*.console.example.com" does not cover "*.storage.example.com"',
        `it covers "*.console.example.com", and "*." stands for exactly one label; ask for -d '*.storage.example.com' (certbot and acme.sh; lego: --domains)`,
      ],
    ],
    'a common name without a subjectAltName': [
      [
        '"new.crt": "*.console.example.com" does not cover "*.console.example.com"',
        `it has no subjectAltName, and its common name counts for nothing; ask for -d '*.console.example.com' (certbot and acme.sh; lego: --domains)`,
      ],
    ],
    'an address that is not in the certificate': [
      [
        '"new.crt": "*.console.example.com" does not cover "203.0.113.5"',
        'it covers "*.console.example.com", and "*." stands for exactly one label; ask for subjectAltName = IP:203.0.113.5, which public CAs do not give for private addresses',
      ],
    ],
    'more names missing than fit a line': [
      [
        '"new.crt": "*.console.example.com" does not cover "vm1.example.net", "vm2.example.net", "vm3.example.net", "vm4.example.net", "vm5.example.net" and 2 more',
        `it covers "*.console.example.com", and "*." stands for exactly one label; ask for -d 'vm1.example.net', -d 'vm2.example.net', -d 'vm3.example.net', -d 'vm4.example.net', -d 'vm5.example.net' and 2 more (certbot and acme.sh; lego: --domains)`,
      ],
    ],
    'a request in place of the certificate': [
      [
        '"new.crt": this is a certificate request',
        'a request is what the certificate is asked for with; give the certificate that the CA sent back',
      ],
    ],
    'an empty file': [['"new.key" is empty', writeAgain]],
    'a text without blocks': [
      ['"new.key" holds no certificate and no key', 'PEM, DER, PKCS#7 and PKCS#12 (.p12, .pfx) files are read'],
    ],
    'a Java keystore': [
      [
        '"new.jks" is a Java keystore (JKS), which is not read',
        'convert it: keytool -importkeystore -srckeystore new.jks -destkeystore bundle.p12 -deststoretype PKCS12',
      ],
    ],
    'a block without an END line': [['"new.crt": the block "CERTIFICATE" has no END line', copyAgain]],
    'a block that runs into the next': [['"new.crt" line 2: the block "CERTIFICATE" has no END line', copyAgain]],
    'a block that ends as another': [['"new.crt": the block "CERTIFICATE" ends as "X509 CRL"', copyAgain]],
    'an END line without a BEGIN line': [
      ['"new.crt" line 23: an END line for "CERTIFICATE" without a BEGIN line', copyAgain],
    ],
    'lines lost in a block': [['"new.crt": the block "CERTIFICATE" is cut off: 774 of 918 bytes are there', copyAgain]],
    'a plus sign that became a blank': [
      ['"new.crt": the block "CERTIFICATE" is cut off: 917 of 918 bytes are there', copyAgain],
    ],
    'a character that is not base64': [
      ['"new.crt" line 4: the block "CERTIFICATE" holds a character that is not base64', copyAgain],
    ],
    'a key labelled CERTIFICATE': [
      ['"new.crt": the block is labelled "CERTIFICATE" but holds a private key', exportAgain],
    ],
    'a certificate labelled PRIVATE KEY': [
      ['"new.key": the block is labelled "PRIVATE KEY" but holds a certificate', exportAgain],
    ],
    'a DER file that was cut off': [['"new.crt" is cut off: 500 of 918 bytes are there', binary]],
    'a PKCS#12 file that was cut off': [['"new.p12" is cut off: 3000 of 4418 bytes are there', binary]],
    'an encrypted key without a pass phrase': [['"new.key" is encrypted and no pass phrase was given', givePassphrase]],
    'an old encrypted key without a pass phrase': [
      ['"new.key" is encrypted and no pass phrase was given', givePassphrase],
    ],
    'an encrypted key and the wrong pass phrase': [
      ['"new.key": the pass phrase does not open the private key', 'try it by hand: openssl pkey -in new.key -noout'],
    ],
    'a key encrypted with DES': [
      [
        '"new.key": the private key is encrypted with a cipher that OpenSSL 3 no longer reads',
        'encrypt it again: openssl pkcs8 -topk8 -provider legacy -provider default -in new.key -out new.pem',
      ],
    ],
    'PKCS#12 without a pass phrase': [['"new.p12" is encrypted and no pass phrase was given', givePassphrase]],
    'PKCS#12 and the wrong pass phrase': [['"new.p12": the pass phrase does not open the PKCS#12 file', tryPkcs12]],
    'PKCS#12 of keytool and the wrong pass phrase': [
      ['"new.p12": the pass phrase does not open the PKCS#12 file', tryPkcs12],
    ],
    'a root file without a root': [
      ['"root.crt" holds no root: "Test Issuing CA" in it was issued by "Test Root"', giveRoot],
    ],
    'a root file with another root': [
      [
        'the chain leads to the root "Test Root", not to the root that was given, "Other Root"',
        'give "Test Root" as root_file, or the certificate that "Other Root" issued',
      ],
    ],
    'a root file with two roots': [['"root.crt" holds 2 roots', 'give only the root that the chain is to end in']],
    'a root file with a key': [['"root.crt" holds no root: no certificate is in it', giveRoot]],
    'everything at once': [
      ['the key in "new.key" is not the key of the certificate "*.console.example.com" in "new.crt"', rightKey],
      [`"new.crt": "*.console.example.com" expired on ${day(-5)} (5 days ago)`, renew],
      ['"new.crt": "*.console.example.com" is signed with SHA-1 with RSA, which clients no longer accept', sha256],
      ['"new.crt": "*.console.example.com" is not for servers: its extended key usage lacks serverAuth', serverAuth],
      [
        '"new.crt": "*.console.example.com" does not cover "storage.example.com"',
        `it covers "*.console.example.com", and "*." stands for exactly one label; ask for -d 'storage.example.com' (certbot and acme.sh; lego: --domains)`,
      ],
      ['"new.crt": "*.console.example.com" was issued by "Test Issuing CA", whose certificate is missing', addIssuing],
    ],
    'two broken files': [
      ['"new.key" is empty', writeAgain],
      ['"new.crt": the block "CERTIFICATE" has no END line', copyAgain],
    ],
  };
}

/** The problems of the case of that name, in words, for files made with the same `at`. */
export function expectedOf(name: string, at: At): readonly Expected[] {
  const found = texts(at)[name];
  if (found === undefined) throw new Error(`no texts for the bad bundle "${name}"`);
  return found.map(([message, hint]) => ({ message, hint }));
}

/** The names of all cases that have texts. */
export const casesWithTexts = (at: At): string[] => Object.keys(texts(at));
