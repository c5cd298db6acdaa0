import { LIMITS, readBounded } from '#base/limits.ts';
import { AccessError, heldScopes, parseTokenScopes } from '#lib/access/index.ts';
import type { TokenScope } from '#model/platform/access.ts';
import type { RequestHandler, ServerRequest } from '../context.ts';
import type { RequestAuthenticator } from './authenticator.ts';
import { type Credentials, credentialsOf } from './credentials.ts';
import { TOKEN_SECONDS, type Tokens } from './tokens.ts';

interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: object;
}

interface Asked {
  readonly credentials: Credentials;
  readonly scopes: readonly string[];
}

/**
 * The token service: `GET` with `Authorization: Basic` (distribution, "Token Authentication Specification"), and `POST` with a form and
 * `grant_type=password` ("OAuth2 Token Authentication"). A token holds what was asked for and is held, which may be nothing.
 */
export function createTokenService(
  { authenticator, tokens }: { readonly authenticator: RequestAuthenticator; readonly tokens: Tokens },
  { anonymous }: { readonly anonymous: boolean },
): RequestHandler {
  return async (request) => {
    try {
      send(request, await answer(request));
    } catch (error) {
      if (!(error instanceof AccessError)) {
        throw error;
      }
      send(request, refused(error));
    }
  };

  async function answer(request: ServerRequest): Promise<Answer> {
    const asked = await readRequest(request);
    if (asked === null) {
      const body = errors('UNSUPPORTED', 'expected GET, or POST with a form and grant_type=password');
      return { status: 405, headers: { allow: 'GET, POST' }, body };
    }
    if (asked === 'malformed') {
      return {
        status: 400,
        body: errors('UNSUPPORTED', 'expected a form with grant_type=password, username and password'),
      };
    }
    const { credentials } = asked;
    // A token that is good for a while must not be good for ever by asking for the next one with it.
    if (credentials.kind === 'bearer' || (credentials.kind === 'none' && !anonymous)) {
      return unauthorized('expected a user and its password, or a robot and its secret');
    }
    const { subject, account } = await authenticator.identify(credentials, request.clientAddress);
    const access = heldScopes(subject, parseTokenScopes(asked.scopes));
    const { token, issuedAt } = await tokens.issue(account, access);
    const body = {
      token,
      access_token: token,
      expires_in: TOKEN_SECONDS,
      issued_at: new Date(issuedAt).toISOString(),
      ...(request.request.method === 'POST' && { token_type: 'Bearer', scope: access.map(scopeText).join(' ') }),
    };
    return { status: 200, body };
  }
}

/** As clients ask for it (distribution, "Token Scope Documentation"). */
function scopeText({ repository, actions }: TokenScope): string {
  return repository === null ? 'registry:catalog:*' : `repository:${repository}:${actions.join(',')}`;
}

/** Null for another method. */
async function readRequest({ request }: ServerRequest): Promise<Asked | 'malformed' | null> {
  if (request.method === 'GET') {
    const query = new URLSearchParams((request.url ?? '').split('?').slice(1).join('?'));
    return { credentials: credentialsOf(request), scopes: query.getAll('scope') };
  }
  if (request.method !== 'POST') {
    return null;
  }
  const type = request.headers['content-type'] ?? '';
  if (!type.toLowerCase().startsWith('application/x-www-form-urlencoded')) {
    return 'malformed';
  }
  const bytes = await readBounded(request, LIMITS.apiFormBytes, 'form').catch(() => null);
  const form = new URLSearchParams(bytes === null ? '' : Buffer.from(bytes).toString('utf8'));
  const [name, secret] = [form.get('username'), form.get('password')];
  if (form.get('grant_type') !== 'password' || name === null || secret === null) {
    return 'malformed';
  }
  return { credentials: { kind: 'basic', name, secret }, scopes: form.getAll('scope') };
}

function refused(error: AccessError): Answer {
  if (error.code === 'TOO_MANY_ATTEMPTS') {
    const headers = { 'retry-after': String(error.retryAfter ?? 1) };
    return { status: 429, headers, body: errors('TOOMANYREQUESTS', error.message) };
  }
  return unauthorized(error.message);
}

function unauthorized(message: string): Answer {
  const headers = { 'www-authenticate': 'Basic realm="plimsoll", charset="UTF-8"' };
  return { status: 401, headers, body: errors('UNAUTHORIZED', message) };
}

/** As registries say what is wrong (distribution-spec, "Error Codes"): clients show the message. */
function errors(code: string, message: string): object {
  return { errors: [{ code, message }] };
}

function send({ request, response }: ServerRequest, { status, headers, body }: Answer): void {
  const text = JSON.stringify(body);
  if (!request.complete) {
    response.setHeader('connection', 'close');
  }
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    ...headers,
  });
  response.end(text);
}
