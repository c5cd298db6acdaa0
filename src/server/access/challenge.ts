import type { TokenScope } from '#model/platform/access.ts';
import { serviceOf } from './tokens.ts';

/** Where clients get tokens, below the public URL. */
export const TOKEN_PATH = '/auth/token';

/**
 * `WWW-Authenticate` of an answer 401 (RFC 6750, section 3; distribution, "Token Authentication"): where to get a token, and for what. With `error`
 * it says that the token at hand is for something else.
 */
export function bearerChallenge(
  publicUrl: string,
  scope: TokenScope | null = null,
  error: 'insufficient_scope' | null = null,
): string {
  const asked = scope === null ? '' : `,scope="${scopeText(scope)}"`;
  const failed = error === null ? '' : `,error="${error}"`;
  return `Bearer realm="${publicUrl}${TOKEN_PATH}",service="${serviceOf(publicUrl)}"${asked}${failed}`;
}

function scopeText({ repository, actions }: TokenScope): string {
  return repository === null ? 'registry:catalog:*' : `repository:${repository}:${actions.join(',')}`;
}
