import { type CelType, opaqueOf } from '../type.ts';

const NAME = '@nullable';

/** While an expression is checked: values of `type`, and null. Known to nobody outside. */
export function nullableOf(type: CelType): CelType {
  return type.kind === 'dyn' || type.kind === 'error' || isNullable(type) ? type : opaqueOf(NAME, [type]);
}

export function isNullable(type: CelType): boolean {
  return type.kind === 'opaque' && type.name === NAME;
}

/** Without null; types that have none as they are. */
export function withoutNull(type: CelType): CelType {
  return type.kind === 'opaque' && type.name === NAME ? (type.parameters[0] ?? type) : type;
}
