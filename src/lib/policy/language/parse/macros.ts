import type { Comprehension, ComprehensionMacro, Expression } from './ast.ts';
import { ParseFailure } from './failure.ts';
import type { Nodes } from './nodes.ts';

interface Span {
  readonly offset: number;
  readonly end: number;
}

/** `has(a.b)`; null where the call is no macro. Throws `ParseFailure` where it is one and its arguments are wrong. */
export function expandCall(nodes: Nodes, span: Span, name: string, args: readonly Expression[]): Expression | null {
  const [argument] = args;
  if (name !== 'has' || args.length !== 1 || argument === undefined) {
    return null;
  }
  if (argument.kind !== 'select' || argument.test || argument.optional) {
    throw wrong(argument, 'has(…) needs a field: has(a.b)');
  }
  return { ...argument, ...nodes.place(span.offset, span.end, [argument.operand]), test: true };
}

/** The macros of the standard and of CEL's extensions that are called on something; null where the call is none of them. */
export function expandMember(
  nodes: Nodes,
  span: Span,
  target: Expression,
  name: string,
  args: readonly Expression[],
): Expression | null {
  if (target.kind === 'identifier' && (target.name === 'cel' || target.name === 'math')) {
    return target.name === 'cel' ? expandCel(nodes, span, name, args) : expandMath(nodes, span, target, name, args);
  }
  return expandComprehension(nodes, span, target, name, args) ?? expandOther(nodes, span, target, name, args);
}

/** What the macros of `math` call, as in CEL's own extension. */
export const EXTREMES: ReadonlyMap<string, string> = new Map([
  ['greatest', '@max'],
  ['least', '@min'],
]);

interface Form {
  readonly macro: ComprehensionMacro;
  readonly variables: 1 | 2;
  readonly condition: boolean;
}

/** By name and number of arguments. */
const FORMS: ReadonlyMap<string, Form> = new Map<string, Form>([
  ['all/2', { macro: 'all', variables: 1, condition: false }],
  ['exists/2', { macro: 'exists', variables: 1, condition: false }],
  ['exists_one/2', { macro: 'existsOne', variables: 1, condition: false }],
  ['existsOne/2', { macro: 'existsOne', variables: 1, condition: false }],
  ['filter/2', { macro: 'filter', variables: 1, condition: false }],
  ['map/2', { macro: 'map', variables: 1, condition: false }],
  ['map/3', { macro: 'map', variables: 1, condition: true }],
  ['all/3', { macro: 'all', variables: 2, condition: false }],
  ['exists/3', { macro: 'exists', variables: 2, condition: false }],
  ['exists_one/3', { macro: 'existsOne', variables: 2, condition: false }],
  ['existsOne/3', { macro: 'existsOne', variables: 2, condition: false }],
  ['transformList/3', { macro: 'map', variables: 2, condition: false }],
  ['transformList/4', { macro: 'map', variables: 2, condition: true }],
  ['transformMap/3', { macro: 'transformMap', variables: 2, condition: false }],
  ['transformMap/4', { macro: 'transformMap', variables: 2, condition: true }],
  ['transformMapEntry/3', { macro: 'transformMapEntry', variables: 2, condition: false }],
  ['transformMapEntry/4', { macro: 'transformMapEntry', variables: 2, condition: true }],
]);

function expandComprehension(
  nodes: Nodes,
  span: Span,
  range: Expression,
  name: string,
  args: readonly Expression[],
): Comprehension | null {
  const form = FORMS.get(`${name}/${args.length}`);
  const result = args.at(-1);
  if (form === undefined || result === undefined) {
    return null;
  }
  const condition = form.condition ? (args.at(-2) ?? null) : null;
  const parts = condition === null ? [range, result] : [range, condition, result];
  const variables = variablesOf(args.slice(0, form.variables));
  const place = nodes.place(span.offset, span.end, parts);
  return { kind: 'comprehension', ...place, macro: form.macro, range, variables, condition, result };
}

function variablesOf(args: readonly Expression[]): Comprehension['variables'] {
  const [first = '', second] = args.map(variableOf);
  if (second === undefined) {
    return [first];
  }
  if (first === second && args[1] !== undefined) {
    throw wrong(args[1], `the two variables have the same name '${second}'`);
  }
  return [first, second];
}

function variableOf(argument: Expression): string {
  if (argument.kind !== 'identifier' || argument.name.startsWith('.')) {
    throw wrong(argument, 'a macro needs a simple name for its variable here');
  }
  return argument.name;
}

