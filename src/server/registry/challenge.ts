import { isAppError } from '#base/error.ts';
import { ANONYMOUS, type Subject, type TokenScope } from '#model/platform/access.ts';
import { RegistryError } from '#stages/catalog/index.ts';
import { bearerChallenge } from '../access/index.ts';
import { RequestError } from './request-error.ts';
import type { Route } from './route.ts';

/** What a client has to get a token for: what this request needs, and for a mount the repository that it reads. None where any account will do. */
export function scopesOf(route: Route, method: string, mountFrom: string | null): readonly TokenScope[] {
  switch (route.kind) {
    case 'ping':
      return [];
    case 'catalog':
      return [{ repository: null, actions: ['pull'] }];
    default: {
      const own: TokenScope = { repository: route.repository, actions: actionsOf(route, method) };
      return mountFrom === null ? [own] : [own, { repository: mountFrom, actions: ['pull'] }];
    }
  }
}

/** What a challenge says. */
export interface Challenge {
  readonly publicUrl: string;
  readonly scopes: readonly TokenScope[];
}

/** 401 with the challenge, where credentials or other ones would help; else null. */
export function challenged(error: unknown, subject: Subject | null, challenge: Challenge): RequestError | null {
  if (isAppError(error) && error.code === 'CREDENTIALS_REFUSED') {
    return unauthorized('credentials were refused', challenge, 'invalid_token');
  }
  if (error instanceof RegistryError) {
    if (error.code === 'TOKEN_TOO_NARROW') {
      return unauthorized('the token is not for this', challenge, 'insufficient_scope');
    }
    // Nobody in particular learns nothing else, so that no answer tells what is there.
    if (subject?.id === ANONYMOUS.id && (error.code === 'REPOSITORY_HIDDEN' || error.code === 'ACTION_DENIED')) {
      return unauthorized('authentication is required', challenge);
    }
  }
  return null;
}

export function unauthorized(
  message: string,
  { publicUrl, scopes }: Challenge,
  error: 'insufficient_scope' | 'invalid_token' | null = null,
): RequestError {
  return new RequestError(401, 'UNAUTHORIZED', message, {
    headers: { 'www-authenticate': bearerChallenge(publicUrl, scopes, error) },
  });
}

function actionsOf(route: Route, method: string): TokenScope['actions'] {
  if (route.kind === 'uploads' || route.kind === 'upload' || method === 'PUT') {
    return ['pull', 'push'];
  }
  return method === 'DELETE' ? ['delete'] : ['pull'];
}
