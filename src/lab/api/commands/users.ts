// The one user of an install, as far as a client asks whose key it has.

import type { Install } from '../../world/install.ts';
import { type Content, dateText } from '../answer.ts';
import type { Command, CommandCall } from '../command.ts';
import { contains, listOf, same } from '../lists.ts';

const userItem = ({ identity, options, servers }: Install): Content => ({
  id: identity.userId,
  username: 'admin',
  firstname: 'Admin',
  lastname: 'User',
  ...(servers[0] ? { created: dateText(servers[0].booted) } : {}),
  state: 'enabled',
  account: 'admin',
  accounttype: 1,
  usersource: 'native',
  roletype: 'Admin',
  rolename: 'Root Admin',
  domainid: identity.domainId,
  domain: 'ROOT',
  apikey: options.apiKey,
  accountid: identity.accountId,
  iscallerchilddomain: false,
  isdefault: true,
});

function listUsers(call: CommandCall): Content {
  const user = userItem(call.install);
  const filters = ['id', 'username', 'state', 'accounttype', 'account'];
  const keyword = call.filter('keyword');
  const fits =
    filters.every((name) => same(String(user[name]), call.filter(name) ?? String(user[name]))) &&
    (keyword === undefined || contains('admin', keyword));
  return listOf(call, 'user', fits ? [user] : []);
}

export const userCommands: readonly Command[] = [
  {
    name: 'listUsers',
    kind: 'read',
    parameters: [
      { name: 'id', type: 'uuid', entity: 'user' },
      { name: 'username', type: 'string' },
      { name: 'state', type: 'string' },
      { name: 'accounttype', type: 'integer' },
      { name: 'account', type: 'string' },
    ],
    run: listUsers,
  },
];
