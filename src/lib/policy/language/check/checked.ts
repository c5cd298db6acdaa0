import type { ConstantDeclaration, Overload } from '../library.ts';
import type { Ast } from '../parse/ast.ts';
import type { CelType } from '../type.ts';

/** An expression whose names are resolved. Arrays by `id` of the node. */
export interface Checked {
  readonly ast: Ast;
  readonly type: CelType;
  /** Every type is `dyn` where the environment is not checked. No parameters stand in them. Undefined for nodes that are a part of a longer name. */
  readonly types: readonly (CelType | undefined)[];
  readonly references: readonly (Reference | undefined)[];
  /** Of the environment, by their names there. */
  readonly variables: ReadonlySet<string>;
  /** Whether a candidate of a call reads the time. */
  readonly readsTime: boolean;
  /** Macros inside each other: 0 for none, 1 for one. */
  readonly depth: number;
  /** How many local variables are alive at most at one time. */
  readonly slots: number;
}

/**
 * What a node means besides what it is.
 *
 * Of identifiers and of selects that are whole a qualified name: `variable`, `constant`, `local`, or `unknown` (only in an environment that is
 * not checked: an error when it is evaluated). A select without a reference is a field or key. Of calls: `call` (`unknown` where there is no such
 * function, not checked). Of comprehensions, binds, optional maps and blocks: `scope`.
 */
export type Reference =
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'constant'; readonly declaration: ConstantDeclaration }
  | { readonly kind: 'local'; readonly slot: number }
  | { readonly kind: 'unknown'; readonly name: string }
  | CallReference
  /** The slot of the first local variable that the node brings; the others follow. */
  | { readonly kind: 'scope'; readonly slot: number };

export interface CallReference {
  readonly kind: 'call';
  /** Of the function: `math.greatest` where the target is a part of the name. */
  readonly name: string;
  /** Whether the target is an argument, the first. False where there is none or where it is a part of the name. */
  readonly member: boolean;
  /** Those that the types allow, in the order of the declarations; never empty. */
  readonly overloads: readonly Overload[];
  /** Whether the types leave no doubt: one overload, and no argument needs looking at when it runs. */
  readonly certain: boolean;
}
