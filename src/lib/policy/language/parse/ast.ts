import type { CelUint } from '../value.ts';

/** What every node has. */
interface Node {
  /** From 0, unique in its expression and smaller than `Ast.nodes`: what is known of a node may stand in an array. */
  readonly id: number;
  /** In UTF-16 code units of the text, from 0. */
  readonly offset: number;
  readonly length: number;
}

export type Expression =
  | Constant
  | Identifier
  | Select
  | Call
  | ListLiteral
  | MapLiteral
  | StructLiteral
  | Comprehension
  | Bind
  | OptionalMap
  | Block;

/** An int is a bigint within 64 bits. A minus before a number literal is a part of it. */
export interface Constant extends Node {
  readonly kind: 'constant';
  readonly value: null | boolean | bigint | CelUint | number | string | Uint8Array;
}

/** A leading dot (`.a`, not looked up in the container) is kept in the name. `@index0` and `@it:0:0` are those of `cel.block`. */
export interface Identifier extends Node {
  readonly kind: 'identifier';
  readonly name: string;
}

/** `a.b`; `a.?b` is `optional`, `has(a.b)` is `test` (its offset and length those of the whole macro). */
export interface Select extends Node {
  readonly kind: 'select';
  readonly operand: Expression;
  readonly field: string;
  readonly optional: boolean;
  readonly test: boolean;
}

/**
 * `f(x)`, `a.f(x)` and all operators under the names of the language definition: `_&&_`, `_||_`, `_?_:_`, `!_`, `-_`, `_+_`, `_-_`, `_*_`,
 * `_/_`, `_%_`, `_==_`, `_!=_`, `_<_`, `_<=_`, `_>_`, `_>=_`, `@in`, `_[_]`, `_[?_]`. A chain of `&&` or of `||` is one call of two or more arguments.
 */
export interface Call extends Node {
  readonly kind: 'call';
  readonly name: string;
  /** Null where there is none. It may turn out to be the first part of a function's name, as in `math.greatest(1, 2)`: see `check`. */
  readonly target: Expression | null;
  readonly arguments: readonly Expression[];
}

/** `[1, ?x]`. */
export interface ListLiteral extends Node {
  readonly kind: 'list';
  readonly elements: readonly Element[];
}

export interface Element {
  readonly value: Expression;
  readonly optional: boolean;
}

/** `{k: v, ?k: v}`. */
export interface MapLiteral extends Node {
  readonly kind: 'map';
  readonly entries: readonly Entry[];
}

export interface Entry {
  readonly key: Expression;
  readonly value: Expression;
  readonly optional: boolean;
}

/** `a.b.Name{field: v}`. There are no such objects in policies, so that `check` refuses it; kept for the error and the conformance data. */
export interface StructLiteral extends Node {
  readonly kind: 'struct';
  readonly name: string;
  readonly fields: readonly { readonly name: string; readonly value: Expression; readonly optional: boolean }[];
}

/**
 * A macro over the elements of a list or the entries of a map. With one variable it is the element or the key; with two they are
 * index and element, or key and value.
 *
 * `all`, `exists`, `existsOne`: `result` is the predicate. `filter`: the predicate, one variable. `map` (also `transformList`): the element
 * of the list to be made. `transformMap`: the value under the same key (or index). `transformMapEntry`: a map whose entries are added.
 */
export interface Comprehension extends Node {
  readonly kind: 'comprehension';
  readonly macro: ComprehensionMacro;
  readonly range: Expression;
  /** One or two names, different ones. */
  readonly variables: readonly [string] | readonly [string, string];
  /** Which elements count, of `map(x, p, t)` and the transforms; null for all. */
  readonly condition: Expression | null;
  readonly result: Expression;
}

export type ComprehensionMacro =
  | 'all'
  | 'exists'
  | 'existsOne'
  | 'filter'
  | 'map'
  | 'transformMap'
  | 'transformMapEntry';

/** `cel.bind(x, value, body)`: the value is found when it is first asked for, once. */
export interface Bind extends Node {
  readonly kind: 'bind';
  readonly variable: string;
  readonly value: Expression;
  readonly body: Expression;
}

/** `o.optMap(x, body)`; `flat` for `optFlatMap`, whose body is an optional. */
export interface OptionalMap extends Node {
  readonly kind: 'optional-map';
  readonly target: Expression;
  readonly variable: string;
  readonly body: Expression;
  readonly flat: boolean;
}

/** `cel.block([a, b], body)`: `@index0`, `@index1` are names of the values in those after them and in the body. Found when asked for, once. */
export interface Block extends Node {
  readonly kind: 'block';
  readonly values: readonly Expression[];
  readonly body: Expression;
}

export interface Ast {
  readonly text: string;
  readonly root: Expression;
  /** How many nodes there are. */
  readonly nodes: number;
}
