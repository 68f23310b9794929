// The tree that a template or an expression is parsed into. Every part has its place in the source.

import type { Location } from '../errors.ts';

export type Ast = { readonly at: Location } & (
  | { readonly kind: 'literal'; readonly value: null | boolean | number | string }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'list'; readonly items: readonly Ast[] }
  | { readonly kind: 'map'; readonly entries: readonly (readonly [key: Ast, value: Ast])[] }
  | { readonly kind: 'attribute'; readonly of: Ast; readonly name: string }
  | { readonly kind: 'index'; readonly of: Ast; readonly key: Ast }
  | { readonly kind: 'slice'; readonly of: Ast; readonly parts: readonly (Ast | undefined)[] }
  | { readonly kind: 'unary'; readonly operator: 'not' | '-' | '+'; readonly operand: Ast }
  | { readonly kind: 'binary'; readonly operator: BinaryOperator; readonly left: Ast; readonly right: Ast }
  | { readonly kind: 'logical'; readonly operator: 'and' | 'or'; readonly left: Ast; readonly right: Ast }
  | { readonly kind: 'compare'; readonly first: Ast; readonly links: readonly Link[] }
  | { readonly kind: 'choice'; readonly test: Ast; readonly yes: Ast; readonly no: Ast | undefined }
  | ({ readonly kind: 'filter'; readonly of: Ast; readonly name: string } & Arguments)
  | ({ readonly kind: 'test'; readonly of: Ast; readonly name: string; readonly negated: boolean } & Arguments)
  | ({ readonly kind: 'call'; readonly name: string } & Arguments)
  | ({ readonly kind: 'method'; readonly of: Ast; readonly name: string } & Arguments)
);

export type BinaryOperator = '+' | '-' | '*' | '/' | '//' | '%' | '**' | '~';
export type CompareOperator = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in' | 'not in';

/** One step of a chained comparison: `1 < x <= 5` has two. */
export interface Link {
  readonly operator: CompareOperator;
  readonly operand: Ast;
}

export interface Arguments {
  readonly positional: readonly Ast[];
  readonly named: readonly NamedArgument[];
}

export interface NamedArgument {
  readonly name: string;
  readonly value: Ast;
  readonly at: Location;
}

/** What a template consists of. */
export type Part = { readonly at: Location } & (
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'output'; readonly expression: Ast }
  | { readonly kind: 'if'; readonly branches: readonly Branch[]; readonly otherwise: readonly Part[] }
  | {
      readonly kind: 'for';
      readonly targets: readonly string[];
      readonly of: Ast;
      readonly filter: Ast | undefined;
      readonly body: readonly Part[];
      readonly otherwise: readonly Part[];
    }
  | { readonly kind: 'set'; readonly name: string; readonly value: Ast | readonly Part[] }
);

export interface Branch {
  readonly test: Ast;
  readonly body: readonly Part[];
}
