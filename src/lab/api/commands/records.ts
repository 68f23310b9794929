// Events and alerts: a second witness of what an install did.

import type { Install } from '../../world/install.ts';
import type { AlertRecord, EventRecord } from '../../world/records.ts';
import { type Content, dateText } from '../answer.ts';
import type { Command, CommandCall } from '../command.ts';
import { contains, listOf, same } from '../lists.ts';

/** The account of the lab's one API key. */
const CALLER = 'admin';

const eventItem = (install: Install, event: EventRecord): Content => ({
  id: event.id,
  username: event.username,
  type: event.type,
  level: event.level,
  description: event.description,
  account: event.account,
  domainid: install.identity.domainId,
  domain: 'ROOT',
  domainpath: install.rules.eventDomainPath,
  ...(event.resourceType === undefined ? {} : { resourcetype: event.resourceType }),
  created: dateText(event.created),
  state: event.state,
});

/** Without `listall` only those of the caller's own account. */
function listEvents(call: CommandCall): Content {
  const { install } = call;
  const own = !call.flag('listall');
  const [type, level, keyword] = [call.filter('type'), call.filter('level'), call.filter('keyword')];
  const events = install.records.events.filter(
    (event) =>
      (!own || event.account === CALLER) &&
      (type === undefined || same(event.type, type)) &&
      (level === undefined || same(event.level, level)) &&
      (keyword === undefined || contains(event.type, keyword) || contains(event.description, keyword)),
  );
  return listOf(
    call,
    'event',
    events.map((event) => eventItem(install, event)),
  );
}

const alertItem = ({ id, type, name, description, sent }: AlertRecord): Content => ({
  id,
  type,
  name,
  description,
  sent: dateText(sent),
});

function listAlerts(call: CommandCall): Content {
  const type = call.filter('type');
  const alerts = call.install.records.alerts.filter((alert) => type === undefined || String(alert.type) === type);
  return listOf(call, 'alert', alerts.map(alertItem));
}

export const recordCommands: readonly Command[] = [
  {
    name: 'listEvents',
    kind: 'read',
    parameters: [
      { name: 'type', type: 'string' },
      { name: 'level', type: 'string' },
      { name: 'listall', type: 'boolean' },
    ],
    run: listEvents,
  },
  { name: 'listAlerts', kind: 'read', parameters: [{ name: 'type', type: 'string' }], run: listAlerts },
];
