import { quote } from '#base/error.ts';
import { mayAll, parseScope, SCOPE_FORMS } from '#lib/access/index.ts';
import type { Action, Subject } from '#model/platform/access.ts';
import type { AcquireRules, PolicySet } from '#model/policy.ts';
import { parsePattern } from '#model/repository-pattern.ts';
import { ExceptionError } from '../error.ts';
import type { AskedException } from './record.ts';

type Sources = Pick<PolicySet, 'sources'>;

/**
 * Patterns of the repositories that scopes of ours stand for, as policy sees them: under our host, and those that are copies under the name where they
 * come from.
 */
export function patternsOf(scopes: readonly string[], host: string, { sources }: Sources): readonly string[] {
  const found = scopes.flatMap((scope) => [
    scope.endsWith('/*') ? `${host}/${scope.slice(0, -2)}/**` : `${host}/${scope}`,
    ...acquiring(sources).flatMap((acquire) => upstreamPatterns(acquire, scope)),
  ]);
  return [...new Set(found)].filter((text) => typeof parsePattern(text) !== 'string');
}

/**
 * Scopes of ours that somebody has to have a role for: those that were asked for, and where else a source brings the same images to, since policy knows a
 * copy by where it comes from. Without any, or for patterns of one's own, everything.
 */
function reachOf({ scopes, patterns }: AskedException, { sources }: Sources): readonly string[] {
  if (scopes.length === 0 || patterns.length > 0) {
    return ['*'];
  }
  const all = acquiring(sources);
  const upstream = scopes.flatMap((scope) =>
    all.flatMap((acquire) => upstreamPatterns(acquire, scope).map((pattern) => ({ pattern, into: acquire.into }))),
  );
  const elsewhere = all.filter((acquire) =>
    upstream.some(
      ({ pattern, into }) =>
        into !== acquire.into &&
        acquire.repositories.some((one) => meet(pattern.split('/'), [acquire.registry, ...one.split('/')])),
    ),
  );
  return [...new Set([...scopes, ...elsewhere.map(({ into }) => `${into}/*`)])];
}

/** Throws `EXCEPTION_DENIED` unless somebody may do this with all that the exception reaches, in all of its environments. */
export function assertReach(actor: Subject, action: Action, asked: AskedException, set: Sources): void {
  const environments = asked.environments.length === 0 ? ['*'] : asked.environments;
  for (const scope of reachOf(asked, set)) {
    const lacking = environments.find((environment) => !mayAll(actor, action, scope, environment));
    if (lacking !== undefined) {
      throw new ExceptionError('EXCEPTION_DENIED', 'not allowed', {
        object: quote(actor.id),
        expected: `a role for ${action} of ${scope}${action === 'approve' ? ` in ${lacking === '*' ? 'every environment' : lacking}` : ''}`,
        found: 'none',
      });
    }
  }
}

/** Throws `EXCEPTION_INVALID`. */
export function assertScopes(scopes: readonly string[]): void {
  const wrong = scopes.find((scope) => scope === '*' || parseScope(scope) === null);
  if (wrong !== undefined) {
    throw new ExceptionError('EXCEPTION_INVALID', 'not a scope of an exception', {
      object: 'repositories',
      expected: SCOPE_FORMS.replace('*, ', ''),
      found: quote(wrong),
    });
  }
}

/** Where names begin of which images may be decided about otherwise; null for all. */
export function prefixesOf(asked: AskedException, set: Sources): readonly string[] | null {
  const scopes = reachOf(asked, set);
  return scopes.includes('*') ? null : scopes.map((scope) => (scope.endsWith('*') ? scope.slice(0, -1) : scope));
}

function acquiring(sources: PolicySet['sources']): readonly AcquireRules[] {
  return sources.flatMap(({ acquire }) => acquire ?? []);
}

/** What a scope of ours stands for at the registry of a source; nothing where the source brings nothing there. */
function upstreamPatterns({ registry, repositories, into }: AcquireRules, scope: string): readonly string[] {
  const isBelow = scope.endsWith('/*');
  const name = isBelow ? scope.slice(0, -2) : scope;
  if (isBelow && `${into}/`.startsWith(`${name}/`)) {
    return repositories.map((pattern) => `${registry}/${pattern}`);
  }
  if (!name.startsWith(`${into}/`)) {
    return [];
  }
  const rest = name.slice(into.length + 1);
  const pattern = isBelow ? `${rest}/**` : rest;
  return repositories.some((one) => meet(pattern.split('/'), one.split('/'))) ? [`${registry}/${pattern}`] : [];
}

/** Whether a name may fit both patterns; `**` only at the end. */
function meet(one: readonly string[], other: readonly string[]): boolean {
  for (let at = 0; at < Math.max(one.length, other.length); at += 1) {
    const [a, b] = [one[at], other[at]];
    if (a === undefined || b === undefined) {
      return false;
    }
    if (a === '**' || b === '**') {
      return true;
    }
    if (a !== b && a !== '*' && b !== '*') {
      return false;
    }
  }
  return true;
}
