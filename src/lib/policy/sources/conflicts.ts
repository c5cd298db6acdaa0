import type { AcquireRules, Source } from '#model/policy.ts';
import type { DocumentIssue } from '../compile/compiled.ts';
import { memberIssue } from '../compile/issue.ts';
import { type AcquiringSource, acquiring } from './source-for.ts';

/**
 * Sources that do not go together: two that may make one repository of ours out of different ones elsewhere, or the same one in two ways. What came
 * is judged by the repository it is in, so that must say where it is from and whom to trust.
 */
export function sourceConflicts(sources: readonly Source[]): readonly DocumentIssue[] {
  const all = acquiring(sources);
  return all.flatMap((one, index) =>
    all.slice(0, index).flatMap((other) => {
      const message = conflictOf(one, other);
      const what = { severity: 'error', code: 'source-conflict' } as const;
      return message === null ? [] : [memberIssue(one.source, ['acquire', 'into'], { ...what, message })];
    }),
  );
}

function conflictOf({ acquire: one }: AcquiringSource, { source, acquire: other }: AcquiringSource): string | null {
  const shared = one.repositories
    .flatMap((a) => other.repositories.map((b) => [segments(one, a), segments(other, b)] as const))
    .some(([a, b]) => meet(a, b));
  if (!shared) {
    return null;
  }
  const where = `${source.file === '' ? '' : `${source.file}, `}the source ${source.name}`;
  if (one.registry !== other.registry || one.into !== other.into) {
    return `expected a place that no other source copies to, found ${one.into}, where ${where} brings others of ${other.registry} under the same names`;
  }
  const differing = (['trust', 'environment', 'network', 'tls'] as const).find((key) => one[key] !== other[key]);
  return differing === undefined
    ? null
    : `expected the same ${differing} as ${where} has, which takes the same repositories into ${one.into}, found ${one[differing] ?? 'none'}`;
}

/** The names of ours that a pattern stands for, as segments: `*` is any one, `**` any number from one on. */
function segments({ into }: AcquireRules, pattern: string): readonly string[] {
  return [...into.split('/'), ...pattern.split('/')];
}

/** Whether a name fits both. `**` is only at the end of a pattern. */
function meet(one: readonly string[], other: readonly string[]): boolean {
  const length = Math.max(one.length, other.length);
  for (let at = 0; at < length; at += 1) {
    const [a, b] = [one[at], other[at]];
    if (a === '**' || b === '**') {
      // It takes all that is left of the other, which has to be something.
      return a !== undefined && b !== undefined;
    }
    if (a === undefined || b === undefined || (a !== b && a !== '*' && b !== '*')) {
      return false;
    }
  }
  return true;
}
