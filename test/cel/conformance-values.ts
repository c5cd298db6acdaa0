import type { Library } from '../../src/lib/policy/language/library.ts';
import { mapOfEntries } from '../../src/lib/policy/language/run/map.ts';
import { parseDuration, parseTimestamp } from '../../src/lib/policy/language/run/time/text.ts';
import {
  BOOL,
  BYTES,
  type CelType,
  DOUBLE,
  DURATION,
  DYN,
  INT,
  listOf,
  mapOf,
  NULL,
  opaqueOf,
  optionalOf,
  parameterOf,
  STRING,
  TIMESTAMP,
  UINT,
} from '../../src/lib/policy/language/type.ts';
import {
  CelDuration,
  CelTimestamp,
  CelTypeValue,
  CelUint,
  type CelValue,
} from '../../src/lib/policy/language/value.ts';

/** Messages of Protocol Buffers that stand in the data. Cases with others than times are out of what policies have. */
export class NeedsProtobuf extends Error {}

/** JSON of `cel.expr.Value`. */
export interface ValueJson {
  readonly nullValue?: null;
  readonly boolValue?: boolean;
  readonly int64Value?: string;
  readonly uint64Value?: string;
  readonly doubleValue?: number | string;
  readonly stringValue?: string;
  readonly bytesValue?: string;
  readonly typeValue?: string;
  readonly enumValue?: unknown;
  readonly listValue?: { readonly values?: readonly ValueJson[] };
  readonly mapValue?: { readonly entries?: readonly { readonly key: ValueJson; readonly value: ValueJson }[] };
  readonly objectValue?: { readonly '@type': string; readonly value?: unknown };
}

/** JSON of `cel.expr.Type`. */
export interface TypeJson {
  readonly primitive?: string;
  readonly wellKnown?: string;
  readonly messageType?: string;
  readonly wrapper?: string;
  readonly typeParam?: string;
  readonly null?: null;
  readonly dyn?: unknown;
  readonly type?: TypeJson;
  readonly listType?: { readonly elemType?: TypeJson };
  readonly mapType?: { readonly keyType?: TypeJson; readonly valueType?: TypeJson };
  readonly abstractType?: { readonly name: string; readonly parameterTypes?: readonly TypeJson[] };
}

export interface DeclarationJson {
  readonly name: string;
  readonly ident?: { readonly type: TypeJson };
  readonly function?: {
    readonly overloads: readonly {
      readonly overloadId: string;
      readonly params?: readonly TypeJson[];
      readonly resultType: TypeJson;
      readonly isInstanceFunction?: boolean;
    }[];
  };
}

const TYPE_NAMES: Readonly<Record<string, CelType>> = {
  bool: BOOL,
  int: INT,
  uint: UINT,
  double: DOUBLE,
  string: STRING,
  bytes: BYTES,
  null_type: NULL,
  list: listOf(DYN),
  map: mapOf(DYN, DYN),
  type: { kind: 'type', of: DYN },
  optional_type: optionalOf(DYN),
  'google.protobuf.Timestamp': TIMESTAMP,
  'google.protobuf.Duration': DURATION,
};

export function toValue(json: ValueJson): CelValue {
  if ('nullValue' in json) {
    return null;
  }
  if (json.boolValue !== undefined) {
    return json.boolValue;
  }
  if (json.int64Value !== undefined) {
    return BigInt(json.int64Value);
  }
  if (json.uint64Value !== undefined) {
    return new CelUint(BigInt(json.uint64Value));
  }
  if (json.doubleValue !== undefined) {
    return Number(json.doubleValue);
  }
  if (json.stringValue !== undefined) {
    return json.stringValue;
  }
  if (json.bytesValue !== undefined) {
    return new Uint8Array(Buffer.from(json.bytesValue, 'base64'));
  }
  if (json.listValue !== undefined) {
    return (json.listValue.values ?? []).map(toValue);
  }
  if (json.mapValue !== undefined) {
    return mapOfEntries((json.mapValue.entries ?? []).map(({ key, value }) => [toValue(key), toValue(value)]));
  }
  return toNamedValue(json);
}

function toNamedValue({ typeValue, objectValue }: ValueJson): CelValue {
  if (typeValue !== undefined) {
    const type = TYPE_NAMES[typeValue];
    if (type === undefined) {
      throw new NeedsProtobuf(typeValue);
    }
    return new CelTypeValue(type);
  }
  const name = objectValue?.['@type'].replace('type.googleapis.com/', '');
  if (name === 'google.protobuf.Timestamp') {
    return new CelTimestamp(parseTimestamp(String(objectValue?.value)));
  }
  if (name === 'google.protobuf.Duration') {
    return new CelDuration(parseDuration(String(objectValue?.value)));
  }
  throw new NeedsProtobuf(name ?? 'enum');
}

const PRIMITIVES: Readonly<Record<string, CelType>> = {
  BOOL,
  INT64: INT,
  UINT64: UINT,
  DOUBLE,
  STRING,
  BYTES,
};

export function toType(json: TypeJson): CelType {
  const { primitive, wellKnown, messageType, typeParam, listType, mapType, abstractType } = json;
  if (primitive !== undefined) {
    return PRIMITIVES[primitive] ?? DYN;
  }
  if (typeParam !== undefined) {
    return parameterOf(typeParam);
  }
  if (listType !== undefined) {
    return listOf(toType(listType.elemType ?? {}));
  }
  if (mapType !== undefined) {
    return mapOf(toType(mapType.keyType ?? {}), toType(mapType.valueType ?? {}));
  }
  if (abstractType !== undefined) {
    const parameters = (abstractType.parameterTypes ?? []).map(toType);
    return abstractType.name === 'optional_type'
      ? optionalOf(parameters[0] ?? DYN)
      : opaqueOf(abstractType.name, parameters);
  }
  if (json.type !== undefined) {
    return { kind: 'type', of: toType(json.type) };
  }
  if ('null' in json) {
    return NULL;
  }
  const message = messageType ?? (wellKnown === undefined ? undefined : `google.protobuf.${capital(wellKnown)}`);
  if (message === undefined && json.wrapper === undefined) {
    return DYN;
  }
  const known = TYPE_NAMES[message ?? ''];
  if (known === undefined) {
    throw new NeedsProtobuf(message ?? `wrapper of ${json.wrapper}`);
  }
  return known;
}

function capital(text: string): string {
  return text.slice(0, 1) + text.slice(1).toLowerCase();
}

/** The functions that a case declares, which are never called. */
export function toLibrary(declarations: readonly DeclarationJson[]): Library {
  return {
    name: 'case',
    description: 'What one case declares.',
    functions: declarations.flatMap(({ name, function: declared }) =>
      declared === undefined
        ? []
        : [
            {
              name,
              description: name,
              overloads: declared.overloads.map((overload) => ({
                id: overload.overloadId,
                member: overload.isInstanceFunction ?? false,
                parameters: (overload.params ?? []).map(toType),
                result: toType(overload.resultType),
                call: (): never => {
                  throw new Error('declared for the checker alone');
                },
              })),
            },
          ],
    ),
  };
}
