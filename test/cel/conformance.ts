import { tests } from '@bufbuild/cel-spec/testdata/conformance.js';
import { CelError } from '../../src/lib/policy/language/error.ts';
import { compile, createMeter, POLICY_LIBRARIES } from '../../src/lib/policy/language/index.ts';
import type { Environment } from '../../src/lib/policy/language/program.ts';
import { isMap } from '../../src/lib/policy/language/run/map.ts';
import { showValue } from '../../src/lib/policy/language/run/show.ts';
import { typeName, typeOf } from '../../src/lib/policy/language/run/type-of.ts';
import type { CelType } from '../../src/lib/policy/language/type.ts';
import { CelOptional, CelTypeValue, CelUint, type CelValue } from '../../src/lib/policy/language/value.ts';
import {
  type DeclarationJson,
  NeedsProtobuf,
  type TypeJson,
  toLibrary,
  toType,
  toValue,
  type ValueJson,
} from './conformance-values.ts';

/** JSON of `cel.expr.conformance.test.SimpleTest`. */
interface CaseJson {
  readonly name: string;
  readonly expr: string;
  readonly container?: string;
  readonly disableCheck?: boolean;
  readonly checkOnly?: boolean;
  readonly typeEnv?: readonly DeclarationJson[];
  readonly bindings?: Readonly<Record<string, { readonly value: ValueJson }>>;
  readonly value?: ValueJson;
  readonly typedResult?: { readonly result?: ValueJson; readonly deducedType?: TypeJson };
  readonly evalError?: unknown;
}

export interface ConformanceCase {
  /** The first part of its path: `string_ext`. */
  readonly suite: string;
  /** `string_ext/format/no-op`. */
  readonly path: string;
  readonly expression: string;
  readonly json: CaseJson;
}

export type Outcome =
  | { readonly kind: 'pass' }
  /** Out of what policies have: a message type stands in the case. */
  | { readonly kind: 'protobuf'; readonly type: string }
  | { readonly kind: 'miss'; readonly expected: string; readonly found: string };

interface SuiteJson {
  readonly name: string;
  readonly suites?: readonly SuiteJson[];
  readonly tests?: readonly { readonly original: unknown }[];
}

export function conformanceCases(): readonly ConformanceCase[] {
  return (tests as SuiteJson).suites?.flatMap((suite) => casesOf(suite, suite.name, suite.name)) ?? [];
}

function casesOf(suite: SuiteJson, top: string, path: string): readonly ConformanceCase[] {
  const own = (suite.tests ?? []).map(({ original }) => {
    const json = original as CaseJson;
    return { suite: top, path: `${path}/${json.name}`, expression: json.expr, json };
  });
  return [...own, ...(suite.suites ?? []).flatMap((inner) => casesOf(inner, top, `${path}/${inner.name}`))];
}

/**
 * What stands in an expression for a type of Protocol Buffers: messages and enums of the data, well-known types but the names of the two that are types
 * of the language, and the functions of extensions.
 */
