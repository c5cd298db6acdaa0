import type { AppError } from '#base/error.ts';
import { isNotFound, RegistryError } from '../transport/error.ts';
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
    isTemporary: error instanceof RegistryError && error.temporary,
  };
}
