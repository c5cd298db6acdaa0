import type { Overload } from '../library.ts';
import type { Call } from '../parse/ast.ts';
import { type CelType, DYN } from '../type.ts';
import type { CheckContext } from './context.ts';
import { candidateNames } from './declarations.ts';
import { isNullable } from './nullable.ts';
import { showType } from './show-type.ts';

export interface Found {
  readonly name: string;
  readonly overloads: readonly Overload[];
}

/** The function of that name, seen from the container; null where there is none. */
export function findFunction(context: CheckContext, name: string): Found | null {
  for (const candidate of candidateNames(context.environment.container, name)) {
    const overloads = context.declarations.functions.get(candidate);
    if (overloads !== undefined) {
      return { name: candidate, overloads };
    }
  }
  return null;
}

/** Whether the name is nothing but the first part of functions' names, as `math` is: then a function of it is meant that is not there. */
export function isNamespace({ environment, declarations }: CheckContext, name: string): boolean {
  return declarations.namespaces.has(name) && !environment.variables.has(name) && !declarations.constants.has(name);
}

/** The type that a call gives. `args` has the target first where it is an argument; null for a function that is not there. */
export function checkCall(
  context: CheckContext,
  node: Call,
  found: Found | null,
  member: boolean,
  args: readonly CelType[],
): CelType {
  if (found === null) {
    return unknownFunction(context, node, member);
  }
  const fitting = found.overloads
    .filter((overload) => overload.member === member && overload.parameters.length === args.length)
    .flatMap((overload) => {
      const result = resultOf(context, overload, args);
      return result === null ? [] : [{ overload, result }];
    });
  const [first, ...others] = fitting;
  if (first === undefined) {
    return noOverload(context, node, found, args);
  }
  const overloads = fitting.map(({ overload }) => overload);
  context.readsTime ||= overloads.some(({ readsTime }) => readsTime === true);
  const certain = others.length === 0 && args.every((type, index) => isCertain(type, first.overload.parameters[index]));
  context.references[node.id] = { kind: 'call', name: found.name, member, overloads, certain };
  const same = others.every(({ result }) => showType(result) === showType(first.result));
  return same && context.environment.checked ? first.result : DYN;
}

/** Null where the arguments are of other types. */
function resultOf(context: CheckContext, overload: Overload, args: readonly CelType[]): CelType | null {
  const { inference } = context;
  const names = new Map<string, CelType>();
  const parameters = overload.parameters.map((parameter) => inference.instantiate(parameter, names));
  return inference.assignable(args, parameters)
    ? inference.resolve(inference.instantiate(overload.result, names))
    : null;
}

/** Whether a value of the type is certainly one that the parameter takes; not so where it may be anything, or null. */
function isCertain(type: CelType, parameter: CelType | undefined): boolean {
  if (parameter?.kind === 'dyn' || parameter?.kind === 'parameter') {
    return true;
  }
  return !['dyn', 'error', 'null', 'parameter'].includes(type.kind) && !isNullable(type);
}

function unknownFunction(context: CheckContext, node: Call, member: boolean): CelType {
  const { name } = node;
  context.references[node.id] = { kind: 'unknown', name };
  if (!context.environment.checked) {
    return DYN;
  }
  const hint = context.hint(name, () =>
    [...context.declarations.functions]
      .filter(([, overloads]) => overloads.some((overload) => overload.member === member))
      .map(([known]) => known),
  );
  return context.refuse(node, `there is no function '${name}'${hint}`);
}

function noOverload(context: CheckContext, node: Call, found: Found, args: readonly CelType[]): CelType {
  context.references[node.id] = { kind: 'unknown', name: found.name };
  if (!context.environment.checked) {
    return DYN;
  }
  const given = args.map((type) => showType(context.inference.resolve(type))).join(', ');
  return context.refuse(node, `'${showName(found.name)}' cannot be used with (${given})`);
}

/** Operators and macros as they are written. */
function showName(name: string): string {
  const written = WRITTEN.get(name);
  return written ?? (/[a-z]/i.test(name) ? name : name.replaceAll('_', ''));
}

const WRITTEN: ReadonlyMap<string, string> = new Map([
  ['@in', 'in'],
  ['math.@max', 'math.greatest'],
  ['math.@min', 'math.least'],
  ['@sortByAssociatedKeys', 'sortBy'],
]);
