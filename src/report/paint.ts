// Colours, in one place: Ansible's, so that nobody has to learn them.

export interface Paint {
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly red: (text: string) => string;
  readonly cyan: (text: string) => string;
  readonly purple: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly bold: (text: string) => string;
}

const sgr = (code: string) => (text: string) => (text === '' ? '' : `\x1b[${code}m${text}\x1b[0m`);

export const colours: Paint = {
  green: sgr('0;32'),
  yellow: sgr('0;33'),
  red: sgr('0;31'),
  cyan: sgr('0;36'),
  purple: sgr('1;35'),
  dim: sgr('0;90'),
  bold: sgr('1'),
};

const plainText = (text: string) => text;

export const plain: Paint = {
  green: plainText,
  yellow: plainText,
  red: plainText,
  cyan: plainText,
  purple: plainText,
  dim: plainText,
  bold: plainText,
};

/** Colours on a terminal, none in a pipe; NO_COLOR and FORCE_COLOR as no-color.org and Node have them. */
export function paintFor(stream: { readonly isTTY?: boolean | undefined }, environment: NodeJS.ProcessEnv): Paint {
  if (environment['NO_COLOR']) return plain;
  if (environment['FORCE_COLOR'] && environment['FORCE_COLOR'] !== '0') return colours;
  return stream.isTTY && environment['TERM'] !== 'dumb' ? colours : plain;
}
