// What a lab of one zone is made to do by a rotation, in its own words, and the install that never had TLS.

/** The upload of the lab's chain. */
export const CHAIN = [
  'upload of chain certificate root',
  'upload of chain certificate intermediate1',
  'upload of the server certificate',
];

/** The same on CloudStack 4.22, with the management state put back. */
export const UPLOADED = [...CHAIN, 'consoleproxy.management.state = Auto'];

/** The settings of an install whose system VMs speak no TLS. */
export const WITHOUT_TLS = {
  settings: {
    'consoleproxy.url.domain': '',
    'consoleproxy.sslEnabled': 'false',
    'secstorage.ssl.cert.domain': '',
    'secstorage.encrypt.copy': 'false',
  },
};

/** What switches TLS on there. */
export const SWITCHED_ON = [
  'consoleproxy.url.domain = *.console.lab.example',
  'consoleproxy.sslEnabled = true',
  'secstorage.ssl.cert.domain = *.storage.lab.example',
  'secstorage.encrypt.copy = true',
];
