// Writes DER for the certificates of tests. Node has no maker of certificates, and node-forge's knows RSA only.

const length = (size: number): Buffer => {
  if (size < 0x80) return Buffer.from([size]);
  const hex = size.toString(16);
  const bytes = Buffer.from(hex.length % 2 ? `0${hex}` : hex, 'hex');
  return Buffer.concat([Buffer.from([0x80 | bytes.length]), bytes]);
};

export const value = (tag: number, ...parts: readonly Buffer[]): Buffer => {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag]), length(content.length), content]);
};

export const sequence = (...parts: readonly Buffer[]): Buffer => value(0x30, ...parts);
export const set = (...parts: readonly Buffer[]): Buffer => value(0x31, ...parts);
/** `[n] EXPLICIT`, or a constructed `[n] IMPLICIT`. */
export const context = (number: number, ...parts: readonly Buffer[]): Buffer => value(0xa0 | number, ...parts);
/** A primitive `[n] IMPLICIT`. */
export const implicit = (number: number, content: Buffer): Buffer => value(0x80 | number, content);

export const boolean = (is: boolean): Buffer => value(0x01, Buffer.from([is ? 0xff : 0]));
export const octetString = (content: Buffer): Buffer => value(0x04, content);
export const bitString = (content: Buffer, unusedBits = 0): Buffer => value(0x03, Buffer.from([unusedBits]), content);
export const utf8 = (text: string): Buffer => value(0x0c, Buffer.from(text));
export const printableString = (text: string): Buffer => value(0x13, Buffer.from(text, 'latin1'));
export const nothing = value(0x05);

export function integer(number: number): Buffer {
  const hex = number.toString(16);
  const bytes = Buffer.from(hex.length % 2 ? `0${hex}` : hex, 'hex');
  return value(0x02, (bytes[0] ?? 0) & 0x80 ? Buffer.concat([Buffer.alloc(1), bytes]) : bytes);
}

export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const bytes = [first * 40 + second, ...rest].flatMap((arc) => {
    const groups = [arc % 128];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) groups.unshift((left % 128) | 0x80);
    return groups;
  });
  return value(0x06, Buffer.from(bytes));
}

/** GeneralizedTime, which X.509 wants from 2050 on, or UTCTime. */
export function time(date: Date): Buffer {
  const digits = date.toISOString().replace(/[-:T]/g, '').slice(0, 14);
  return date.getUTCFullYear() >= 2050
    ? value(0x18, Buffer.from(`${digits}Z`))
    : value(0x17, Buffer.from(`${digits.slice(2)}Z`));
}
