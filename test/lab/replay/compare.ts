// Whether an answer is the recorded one: every recorded field is there and equal, lists are as long, what was absent is.

/** Where the two differ, one line each; empty where nothing does. */
export function differences(recorded: unknown, answered: unknown, at = ''): string[] {
  if (recorded === '<date>') return typeof answered === 'string' ? [] : [`${at}: no date`];
  if (recorded === '<pem>') return String(answered).startsWith('-----BEGIN ') ? [] : [`${at}: no PEM`];
  if (recorded === null) {
    return answered === undefined || answered === null ? [] : [`${at}: absent there, ${JSON.stringify(answered)} here`];
  }
  if (Array.isArray(recorded)) return listDifferences(recorded, answered, at);
  if (typeof recorded === 'object') {
    if (typeof answered !== 'object' || answered === null) return [`${at}: ${JSON.stringify(answered)} here`];
    const other = answered as Readonly<Record<string, unknown>>;
    const entries = Object.entries(recorded as Readonly<Record<string, unknown>>);
    // An empty object is the whole answer: nothing may be in it.
    const extra = entries.length === 0 && Object.keys(other).length > 0 ? [`${at}: not empty here`] : [];
    return [...extra, ...entries.flatMap(([name, value]) => differences(value, other[name], `${at}.${name}`))];
  }
  if (recorded === answered) return [];
  return [`${at}: ${JSON.stringify(recorded)} there, ${JSON.stringify(answered)} here`];
}

function listDifferences(recorded: readonly unknown[], answered: unknown, at: string): string[] {
  if (!Array.isArray(answered)) return [`${at}: no list here`];
  if (answered.length !== recorded.length) return [`${at}: ${recorded.length} there, ${answered.length} here`];
  return recorded.flatMap((item, index) => differences(item, answered[index], `${at}[${index}]`));
}
