import type { Subject, TokenScope } from '#model/platform/access.ts';
import { isRepositoryName } from '#model/platform/repository-name.ts';
import { may } from './decide.ts';

/** Scopes that are read of one request; clients ask for one or two. */
const MAX_SCOPES = 32;
const CATALOG = 'registry:catalog:';
const REPOSITORY = 'repository:';

type RegistryAction = TokenScope['actions'][number];
const ACTIONS: readonly RegistryAction[] = ['pull', 'push', 'delete'];

/**
 * Scopes as clients ask for them: `repository:team/app:pull,push`, `registry:catalog:*` (distribution, "Token Scope Documentation"), several in one
 * text with spaces between. What is no such thing is asked in vain, so it is left out, and so is everything past the first 32.
 */
export function parseTokenScopes(texts: readonly string[]): readonly TokenScope[] {
  return texts
    .flatMap((text) => text.split(' '))
    .filter((text) => text !== '')
    .slice(0, MAX_SCOPES)
    .flatMap((text) => parseOne(text) ?? []);
}

/** What of these somebody may do: what is asked for and held. Never more than either. */
export function heldScopes(subject: Subject, asked: readonly TokenScope[]): readonly TokenScope[] {
  return asked.flatMap(({ repository, actions }) => {
    const held = actions.filter((action) => isHeld(subject, action, repository));
    return held.length === 0 ? [] : [{ repository, actions: held }];
  });
}

function isHeld(subject: Subject, action: RegistryAction, repository: string | null): boolean {
  // What the list of repositories shows is decided name by name.
  return repository === null || may(subject, action, repository);
}

function parseOne(text: string): TokenScope | null {
  if (text.startsWith(CATALOG)) {
    return { repository: null, actions: ['pull'] };
  }
  const end = text.lastIndexOf(':');
  const name = text.slice(REPOSITORY.length, end);
  if (!text.startsWith(REPOSITORY) || end < REPOSITORY.length || !isRepositoryName(name)) {
    return null;
  }
  const words = text.slice(end + 1).split(',');
  const actions = words.includes('*') ? ACTIONS : ACTIONS.filter((action) => words.includes(action));
  return actions.length === 0 ? null : { repository: name, actions };
}
