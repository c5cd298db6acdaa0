import { type EntraClient, entraToken } from '#base/cloud/entra.ts';
import { cloudInvalid } from '#base/cloud/error.ts';
import { form, isHeaderToken, variableOf } from '#base/cloud/token.ts';
import { textOf } from '#base/json/members.ts';
import { askTokenService } from '../service.ts';
import type { Cloud, CloudAnswer, CloudRequest } from './cloud.ts';

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

async function credential({ registry, environment, exchange, signal, clock }: CloudRequest): Promise<CloudAnswer> {
  const [tenant, clientId, secret] = VARIABLES.map((name) => variableOf(environment, name));
  if (!tenant || !clientId || !secret) {
    return { kind: 'missing', why: `${VARIABLES.join(', ')} are not all set` };
  }
  const now = clock.now();
  const ask = askTokenService(exchange, signal);
  const client: EntraClient = { tenant, clientId, proof: { kind: 'secret', secret } };
  const access = (await entraToken(client, { authority: AUTHORITY, scope: SCOPE, now }, ask)).value;
  const answer = await ask({
    url: new URL(`https://${registry}/oauth2/exchange`),
    body: form({ grant_type: 'access_token', service: registry, tenant, access_token: access }),
    secrets: [access],
  });
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
