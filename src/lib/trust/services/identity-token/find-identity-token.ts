import { quote } from '#base/error.ts';
import { LIMITS, readFileBounded } from '#base/limits.ts';
import { TrustError } from '../../error.ts';
import type { ServiceAccess } from '../access.ts';
import { fromGitHubActions } from './github-actions.ts';
import { IdentityToken } from './identity-token.ts';

export interface TokenSearch {
  /** What the user named; then nothing else counts. */
  readonly file?: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Whom the token is to be shown to: the client id that Fulcio is known by at the issuer. */
  readonly audience?: string;
  /** Where a cluster projects tokens of service accounts. */
  readonly projectedFile?: string;
}

/** Where cosign expects it as well. */
const PROJECTED_FILE = '/var/run/sigstore/cosign/oidc-token';
const AUDIENCE = 'sigstore';

/**
 * An identity token, of the first of these that there is: the file named, `SIGSTORE_ID_TOKEN` (as GitLab's `id_tokens` set
 * it), the provider of GitHub Actions, and a token that Kubernetes projects. What its owner said comes before what is
 * around. Not yet over, else it is refused before anybody sees it. Throws `IDENTITY_TOKEN_MISSING`,
 * `IDENTITY_TOKEN_INVALID`, `IDENTITY_TOKEN_EXPIRED`, `LIMIT_EXCEEDED`, `HttpError`.
 */
export async function findIdentityToken(search: TokenSearch, access: ServiceAccess): Promise<IdentityToken> {
  const token = await find(search, access);
  token.assertCurrent(access.clock.now());
  return token;
}

async function find(search: TokenSearch, access: ServiceAccess): Promise<IdentityToken> {
  const { file, environment, audience = AUDIENCE, projectedFile = PROJECTED_FILE } = search;
  if (file !== undefined) {
    return await fromFile(file);
  }
  const {
    SIGSTORE_ID_TOKEN: given,
    ACTIONS_ID_TOKEN_REQUEST_URL: url,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: bearer,
  } = environment;
  if (given !== undefined && given !== '') {
    return new IdentityToken(given, 'SIGSTORE_ID_TOKEN');
  }
  if (url !== undefined && url !== '' && bearer !== undefined && bearer !== '') {
    return await fromGitHubActions({ url, bearer, audience }, access);
  }
  return await fromFile(projectedFile).catch((error: unknown) => {
    throw isMissing(error) ? none(environment, projectedFile) : error;
  });
}

async function fromFile(path: string): Promise<IdentityToken> {
  const object = `identity token ${quote(path)}`;
  const bytes = await readFileBounded(path, LIMITS.tokenBytes).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('E')) {
      throw new TrustError('IDENTITY_TOKEN_MISSING', 'the identity token cannot be read', {
        object,
        expected: 'a file with a token',
        found: error.code,
        cause: error,
      });
    }
    throw error;
  });
  return new IdentityToken(Buffer.from(bytes).toString('latin1'), object);
}

function isMissing(error: unknown): boolean {
  return error instanceof TrustError && error.code === 'IDENTITY_TOKEN_MISSING' && error.found === 'ENOENT';
}

function none(environment: TokenSearch['environment'], projectedFile: string): TrustError {
  return new TrustError('IDENTITY_TOKEN_MISSING', 'no identity token', {
    expected: `a file that is named, SIGSTORE_ID_TOKEN, ACTIONS_ID_TOKEN_REQUEST_URL with its token, or ${projectedFile}`,
    found: 'none of them',
    ...(environment['GITHUB_ACTIONS'] === 'true'
      ? { hint: 'In GitHub Actions the job needs "permissions: id-token: write".' }
      : environment['GITLAB_CI'] === 'true'
        ? { hint: 'In GitLab the job needs "id_tokens: SIGSTORE_ID_TOKEN: aud: sigstore".' }
        : {}),
  });
}
