// Texts that are read again and again: the clouds of a lab begin with the same certificates, VM by VM.

/** A reader that remembers what it made of the last `most` texts. What it throws is not remembered. */
export function remembered<T>(most: number, read: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const value = known.has(text) ? (known.get(text) as T) : read(text);
    known.delete(text);
    known.set(text, value);
    for (const oldest of known.keys()) {
      if (known.size <= most) break;
      known.delete(oldest);
    }
    return value;
  };
}
