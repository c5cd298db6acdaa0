import type { ConstantDeclaration, Library } from '../../library.ts';
import { typeName } from '../../run/type-of.ts';
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
  optionalOf,
  STRING,
  TIMESTAMP,
  UINT,
} from '../../type.ts';
import { CelTypeValue } from '../../value.ts';
import { CONVERSIONS } from './conversions.ts';
import { OPERATORS } from './operators.ts';
import { TEXTS } from './texts.ts';
import { TIMES } from './times.ts';

const TYPES: readonly CelType[] = [
  BOOL,
  INT,
  UINT,
  DOUBLE,
  STRING,
  BYTES,
  NULL,
  TIMESTAMP,
  DURATION,
  listOf(DYN),
  mapOf(DYN, DYN),
  optionalOf(DYN),
  { kind: 'type', of: DYN },
];

/** What every expression may use: the standard definitions of the language, and the names of its types. */
export const standard: Library = {
  name: 'standard',
  description: 'Operators, conversions, texts and times, as the language definition has them.',
  functions: [...OPERATORS, ...CONVERSIONS, ...TEXTS, ...TIMES],
  constants: TYPES.map(constantOf),
};

function constantOf(type: CelType): ConstantDeclaration {
  return { name: typeName(type), type: { kind: 'type', of: type }, value: new CelTypeValue(type) };
}
