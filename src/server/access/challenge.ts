import type { TokenScope } from '#model/platform/access.ts';
import { serviceOf } from './tokens.ts';

/** Where clients get tokens, below the public URL. */
const TOKEN_PATH = '/auth/token';

/**
 * `WWW-Authenticate` of an answer 401 (RFC 6750, section 3; distribution, "Token Authentication"): where to get a token, and for what. With `error`
 * it says that the token at hand is for something else.
 */
export function bearerChallenge(
  publicUrl: string,
  scopes: readonly TokenScope[] = [],
  error: 'insufficient_scope' | 'invalid_token' | null = null,
): string {
  const asked = scopes.length === 0 ? '' : `,scope="${scopes.map(scopeText).join(' ')}"`;
  const failed = error === null ? '' : `,error="${error}"`;
  return `Bearer realm="${publicUrl}${TOKEN_PATH}",service="${serviceOf(publicUrl)}"${asked}${failed}`;
}

function scopeText({ repository, actions }: TokenScope): string {
  return repository === null ? 'registry:catalog:*' : `repository:${repository}:${actions.join(',')}`;
}
