// Reading a node as what it has to be. Each function gives undefined and adds a problem where it is not.

import type { Problem } from '../errors.ts';
import type { ListNode, MapNode, Node } from '../model.ts';

const formerBooleans = new Map([
  ['yes', true],
  ['on', true],
  ['no', false],
  ['off', false],
]);

/** What YAML 1.1 read `yes`, `no`, `on` and `off` as; 1.2 takes them for texts. */
export const formerBoolean = (text: string): boolean | undefined => formerBooleans.get(text.toLowerCase());

/** What a node is, for messages: `a list`. */
export function kindOf(node: Node): string {
  if (node.kind !== 'scalar') return `a ${node.kind}`;
  if (node.value === null) return 'empty';
  if (typeof node.value === 'boolean') return String(node.value);
  return typeof node.value === 'number' ? `the number ${node.value}` : `the text "${shortened(node.value)}"`;
}

export function expectMap(node: Node, what: string, problems: Problem[]): MapNode | undefined {
  if (node.kind === 'map') return node;
  problems.push({ message: `${what} has to be a map, not ${kindOf(node)}`, at: node.at });
  return undefined;
}

export function expectList(node: Node, what: string, problems: Problem[], hint?: string): ListNode | undefined {
  if (node.kind === 'list') return node;
  problems.push({ message: `${what} has to be a list, not ${kindOf(node)}`, at: node.at, hint });
  return undefined;
}

/** A text; a number is taken as it is written. */
export function expectText(node: Node, what: string, problems: Problem[]): string | undefined {
  if (node.kind === 'scalar' && typeof node.value === 'string' && node.value.trim() !== '') return node.value;
  if (node.kind === 'scalar' && typeof node.value === 'number') return textOf(node);
  problems.push({ message: `${what} has to be a text, not ${kindOf(node)}`, at: node.at });
  return undefined;
}

export function expectBoolean(node: Node, what: string, problems: Problem[]): boolean | undefined {
  if (node.kind === 'scalar' && typeof node.value === 'boolean') return node.value;
  const former = node.kind === 'scalar' ? formerBoolean(String(node.value)) : undefined;
  const hint = former === undefined ? undefined : `write ${former}`;
  problems.push({ message: `${what} has to be true or false, not ${kindOf(node)}`, at: node.at, hint });
  return undefined;
}

/** A number of at least `minimum`; a text that is exactly a number is taken as well. */
export function expectNumber(node: Node, what: string, problems: Problem[], minimum = 0): number | undefined {
  const number = node.kind === 'scalar' ? numberOf(node.value) : undefined;
  if (number !== undefined && number >= minimum) return number;
  const bound = number === undefined ? '' : ` of at least ${minimum}`;
  problems.push({ message: `${what} has to be a number${bound}, not ${kindOf(node)}`, at: node.at });
  return undefined;
}

export function expectInteger(node: Node, what: string, problems: Problem[], minimum = 0): number | undefined {
  const number = expectNumber(node, what, problems, minimum);
  if (number === undefined || Number.isInteger(number)) return number;
  problems.push({ message: `${what} has to be a whole number, not ${number}`, at: node.at });
  return undefined;
}

/** A list of texts; one text is a list of one. Each with its node, for its place. */
export function expectTexts(
  node: Node,
  what: string,
  problems: Problem[],
): readonly { readonly text: string; readonly node: Node }[] {
  const items = node.kind === 'list' ? node.items : [node];
  return items.flatMap((item) => {
    const text = expectText(item, node.kind === 'list' ? `each of ${what}` : what, problems);
    return text === undefined ? [] : [{ text, node: item }];
  });
}

/** The value of a key of a map, where it is there. */
export function field(map: MapNode, key: string): Node | undefined {
  return map.entries.find((entry) => entry.key === key)?.value;
}

export const isNothing = (node: Node): boolean => node.kind === 'scalar' && node.value === null;

function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : undefined;
}

function textOf(node: Node): string {
  return node.at.source.text.slice(node.at.start, node.at.end);
}

const shortened = (text: string): string => {
  const line = text.split('\n', 1)[0] ?? '';
  return line.length < text.length || line.length > 40 ? `${line.slice(0, 40)}…` : line;
};
