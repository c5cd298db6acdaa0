import { googleToken, readGoogleCredentials } from '#base/cloud/google.ts';
import { isHeaderToken, variableOf } from '#base/cloud/token.ts';
import { quote } from '#base/error.ts';
import type { KeyAccess } from '../../driver.ts';
import { KeyError } from '../../error.ts';
import { askTokenService, BearerToken } from '../../remote/bearer.ts';
import type { ServiceConnection } from '../../remote/call.ts';

const TOKENS = ['CLOUDSDK_AUTH_ACCESS_TOKEN', 'GOOGLE_OAUTH_ACCESS_TOKEN'] as const;
const FILE = 'GOOGLE_APPLICATION_CREDENTIALS';

/**
 * What the environment says of who asks: a token itself, or a file to get one with. No machine is asked who it is: that
 * would be a question to an address that may be anybody's, and to nobody outside of Google.
 */
export function bearerOf(connection: ServiceConnection, { environment, clock }: KeyAccess): BearerToken {
  for (const variable of TOKENS) {
    const value = variableOf(environment, variable);
    if (value !== null) {
      if (!isHeaderToken(value)) {
        throw missing(variable, 'a token', 'something else');
      }
      return new BearerToken(clock, async () => await Promise.resolve({ value, endsAt: Number.POSITIVE_INFINITY }));
    }
  }
  const path = variableOf(environment, FILE);
  if (path === null) {
    throw missing(connection.name, `${FILE} or ${TOKENS[0]} in the environment`, 'neither');
  }
  return new BearerToken(clock, async (signal) => {
    const credentials = await readGoogleCredentials(path, FILE);
    if (credentials.kind === 'other') {
      throw missing(
        credentials.object,
        'credentials of the type service_account or authorized_user',
        quote(credentials.type),
        `With credentials of other types, get a token and hand it over in ${TOKENS[0]}: gcloud auth print-access-token.`,
      );
    }
    return await googleToken(credentials, clock.now(), askTokenService(connection, signal));
  });
}

function missing(object: string, expected: string, found: string, hint?: string): KeyError {
  return new KeyError('KEY_CREDENTIALS_MISSING', 'Google Cloud KMS cannot be asked', {
    object,
    expected,
    found,
    ...(hint === undefined ? {} : { hint }),
  });
}
