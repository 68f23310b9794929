// Paths through pools in no order, with cross-signed twins, old generations and impostors.

import type { Certificate } from '../../src/pki/bundle.ts';
import { readCertificate } from '../../src/pki/certificate.ts';
import { type Chain, findChain, type Pool } from '../../src/pki/chain.ts';
import { trustStore } from '../../src/pki/trust-store.ts';
import { assert, tests } from '../tests.ts';
import { inDays, makePem, today, type Wanted } from './maker.ts';

const pems = {
  leaf: makePem({
    subject: 'leaf',
    issuer: 'Issuing',
    key: 'server',
    signer: 'intermediate',
    names: ['a.example.com'],
  }),
  issuing: ca({ subject: 'Issuing', issuer: 'New Root', key: 'intermediate', signer: 'root' }),
  issuingImpostor: ca({ subject: 'Issuing', issuer: 'New Root', key: 'other', signer: 'root' }),
  issuingImpostorWithoutIds: ca({
    subject: 'Issuing',
    issuer: 'New Root',
    key: 'other',
    signer: 'root',
    keyIdentifiers: false,
  }),
  issuingExpired: ca({
    subject: 'Issuing',
    issuer: 'New Root',
    key: 'intermediate',
    signer: 'root',
    until: inDays(-10),
  }),
  newRoot: ca({ subject: 'New Root', key: 'root' }),
  newRootByOld: ca({ subject: 'New Root', issuer: 'Old Root', key: 'root', signer: 'root2' }),
  newRootByOldExpired: ca({ subject: 'New Root', issuer: 'Old Root', key: 'root', signer: 'root2', until: inDays(-2) }),
  oldRoot: ca({ subject: 'Old Root', key: 'root2' }),
  oldRootExpired: ca({ subject: 'Old Root', key: 'root2', until: inDays(-2) }),
  oldRootByNew: ca({ subject: 'Old Root', issuer: 'New Root', key: 'root2', signer: 'root' }),
  stranger: ca({ subject: 'Stranger', key: 'other' }),
  otherSpelling: ca({ subject: 'NEW  Root', key: 'root', printable: true }),
  version1: ca({ subject: 'New Root', key: 'root', version1: true }),
} as const;
type Name = keyof typeof pems;

function ca(wanted: Wanted): string {
  return makePem({ from: inDays(-1000), until: inDays(1000), ca: true, ...wanted });
}

const read = (name: Name): Certificate => readCertificate(pems[name]);
const names = new Map(Object.keys(pems).map((name) => [read(name as Name).fingerprint, name]));
const nameOf = (certificate: Certificate): string => names.get(certificate.fingerprint) ?? '?';

function told(chain: Chain): string {
  if (chain.kind !== 'missing') return `${chain.kind}: ${chain.path.map(nameOf).join(' > ')}`;
  return `missing above ${nameOf(chain.top)}; impostors: ${chain.impostors.map(nameOf).join(', ') || 'none'}`;
}

interface Case {
  readonly given: readonly Name[];
  readonly trusted?: readonly Name[];
  readonly root?: Name;
  readonly is: string;
}

const direct = 'complete: leaf > issuing > newRoot';
const cross = 'complete: leaf > issuing > newRootByOld > oldRoot';

