import type { CelOpaque, CelValue } from '../value.ts';

/** Whether it is a value of a library. */
export function isOpaque(value: CelValue): value is CelOpaque {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'opaque';
}
