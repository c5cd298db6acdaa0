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
  messageOf,
  NULL,
  optionalOf,
  STRING,
  TIMESTAMP,
  UINT,
} from '../type.ts';
import { CelDuration, CelMessage, CelOptional, CelTimestamp, CelTypeValue, CelUint, type CelValue } from '../value.ts';
import { isMap } from './map.ts';
import { isOpaque } from './opaque.ts';

const LIST = listOf(DYN);
const MAP = mapOf(DYN, DYN);
const OPTIONAL = optionalOf(DYN);
const TYPE: CelType = { kind: 'type', of: DYN };

/** What `type(value)` gives: lists and maps without their parameters. */
export function typeOf(value: CelValue): CelType {
  switch (typeof value) {
    case 'string':
      return STRING;
    case 'boolean':
      return BOOL;
    case 'bigint':
      return INT;
    case 'number':
      return DOUBLE;
    default:
      return value === null ? NULL : typeOfObject(value);
  }
}

function typeOfObject(value: Exclude<CelValue, null | string | boolean | bigint | number>): CelType {
  if (Array.isArray(value)) {
    return LIST;
  }
  if (value instanceof CelMessage) {
    return messageOf(value.type);
  }
  if (value instanceof CelTimestamp) {
    return TIMESTAMP;
  }
  if (value instanceof CelDuration) {
    return DURATION;
  }
  if (value instanceof CelUint) {
    return UINT;
  }
  if (value instanceof Uint8Array) {
    return BYTES;
  }
  if (value instanceof CelOptional) {
    return OPTIONAL;
  }
  if (value instanceof CelTypeValue) {
    return TYPE;
  }
  if (isMap(value)) {
    return MAP;
  }
  return isOpaque(value) ? value.type : DYN;
}

/** The name of a type as a value, without its parameters: `list`, `google.protobuf.Timestamp`. */
export function typeName(type: CelType): string {
  switch (type.kind) {
    case 'null':
      return 'null_type';
    case 'timestamp':
      return 'google.protobuf.Timestamp';
    case 'duration':
      return 'google.protobuf.Duration';
    case 'optional':
      return 'optional_type';
    case 'opaque':
    case 'parameter':
      return type.name;
    case 'message':
      return type.message.name;
    default:
      return type.kind;
  }
}

/** Whether a value may stand where the type is declared; lists and maps are looked at only so far. */
export function isOfType(value: CelValue, type: CelType): boolean {
  switch (type.kind) {
    case 'dyn':
    case 'parameter':
      return true;
    case 'string':
      return typeof value === 'string';
    case 'bool':
      return typeof value === 'boolean';
    case 'int':
      return typeof value === 'bigint';
    case 'double':
      return typeof value === 'number';
    case 'null':
      return value === null;
    case 'error':
      return false;
    case 'list':
      return Array.isArray(value);
    case 'uint':
      return value instanceof CelUint;
    case 'bytes':
      return value instanceof Uint8Array;
    case 'timestamp':
      return value instanceof CelTimestamp;
    case 'duration':
      return value instanceof CelDuration;
    case 'optional':
      return value instanceof CelOptional;
    case 'type':
      return value instanceof CelTypeValue;
    case 'map':
      return isMap(value);
    case 'message':
      return value instanceof CelMessage && value.type.name === type.message.name;
    case 'opaque':
      return isOpaque(value) && typeName(value.type) === type.name;
  }
}
