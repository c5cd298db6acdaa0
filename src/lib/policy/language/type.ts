/** Types of CEL (language definition, "Values" and "Gradual Type Checking"), as the checker sees them. Plain data. */
export type CelType =
  | { readonly kind: 'dyn' | 'error' }
  | { readonly kind: 'null' | 'bool' | 'int' | 'uint' | 'double' | 'string' | 'bytes' | 'timestamp' | 'duration' }
  | { readonly kind: 'list'; readonly element: CelType }
  | { readonly kind: 'map'; readonly key: CelType; readonly value: CelType }
  | { readonly kind: 'optional'; readonly value: CelType }
  | { readonly kind: 'type'; readonly of: CelType }
  /** Values of a library, by name: `url`, `quantity`, `severity`. */
  | { readonly kind: 'opaque'; readonly name: string; readonly parameters: readonly CelType[] }
  /** Objects of the schema that is checked against. */
  | { readonly kind: 'message'; readonly message: MessageType }
  /** Of a declaration, standing for whatever type is given: `A`. */
  | { readonly kind: 'parameter'; readonly name: string };

/**
 * An object of plain JSON with its fields: how the facts are typed. A field that is not here does not exist, and naming it is an error
 * when the expression is checked.
 */
export interface MessageType {
  /** `plimsoll.Package`. */
  readonly name: string;
  readonly fields: ReadonlyMap<string, FieldType>;
}

export interface FieldType {
  readonly name: string;
  readonly type: CelType;
  /** Null is a value of it, besides those of its type: as wrappers of CEL are (language definition, "Protocol Buffer Data Conversion"). */
  readonly nullable: boolean;
  /** For pages and editors. */
  readonly description: string;
  /** The value of the field of a raw object, a `CelValue`. Total: an object that lacks it gives the default of the type, or null. */
  readonly read: (raw: Readonly<Record<string, unknown>>) => unknown;
}

export const DYN: CelType = { kind: 'dyn' };
export const NULL: CelType = { kind: 'null' };
export const BOOL: CelType = { kind: 'bool' };
export const INT: CelType = { kind: 'int' };
export const UINT: CelType = { kind: 'uint' };
export const DOUBLE: CelType = { kind: 'double' };
export const STRING: CelType = { kind: 'string' };
export const BYTES: CelType = { kind: 'bytes' };
export const TIMESTAMP: CelType = { kind: 'timestamp' };
export const DURATION: CelType = { kind: 'duration' };

export function listOf(element: CelType): CelType {
  return { kind: 'list', element };
}

export function mapOf(key: CelType, value: CelType): CelType {
  return { kind: 'map', key, value };
}

export function optionalOf(value: CelType): CelType {
  return { kind: 'optional', value };
}

export function opaqueOf(name: string, parameters: readonly CelType[] = []): CelType {
  return { kind: 'opaque', name, parameters };
}

export function messageOf(message: MessageType): CelType {
  return { kind: 'message', message };
}

export function parameterOf(name: string): CelType {
  return { kind: 'parameter', name };
}
