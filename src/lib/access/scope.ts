import { isRepositoryName } from '#model/platform/repository-name.ts';

/** For which repositories a grant is. */
export type Scope =
  | { readonly kind: 'all' }
  | { readonly kind: 'repository'; readonly name: string }
  | { readonly kind: 'below'; readonly prefix: string };

/** What a scope may look like, for messages. */
export const SCOPE_FORMS = '*, a repository such as team/app, or all below a prefix of whole segments such as team/*';

/**
 * `*`, `team/app` or `team/*`; null for everything else: a `*` elsewhere, upper case, an empty segment, a slash at the end. There is one way
 * to write each scope, so that what a person reads is what is meant.
 */
export function parseScope(text: string): Scope | null {
  if (text === '*') {
    return { kind: 'all' };
  }
  if (text.endsWith('/*')) {
    const prefix = text.slice(0, -2);
    return isRepositoryName(prefix) ? { kind: 'below', prefix } : null;
  }
  return isRepositoryName(text) ? { kind: 'repository', name: text } : null;
}

/** Whether a scope holds a repository; `team/*` does not hold `team`, nor `team2/app`. No scope holds what is no name. */
export function covers(scope: Scope, repository: string): boolean {
  if (!isRepositoryName(repository)) {
    return false;
  }
  switch (scope.kind) {
    case 'all':
      return true;
    case 'repository':
      return repository === scope.name;
    case 'below':
      return repository.startsWith(`${scope.prefix}/`);
  }
}

/** Whether all that `inner` holds is held by `outer`. */
export function contains(outer: Scope, inner: Scope): boolean {
  switch (inner.kind) {
    case 'all':
      return outer.kind === 'all';
    case 'repository':
      return covers(outer, inner.name);
    case 'below':
      return outer.kind === 'all' || (outer.kind === 'below' && `${inner.prefix}/`.startsWith(`${outer.prefix}/`));
  }
}
