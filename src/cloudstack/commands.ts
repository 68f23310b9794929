// Which commands of the CloudStack API only look. The rule is the server's own (`APIVerb`-less commands that start
// with get, list, query or find count as reads for `enforce.post.requests.and.timestamps`), less the ones that do
// change something in spite of their name.

const READING_NAME = /^(?:get|list|query|find)[A-Z]\w*$/;

/** Named like reads, but they make upload slots, write files on a system VM, or switch the session's account. */
const WRITES_IN_DISGUISE = /^(?:getUploadParamsFor\w+|getDiagnosticsData|listAndSwitchSamlAccount)$/;

const READS_BY_OTHER_NAMES: ReadonlySet<string> = new Set([
  'readyForShutdown',
  'isAccountAllowedToCreateOfferingsWithTags',
]);

/** Whether a command, written as CloudStack writes it, changes nothing on the server. */
export function isRead(command: string): boolean {
  if (READS_BY_OTHER_NAMES.has(command)) return true;
  return READING_NAME.test(command) && !WRITES_IN_DISGUISE.test(command);
}

/** The only command that may carry a value longer than this many characters. */
export const LONG_VALUE_COMMAND = 'uploadCustomCertificate';

/**
 * From 4.21 on the server's request log spends time that grows with the square of a value's length on every POST but
 * those on its deny list: 5,000 characters cost 0.4 s of its CPU, 70,000 cost 74 s.
 */
export const LONGEST_VALUE = 4096;
