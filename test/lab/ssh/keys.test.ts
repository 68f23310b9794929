import ssh2 from 'ssh2';
import { generateSshKeys } from '../../../src/lab/ssh/keys.ts';
import { assert, tests } from '../../tests.ts';

/** Enough that one or two begin with a zero byte (one in 256 does). */
const MANY = 400;

tests('SSH keys of the lab', {
  'every key is read, and signs what its public half verifies': () => {
    for (let index = 0; index < MANY; index += 1) {
      const keys = generateSshKeys();
      const secret = ssh2.utils.parseKey(keys.private);
      const open = ssh2.utils.parseKey(keys.public);
      if (secret instanceof Error) throw secret;
      if (open instanceof Error) throw open;
      assert.equal(secret.getPublicSSH(), open.getPublicSSH());
      const signature = secret.sign('text');
      if (signature instanceof Error) throw signature;
      assert.is(open.verify('text', signature), true);
    }
  },
});
