// Lines that fit a terminal: wrapping with a hanging indent, padding.

/** The visible width of text that may hold colour codes. */
export function width(text: string): number {
  return text.replace(/\x1b\[[0-9;]*m/g, '').length;
}

export function pad(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - width(text)));
}

/** The text in that many columns, its end replaced by `…` where it is longer. */
export function cut(text: string, columns: number): string {
  return width(text) <= columns ? text : `${text.slice(0, Math.max(0, columns - 1))}…`;
}

/** Breaks at blanks; a word longer than the line stays whole. Newlines in the text are kept. */
export function wrap(text: string, columns: number): string[] {
  return text.split('\n').flatMap((line) => wrapLine(line, Math.max(20, columns)));
}

/** Keeps the indent that the line has. */
function wrapLine(line: string, columns: number): string[] {
  const [indent = ''] = /^ */.exec(line) ?? [];
  const lines: string[] = [];
  let current = '';
  for (const word of line.slice(indent.length).split(' ')) {
    const longer = current === '' ? indent + word : `${current} ${word}`;
    if (width(longer) <= columns || current === '') current = longer;
    else {
      lines.push(current);
      current = indent + word;
    }
  }
  return [...lines, current];
}

/** `first` and then `text`, wrapped so that it hangs under its own start. */
export function hang(first: string, text: string, columns: number): string[] {
  const indent = width(first);
  return wrap(text, columns - indent).map((line, index) => (index === 0 ? first : ' '.repeat(indent)) + line);
}

/** A note under an indent; one that starts with a word and a gap (`new     *.example.com …`) hangs behind the gap. */
export function note(indent: string, text: string, columns: number): string[] {
  const [, lead = '', rest = text] = /^(\S+ {2,})(.*)$/s.exec(text) ?? [];
  return hang(indent + lead, rest, columns);
}

/** `1 host`, `2 hosts`. */
export function count(number: number, noun: string, plural = `${noun}s`): string {
  return `${number} ${number === 1 ? noun : plural}`;
}
