import type { AppError } from '#base/error.ts';
import { isNotFound } from '../transport/error.ts';
import type { ClosureProblem } from './closure.ts';

export function problemOf(
  where: Pick<ClosureProblem, 'route' | 'digest' | 'tag' | 'about'>,
  error: AppError,
): ClosureProblem {
  return {
    ...where,
    code: error.code,
    reason: error.message,
    isAbsent: isNotFound(error),
    // Those of registries and of their token services say so.
    isTemporary: 'temporary' in error && error.temporary === true,
  };
}
