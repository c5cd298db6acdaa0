import { textOf } from '../json/members.ts';
import { cloudInvalid } from './error.ts';
import { type AskTokenService, type CloudToken, endOf, form, isHeaderToken } from './token.ts';

/** An application of Microsoft Entra, and how it shows that it is the one. */
export interface EntraClient {
  readonly tenant: string;
  readonly clientId: string;
  readonly proof:
    | { readonly kind: 'secret'; readonly secret: string }
    /** A token of another issuer that the application trusts (workload identity federation). */
    | { readonly kind: 'assertion'; readonly assertion: string };
}

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const LIFETIME_SECONDS = 3599;

/**
 * A token of the client credentials flow (Microsoft identity platform 2.0) for a scope that ends in `/.default`.
 * `authority` is the origin of the cloud's login service. Throws what `ask` throws, and `CLOUD_CREDENTIALS_INVALID`.
 */
export async function entraToken(
  { tenant, clientId, proof }: EntraClient,
  { authority, scope, now }: { readonly authority: string; readonly scope: string; readonly now: number },
  ask: AskTokenService,
): Promise<CloudToken> {
  if (!/^[A-Za-z0-9][A-Za-z0-9.-]*$/.test(tenant)) {
    throw cloudInvalid('AZURE_TENANT_ID', 'an id or a domain', 'another text');
  }
  const secret = proof.kind === 'secret' ? proof.secret : proof.assertion;
  const shown =
    proof.kind === 'secret'
      ? { client_secret: secret }
      : { client_assertion_type: ASSERTION_TYPE, client_assertion: secret };
  const body = form({ grant_type: 'client_credentials', client_id: clientId, ...shown, scope });
  const answer = await ask({ url: new URL(`${authority}/${tenant}/oauth2/v2.0/token`), body, secrets: [secret] });
  const value = textOf(answer, 'access_token');
  if (value === null || !isHeaderToken(value)) {
    throw cloudInvalid(`answer of ${authority}`, 'an access_token', 'none');
  }
  return { value, endsAt: endOf(answer, now, LIFETIME_SECONDS) };
}
