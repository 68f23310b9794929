import { checkReading, refusePrivateKey } from '../../../src/connections/ssh/reading.ts';
import { Failure } from '../../../src/errors.ts';
import { assert, tests } from '../../tests.ts';

const allowed = [
  'cat /etc/ssl/certs/cert_apache.crt',
  '/usr/bin/cat /etc/cloudstack-release',
  'sha256sum /etc/ssl/private/cert_apache.key',
  'ls -l /etc/apache2/sites-enabled',
  'stat -c %Y /var/cache/cloud/cmdline',
  'test -r /root/.ssh/id_rsa.cloud',
  'grep -h -o certs/[a-z]* /usr/local/cloud/systemvm/_run.sh',
  'keytool -list -v -keystore /usr/local/cloud/systemvm/certs/realhostip.keystore -storepass vmops.com',
  'keytool -list -rfc -alias cpvmcertificate -keystore /x/systemvm.keystore -storepass vmops.com',
  'openssl x509 -in /etc/ssl/certs/cert_apache.crt -noout -fingerprint -sha256',
  'openssl pkey -in /etc/ssl/private/cert_apache.key -pubout',
  'openssl rsa -in /etc/ssl/private/cert_apache.key -noout -modulus',
  'openssl verify -CAfile /a.pem -untrusted /b.pem /c.pem',
  'openssl storeutl -noout -text -certs /etc/ssl/certs/cert_apache_chain.crt',
  'openssl dgst -sha256 /etc/ssl/private/cert_apache.key',
  'openssl version -a',
  'systemctl is-active apache2',
  'systemctl --no-pager show cloud --property=ActiveState',
  'ss -ltn',
  'hostname -f',
  'date -u +%s',
  'uname -r',
  'id -u',
  'pgrep -f consoleproxy',
  'tail -n 50 /var/log/cloud.log',
  'head -c 100 /etc/hosts',
  'apachectl -S',
  'true',
];

const refused = [
  'rm -rf /tmp/x',
  'sh -c id',
  'bash',
  'sudo cat /etc/hosts',
  'tee /etc/hosts',
  './cat /etc/hosts',
  '/tmp/cat /etc/hosts',
  'cat /etc/ssl/private/cert_apache.key',
  'cat /root/.ssh/id_rsa.cloud',
  'head -n 40 /etc/ssl/private/cert_apache.key',
  'grep -v x /etc/cloudstack/management/cloud.jks',
  'tail -f /var/log/cloud.log',
  'tail -Fn1 /var/log/cloud.log',
  'keytool -delete -alias x -keystore /k',
  'keytool -list -exec x',
  'keytool',
  'openssl pkey -in /k',
  'openssl pkey -in /k -pubout -out /tmp/x',
  'openssl pkey -in /k -noout -text',
  'openssl rsa -in /k',
  'openssl x509 -in /c -out /d',
  'openssl x509 -req -signkey /k',
  'openssl genrsa',
  'openssl pkcs12 -in /x -nodes',
  'openssl storeutl /k',
  'openssl',
  'openssl __proto__',
  'systemctl restart apache2',
  'systemctl stop cloud',
  'systemctl',
  'ss -K dst 192.0.2.1',
  'hostname other',
  'date -s 12:00',
  'date 010112002026',
  'apachectl -k stop',
  'constructor',
  '',
];

function verdict(words: readonly string[], options = {}): string {
  try {
    checkReading(words, options);
    return 'allowed';
  } catch (error) {
    return error instanceof Failure ? error.message : String(error);
  }
}

const split = (line: string): string[] => (line === '' ? [] : line.split(' '));

tests('programs that only look', {
  'what reads certificates, keystores, services and logs is run': () => {
    assert.equal(
      allowed.filter((line) => verdict(split(line)) !== 'allowed'),
      [],
    );
  },
  'what changes something, prints a private key or is not known is refused': () => {
    assert.equal(
      refused.filter((line) => verdict(split(line)) === 'allowed'),
      [],
    );
  },
  'a refusal says what was in the way': () => {
    assert.is(
      verdict(['rm', 'x']),
      '"rm" is not run for a look: the program is not on the list of those that only look',
    );
    assert.is(verdict(['openssl', 'x509', '-out', 'x']), '"openssl" is not run for a look: not with "-out"');
    assert.is(
      verdict(['cat', '/etc/ssl/private/a.pem']),
      '"cat" is not run for a look: not with "/etc/ssl/private/a.pem", which may hold a private key',
    );
  },
  'variables may choose a language and nothing else': () => {
    assert.is(verdict(['true'], { environment: { LC_ALL: 'C' } }), 'allowed');
    assert.is(
      verdict(['true'], { environment: { LD_PRELOAD: '/x.so' } }),
      '"true" is not run for a look: not with the variable LD_PRELOAD',
    );
  },
  'output that holds a private key after all goes to nobody': () => {
    refusePrivateKey(['cat', 'x'], '-----BEGIN CERTIFICATE-----');
    for (const kind of ['', 'RSA ', 'EC ', 'OPENSSH ', 'ENCRYPTED ']) {
      assert.throws(
        () => refusePrivateKey(['cat', 'x'], `-----BEGIN ${kind}PRIVATE KEY-----\nxyz`),
        /printed a private key/,
      );
    }
  },
});
