import type { CelType } from '../type.ts';
import { isNullable, withoutNull } from './nullable.ts';

/** A type as the other implementations write it: `list(int)`, `map(string, dyn)`, `optional_type(int)`, `plimsoll.Finding`. */
export function showType(type: CelType): string {
  switch (type.kind) {
    case 'list':
      return `list(${showType(type.element)})`;
    case 'map':
      return `map(${showType(type.key)}, ${showType(type.value)})`;
    case 'optional':
      return `optional_type(${showType(type.value)})`;
    case 'type':
      return `type(${showType(type.of)})`;
    case 'opaque':
      if (isNullable(type)) {
        return `${showType(withoutNull(type))} or null`;
      }
      return type.parameters.length === 0 ? type.name : `${type.name}(${type.parameters.map(showType).join(', ')})`;
    case 'message':
      return type.message.name;
    case 'parameter':
      return 'dyn';
    default:
      return type.kind;
  }
}