function expandOther(
  nodes: Nodes,
  span: Span,
  target: Expression,
  name: string,
  args: readonly Expression[],
): Expression | null {
  const [first, body] = args;
  if (args.length !== 2 || first === undefined || body === undefined) {
    return null;
  }
  if (name === 'optMap' || name === 'optFlatMap') {
    const variable = variableOf(first);
    const place = nodes.place(span.offset, span.end, [target, body]);
    return { kind: 'optional-map', ...place, target, variable, body, flat: name === 'optFlatMap' };
  }
  return name === 'sortBy' ? expandSortBy(nodes, span, target, variableOf(first), body) : null;
}

/** `l.sortBy(x, k)` is `cel.bind(@sorted, l, @sorted.@sortByAssociatedKeys(@sorted.map(x, k)))`, as in CEL's own extension. */
function expandSortBy(nodes: Nodes, span: Span, list: Expression, variable: string, key: Expression): Expression {
  const name = '@sorted';
  function input(): Expression {
    return { kind: 'identifier', ...nodes.place(list.offset, list.offset + list.length), name };
  }
  const range = input();
  const target = input();
  const keys: Comprehension = {
    kind: 'comprehension',
    ...nodes.place(span.offset, span.end, [range, key]),
    macro: 'map',
    range,
    variables: [variable],
    condition: null,
    result: key,
  };
  const place = nodes.place(span.offset, span.end, [target, keys]);
  const body: Expression = { kind: 'call', ...place, name: '@sortByAssociatedKeys', target, arguments: [keys] };
  return { kind: 'bind', ...nodes.place(span.offset, span.end, [list, body]), variable: name, value: list, body };
}

function expandCel(nodes: Nodes, span: Span, name: string, args: readonly Expression[]): Expression | null {
  const [first, second, third] = args;
  switch (`${name}/${args.length}`) {
    case 'bind/3':
      return first !== undefined && second !== undefined && third !== undefined
        ? bind(nodes, span, variableOf(first), second, third)
        : null;
    case 'block/2':
      return first !== undefined && second !== undefined ? block(nodes, span, first, second) : null;
    case 'index/1':
      return { kind: 'identifier', ...nodes.place(span.offset, span.end), name: `@index${args.map(indexOf).join('')}` };
    case 'iterVar/2':
      return { kind: 'identifier', ...nodes.place(span.offset, span.end), name: `@it:${args.map(indexOf).join(':')}` };
    default:
      return null;
  }
}

function bind(nodes: Nodes, span: Span, variable: string, value: Expression, body: Expression): Expression {
  return { kind: 'bind', ...nodes.place(span.offset, span.end, [value, body]), variable, value, body };
}

function block(nodes: Nodes, span: Span, list: Expression, body: Expression): Expression {
  if (list.kind !== 'list' || list.elements.some(({ optional }) => optional)) {
    throw wrong(list, 'cel.block(…) needs a list of values here');
  }
  const values = list.elements.map(({ value }) => value);
  return { kind: 'block', ...nodes.place(span.offset, span.end, [...values, body]), values, body };
}

function indexOf(argument: Expression): string {
  if (argument.kind !== 'constant' || typeof argument.value !== 'bigint' || argument.value < 0n) {
    throw wrong(argument, 'a number from 0 is needed here');
  }
  return String(argument.value);
}

/** `math.greatest` and `math.least` take any number of arguments, which functions do not: from three on they become one list. */
function expandMath(
  nodes: Nodes,
  span: Span,
  target: Expression,
  name: string,
  args: readonly Expression[],
): Expression | null {
  const extreme = EXTREMES.get(name);
  if (extreme === undefined) {
    return null;
  }
  const [first] = args;
  if (first === undefined) {
    throw new ParseFailure(`math.${name}(…) needs at least one argument`, span.offset, span.end - span.offset);
  }
  const given = args.length > 2 ? [listOf(nodes, first.offset, span.end, args)] : args;
  const place = nodes.place(span.offset, span.end, [target, ...given]);
  return { kind: 'call', ...place, name: extreme, target, arguments: given };
}

function listOf(nodes: Nodes, offset: number, end: number, values: readonly Expression[]): Expression {
  const elements = values.map((value) => ({ value, optional: false }));
  return { kind: 'list', ...nodes.place(offset, end, values), elements };
}

function wrong(at: Expression, message: string): ParseFailure {
  return new ParseFailure(message, at.offset, at.length);
}
