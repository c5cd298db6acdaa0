import { googleToken, readGoogleCredentials } from '#base/cloud/google.ts';
import { variableOf } from '#base/cloud/token.ts';
import { askTokenService } from '../service.ts';
import type { Cloud, CloudAnswer, CloudRequest } from './cloud.ts';

/** Google Artifact Registry and Container Registry: an access token for the service account key of the environment. */
export const google: Cloud = { serves, credential };

const VARIABLE = 'GOOGLE_APPLICATION_CREDENTIALS';
const USER = 'oauth2accesstoken';

function serves(registry: string): boolean {
  return (
    registry === 'gcr.io' || /^[a-z0-9-]+\.gcr\.io$/.test(registry) || /^[a-z0-9-]+-docker\.pkg\.dev$/.test(registry)
  );
}

async function credential({ environment, clock, exchange, signal }: CloudRequest): Promise<CloudAnswer> {
  const path = variableOf(environment, VARIABLE);
  if (path === null) {
    return { kind: 'missing', why: `${VARIABLE} is not set` };
  }
  const credentials = await readGoogleCredentials(path, VARIABLE);
  if (credentials.kind !== 'service_account') {
    // Public images are there for those as well who work with another kind of credentials.
    return { kind: 'missing', why: `${VARIABLE} names no service account key` };
  }
  const token = await googleToken(credentials, clock.now(), askTokenService(exchange, signal));
  return {
    kind: 'found',
    credential: { kind: 'password', username: USER, password: token.value },
    from: credentials.object,
    endsAt: token.endsAt,
  };
}
