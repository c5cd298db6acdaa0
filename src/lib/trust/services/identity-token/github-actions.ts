import { LIMITS } from '#base/limits.ts';
import { TrustError } from '../../error.ts';
import type { ServiceAccess } from '../access.ts';
import { callService, membersOf, nameOf, refused } from '../service.ts';
import { IdentityToken } from './identity-token.ts';

export interface GitHubActions {
  /** `ACTIONS_ID_TOKEN_REQUEST_URL` and `ACTIONS_ID_TOKEN_REQUEST_TOKEN`. */
  readonly url: string;
  readonly bearer: string;
  readonly audience: string;
}

/** The token of a workflow run, from the provider that the runner names. Throws `IDENTITY_TOKEN_…`, `HttpError`. */
export async function fromGitHubActions(
  { url, bearer, audience }: GitHubActions,
  access: ServiceAccess,
): Promise<IdentityToken> {
  const object = nameOf(url);
  if (!/^[\x21-\x7e]+$/.test(bearer)) {
    throw new TrustError('IDENTITY_TOKEN_MISSING', 'no identity token', {
      object,
      expected: 'visible ASCII in ACTIONS_ID_TOKEN_REQUEST_TOKEN',
      found: 'other characters',
    });
  }
  const separator = url.includes('?') ? '&' : '?';
  const answer = await callService(
    {
      method: 'GET',
      url: `${url}${separator}audience=${encodeURIComponent(audience)}`,
      headers: { authorization: `bearer ${bearer}`, accept: 'application/json' },
      maxBytes: LIMITS.tokenBytes,
    },
    access,
  );
  if (answer.status !== 200) {
    throw refused({
      code: 'IDENTITY_TOKEN_MISSING',
      problem: 'no identity token',
      object,
      expected: 'status 200',
      answer,
      secret: bearer,
    });
  }
  return new IdentityToken(tokenIn(answer, object), `identity token of ${object}`);
}

/** The value is a secret, so that nothing is said of an answer but that it is another. */
function tokenIn(answer: Parameters<typeof membersOf>[0], object: string): string {
  try {
    return membersOf(answer, object, 'IDENTITY_TOKEN_INVALID').text('value');
  } catch {
    throw new TrustError('IDENTITY_TOKEN_INVALID', 'not an answer with an identity token', {
      object,
      expected: 'a JSON object with a text "value"',
      found: `${answer.body.length} bytes in other form`,
    });
  }
}