const PROTOBUF =
  /\b(?:google\.protobuf\.(?!Timestamp\b(?!\s*\{)|Duration\b(?!\s*\{))\w+|cel\.expr\.conformance\.\w+|(?:Nested)?TestAllTypes|TestRequired|GlobalEnum|NestedEnum|proto\.(?:has|get)Ext)\b|\b\w*Value\s*\{/;

export function judge(one: ConformanceCase): Outcome {
  const named = PROTOBUF.exec(one.expression);
  if (named !== null) {
    return { kind: 'protobuf', type: named[0] };
  }
  try {
    return judgeValues(one.json);
  } catch (error) {
    if (error instanceof NeedsProtobuf) {
      return { kind: 'protobuf', type: error.message };
    }
    throw error;
  }
}

function judgeValues(json: CaseJson): Outcome {
  const bindings = new Map(Object.entries(json.bindings ?? {}).map(([name, { value }]) => [name, toValue(value)]));
  const declared = (json.typeEnv ?? []).flatMap(({ name, ident }): readonly [string, CelType][] =>
    ident === undefined ? [] : [[name, toType(ident.type)]],
  );
  const undeclared = [...bindings.keys()].map((name): [string, CelType] => [name, { kind: 'dyn' }]);
  const own = toLibrary(json.typeEnv ?? []);
  const environment: Environment = {
    variables: new Map([...(json.disableCheck === true ? undeclared : []), ...declared]),
    libraries: own.functions.length === 0 ? POLICY_LIBRARIES : [...POLICY_LIBRARIES, own],
    container: json.container ?? '',
    checked: json.disableCheck !== true,
  };
  const expected = expectedOf(json);
  const found = foundOf(json, environment, bindings);
  return expected === found ? { kind: 'pass' } : { kind: 'miss', expected, found };
}

function expectedOf({ value, evalError, typedResult, checkOnly }: CaseJson): string {
  if (evalError !== undefined) {
    return 'error';
  }
  const type = typedResult?.deducedType === undefined ? '' : `${nameOfType(toType(typedResult.deducedType))} `;
  if (checkOnly === true) {
    return type;
  }
  const result = value ?? typedResult?.result;
  return `${type}${result === undefined ? 'bool true' : canonical(toValue(result))}`;
}

function foundOf(json: CaseJson, environment: Environment, bindings: ReadonlyMap<string, CelValue>): string {
  const compiled = compile(json.expr, environment);
  if (!compiled.ok) {
    const issue = compiled.issues.map(({ message }) => message).join('; ');
    return `refused: ${issue}`;
  }
  const { program } = compiled;
  const type = json.typedResult?.deducedType === undefined ? '' : `${nameOfType(program.type)} `;
  if (json.checkOnly === true) {
    return type;
  }
  const lookUp = (name: string): CelValue => {
    const value = bindings.get(name);
    if (value === undefined) {
      throw new CelError(`no value for ${name}`);
    }
    return value;
  };
  try {
    return type + canonical(program.evaluate(lookUp, createMeter(1_000_000, 0n)));
  } catch (error) {
    if (error instanceof CelError) {
      return json.evalError === undefined ? `error: ${error.message}` : 'error';
    }
    throw error;
  }
}

/** A value and its type as text, the same for equal values of one type. */
export function canonical(value: CelValue): string {
  if (Array.isArray(value)) {
    return `[${(value as readonly CelValue[]).map(canonical).join(', ')}]`;
  }
  if (isMap(value)) {
    return `{${[...value.entries()]
      .map(([key, member]) => `${canonical(key)}: ${canonical(member)}`)
      .toSorted()
      .join(', ')}}`;
  }
  if (value instanceof CelOptional) {
    return value.value === undefined ? 'none' : `optional ${canonical(value.value)}`;
  }
  if (value instanceof Uint8Array) {
    return `bytes ${Buffer.from(value).toString('hex')}`;
  }
  if (typeof value === 'number') {
    return `double ${Object.is(value, -0) ? '0' : value}`;
  }
  if (value instanceof CelUint) {
    return `uint ${value.value}`;
  }
  return value instanceof CelTypeValue
    ? `type ${typeName(value.type)}`
    : `${typeName(typeOf(value))} ${showValue(value, 10_000)}`;
}

function nameOfType(type: CelType): string {
  switch (type.kind) {
    case 'list':
      return `list(${nameOfType(type.element)})`;
    case 'map':
      return `map(${nameOfType(type.key)}, ${nameOfType(type.value)})`;
    case 'optional':
      return `optional(${nameOfType(type.value)})`;
    case 'type':
      return `type(${nameOfType(type.of)})`;
    case 'opaque':
      return `${type.name}(${type.parameters.map(nameOfType).join(', ')})`;
    default:
      return typeName(type);
  }
}