const cases: Readonly<Record<string, Case>> = {
  'a chain in order': { given: ['leaf', 'issuing', 'newRoot'], is: direct },
  'a chain backwards': { given: ['newRoot', 'issuing', 'leaf'], is: direct },
  'a certificate given twice counts once': { given: ['leaf', 'issuing', 'issuing', 'newRoot', 'newRoot'], is: direct },
  'strangers are left out': { given: ['stranger', 'leaf', 'issuing', 'newRoot'], is: direct },
  'the root from the trust store': { given: ['leaf', 'issuing'], trusted: ['stranger', 'newRoot'], is: direct },
  'a cross-signed pool with both roots takes the shorter path': {
    given: ['leaf', 'issuing', 'newRootByOld', 'oldRoot', 'newRoot'],
    is: direct,
  },
  'a given root is preferred to a shorter path to the trust store': {
    given: ['leaf', 'issuing', 'newRootByOld', 'oldRoot'],
    trusted: ['newRoot', 'oldRoot'],
    is: cross,
  },
  'a valid path is preferred to a given root that has expired': {
    given: ['leaf', 'issuing', 'newRootByOld', 'oldRootExpired'],
    trusted: ['newRoot'],
    is: direct,
  },
  'an expired cross-signature is walked around': {
    given: ['leaf', 'issuing', 'newRootByOldExpired', 'oldRoot'],
    trusted: ['newRoot'],
    is: direct,
  },
  'an expired path is found where there is no other': {
    given: ['leaf', 'issuing', 'newRootByOld', 'oldRootExpired'],
    is: 'complete: leaf > issuing > newRootByOld > oldRootExpired',
  },
  'the named root decides, also for the longer path': {
    given: ['leaf', 'issuing', 'newRootByOld', 'newRoot'],
    root: 'oldRoot',
    is: cross,
  },
  'a path to another root than the named one is told': {
    given: ['leaf', 'issuing', 'newRoot'],
    root: 'oldRoot',
    is: 'other root: leaf > issuing > newRoot',
  },
  'the renewed twin of an expired intermediate is taken': {
    given: ['leaf', 'issuingExpired', 'issuing', 'newRoot'],
    is: direct,
  },
  'an impostor beside the real one is left out': {
    given: ['leaf', 'issuingImpostor', 'issuing', 'newRoot'],
    is: direct,
  },
  'an impostor without key identifiers is told by the signature': {
    given: ['leaf', 'issuingImpostorWithoutIds', 'issuing', 'newRoot'],
    is: direct,
  },
  'an impostor alone leaves the link missing': {
    given: ['leaf', 'issuingImpostor', 'newRoot'],
    is: 'missing above leaf; impostors: issuingImpostor',
  },
  'a missing intermediate': { given: ['leaf', 'newRoot'], is: 'missing above leaf; impostors: none' },
  'a missing root': { given: ['leaf', 'issuing'], is: 'missing above issuing; impostors: none' },
  'what is missing is told at the end of the longest path': {
    given: ['leaf', 'issuing', 'newRootByOld'],
    is: 'missing above newRootByOld; impostors: none',
  },
  'roots that signed each other end somewhere': {
    given: ['leaf', 'issuing', 'newRootByOld', 'oldRootByNew'],
    is: 'missing above oldRootByNew; impostors: none',
  },
  'roots that signed each other are no obstacle': {
    given: ['leaf', 'issuing', 'newRootByOld', 'oldRootByNew', 'oldRoot'],
    is: cross,
  },
  'a name in another kind of string with other blanks and case is the same name': {
    given: ['leaf', 'issuing', 'otherSpelling'],
    is: 'complete: leaf > issuing > otherSpelling',
  },
  'a root of version 1 is a root': {
    given: ['leaf', 'issuing', 'version1'],
    is: 'complete: leaf > issuing > version1',
  },
};

function poolOf({ given, trusted = [], root }: Case): Pool {
  return {
    given: given.map(read),
    trustStore: trustStore(trusted.map((name) => pems[name])),
    root: root && read(root),
    now: today,
  };
}

/** A ladder of twins: every certificate of a level signed every one of the next, so the paths double at each step. */
function ladder(levels: number): { leaf: Certificate; given: Certificate[] } {
  const keys = ['intermediate', 'intermediate2'] as const;
  const given = Array.from({ length: levels }, (_, level) =>
    keys.flatMap((key) =>
      keys.map((signer) =>
        readCertificate(ca({ subject: `L${level}`, issuer: `L${level + 1}`, key, signer, keyIdentifiers: false })),
      ),
    ),
  ).flat();
  const leaf = readCertificate(
    makePem({ subject: 'leaf', issuer: 'L0', key: 'server', signer: 'intermediate', keyIdentifiers: false }),
  );
  return { leaf, given };
}

tests('chain', {
  ...Object.fromEntries(
    Object.entries(cases).map(([title, one]) => [
      title,
      () => assert.is(told(findChain(read('leaf'), poolOf(one))), one.is),
    ]),
  ),
  'the order of a pool changes nothing': () => {
    const given: readonly Name[] = [
      'leaf',
      'issuing',
      'issuingImpostor',
      'newRootByOld',
      'oldRoot',
      'newRoot',
      'stranger',
    ];
    for (let turn = 0; turn < given.length; turn += 1) {
      const turned = [...given.slice(turn), ...given.slice(0, turn)];
      assert.is(told(findChain(read('leaf'), poolOf({ given: turned, is: direct }))), direct);
    }
  },
  'a pool made to have a million paths is given up on, not walked to the end': () => {
    const { leaf, given } = ladder(20);
    assert.is(findChain(leaf, { given, now: today }).kind, 'missing');
  },
});
