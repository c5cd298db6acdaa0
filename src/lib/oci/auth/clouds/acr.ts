import { isHeaderToken } from '../credential.ts';
import { textOf } from '../members.ts';
import { askService, FORM_HEADERS, form } from '../service.ts';
import { type Cloud, type CloudAnswer, type CloudRequest, cloudInvalid, variable } from './cloud.ts';

/**
 * Azure Container Registry: a Microsoft Entra token of the service principal in the environment, exchanged at the
 * registry for a refresh token. Only names of one label are a registry's: the exchange is Azure's own there.
 */
export const acr: Cloud = { serves: (registry) => /^[a-z0-9-]+\.azurecr\.io$/.test(registry), credential };

const AUTHORITY = 'https://login.microsoftonline.com';
const SCOPE = 'https://containerregistry.azure.net/.default';
/** The refresh token's own end is inside it; three hours is what the service gives. */
const LIFETIME_MS = 3 * 3_600_000;
const VARIABLES = ['AZURE_TENANT_ID', 'AZURE_CLIENT_ID', 'AZURE_CLIENT_SECRET'] as const;

async function credential(request: CloudRequest): Promise<CloudAnswer> {
  const { registry, exchange, signal, clock } = request;
  const [tenant, clientId, secret] = VARIABLES.map((name) => variable(request, name));
  if (!tenant || !clientId || !secret) {
    return { kind: 'missing', why: `${VARIABLES.join(', ')} are not all set` };
  }
  if (!/^[A-Za-z0-9.-]+$/.test(tenant)) {
    throw cloudInvalid('AZURE_TENANT_ID', 'an id or a domain', 'another text');
  }
  const now = clock.now();
  const entra = await askService(
    exchange,
    {
      method: 'POST',
      url: new URL(`${AUTHORITY}/${tenant}/oauth2/v2.0/token`),
      headers: FORM_HEADERS,
      body: form({ grant_type: 'client_credentials', client_id: clientId, client_secret: secret, scope: SCOPE }),
      signal,
    },
    [secret],
  );
  const access = textOf(entra, 'access_token');
  if (access === null) {
    throw cloudInvalid(`answer of ${AUTHORITY}`, 'an access_token', 'none');
  }
  const answer = await askService(
    exchange,
    {
      method: 'POST',
      url: new URL(`https://${registry}/oauth2/exchange`),
      headers: FORM_HEADERS,
      body: form({ grant_type: 'access_token', service: registry, tenant, access_token: access }),
      signal,
    },
    [access],
  );
  const refresh = textOf(answer, 'refresh_token');
  if (refresh === null || !isHeaderToken(refresh)) {
    throw cloudInvalid(`answer of https://${registry}/oauth2/exchange`, 'a refresh_token', 'none');
  }
  return {
    kind: 'found',
    credential: { kind: 'identity', token: refresh },
    from: 'AZURE_CLIENT_ID',
    endsAt: now + LIFETIME_MS,
  };
}
