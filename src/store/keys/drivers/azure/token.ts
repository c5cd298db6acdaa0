import { type EntraClient, entraToken } from '#base/cloud/entra.ts';
import { cloudInvalid } from '#base/cloud/error.ts';
import { variableOf } from '#base/cloud/token.ts';
import { messageOf, quote } from '#base/error.ts';
import { isLoopback } from '#base/http-connection.ts';
import { LIMITS, readFileBounded } from '#base/limits.ts';
import type { KeyAccess } from '../../driver.ts';
import { KeyError } from '../../error.ts';
import { askTokenService, BearerToken } from '../../remote/bearer.ts';
import type { ServiceConnection } from '../../remote/call.ts';
import type { AzureReference } from './reference.ts';

const SECRET = 'AZURE_CLIENT_SECRET';
const FEDERATED = 'AZURE_FEDERATED_TOKEN_FILE';
const AUTHORITY = 'AZURE_AUTHORITY_HOST';

/** Tokens of the application that the environment names, by its secret or by a token of another issuer in a file. */
export function bearerOf(
  { authority: ofCloud, scope }: AzureReference,
  connection: ServiceConnection,
  { environment, clock }: KeyAccess,
): BearerToken {
  const tenant = variableOf(environment, 'AZURE_TENANT_ID');
  const clientId = variableOf(environment, 'AZURE_CLIENT_ID');
  const secret = variableOf(environment, SECRET);
  const path = variableOf(environment, FEDERATED);
  if (tenant === null || clientId === null || (secret === null && path === null)) {
    throw missing(
      connection.name,
      `AZURE_TENANT_ID, AZURE_CLIENT_ID, and ${SECRET} or ${FEDERATED}`,
      'not all of them',
    );
  }
  const authority = authorityOf(environment) ?? ofCloud;
  return new BearerToken(clock, async (signal) => {
    // The file is read each time: what is in it is renewed more often than tokens are.
    const proof: EntraClient['proof'] =
      secret === null ? { kind: 'assertion', assertion: await readAssertion(path ?? '') } : { kind: 'secret', secret };
    const ask = askTokenService(connection, signal);
    return await entraToken({ tenant, clientId, proof }, { authority, scope, now: clock.now() }, ask);
  });
}

/** Where Azure's own tools are told to get tokens. */
function authorityOf(environment: KeyAccess['environment']): string | null {
  const given = variableOf(environment, AUTHORITY);
  const url = URL.parse(given ?? '');
  if (given === null) {
    return null;
  }
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname));
  if (url === null || !isSafe || url.pathname !== '/' || url.search !== '' || url.hash !== '' || url.username !== '') {
    throw missing(AUTHORITY, 'the https URL of a server', 'something else');
  }
  return url.origin;
}

async function readAssertion(path: string): Promise<string> {
  const object = `${FEDERATED} (${path})`;
  let bytes: Uint8Array;
  try {
    bytes = await readFileBounded(path, LIMITS.tokenBytes);
  } catch (error) {
    throw cloudInvalid(object, 'a file that can be read', quote(messageOf(error)), error);
  }
  const assertion = Buffer.from(bytes).toString('latin1').trim();
  if (!/^[A-Za-z0-9_.-]+$/.test(assertion)) {
    throw cloudInvalid(object, 'a JSON web token', 'something else');
  }
  return assertion;
}

function missing(object: string, expected: string, found: string): KeyError {
  return new KeyError('KEY_CREDENTIALS_MISSING', 'Azure Key Vault cannot be asked', { object, expected, found });
}
