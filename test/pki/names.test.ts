import { addressOf, covers } from '../../src/pki/names.ts';
import { assert, tests } from '../tests.ts';

interface Case {
  readonly names?: readonly string[];
  readonly addresses?: readonly string[];
  readonly name: string;
  readonly is: boolean;
}

const cases: Readonly<Record<string, Case>> = {
  'a name covers itself': { names: ['a.example.com'], name: 'a.example.com', is: true },
  'case does not matter': { names: ['a.example.com'], name: 'A.Example.COM', is: true },
  'a final dot does not matter': { names: ['a.example.com'], name: 'a.example.com.', is: true },
  'a name does not cover what is below it': { names: ['example.com'], name: 'a.example.com', is: false },
  'a wildcard covers one label': { names: ['*.example.com'], name: '203-0-113-5.example.com', is: true },
  'a wildcard does not cover two labels': { names: ['*.example.com'], name: 'a.b.example.com', is: false },
  'a wildcard does not cover the bare domain': { names: ['*.example.com'], name: 'example.com', is: false },
  'a wildcard does not cover an empty label': { names: ['*.example.com'], name: '.example.com', is: false },
  'a part of a label is no wildcard': { names: ['v*.example.com'], name: 'v1.example.com', is: false },
  'a wildcard inside a name is none': { names: ['a.*.example.com'], name: 'a.b.example.com', is: false },
  'a wildcard does not cover a top-level domain': { names: ['*.com'], name: 'example.com', is: false },
  'a pattern needs the same wildcard': { names: ['*.example.com'], name: '*.example.com', is: true },
  'a pattern is not met by one name of it': { names: ['a.example.com'], name: '*.example.com', is: false },
  'a wildcard does not cover a pattern below it': { names: ['*.example.com'], name: '*.a.example.com', is: false },
  'an address needs an address': { names: ['203.0.113.5'], addresses: [], name: '203.0.113.5', is: false },
  'an address covers itself': { addresses: ['203.0.113.5'], name: '203.0.113.5', is: true },
  'an address in another spelling is the same': { addresses: ['2001:db8::1'], name: '2001:0DB8:0:0:0:0:0:1', is: true },
  'a wildcard does not cover an address': { names: ['*.0.113.5'], name: '203.0.113.5', is: false },
  'no names cover nothing': { name: 'a.example.com', is: false },
};

tests('names', {
  ...Object.fromEntries(
    Object.entries(cases).map(([title, { names = [], addresses = [], name, is }]) => [
      title,
      () => assert.is(covers({ names, addresses }, name), is),
    ]),
  ),
  'an IPv4 address is read from its bytes': () => assert.is(addressOf(Buffer.from([203, 0, 113, 5])), '203.0.113.5'),
  'an IPv6 address is read in its canonical form': () =>
    assert.is(addressOf(Buffer.from('20010db8000000000000000000000001', 'hex')), '2001:db8::1'),
});
