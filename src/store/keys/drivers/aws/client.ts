import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '#base/clock.ts';
import { type AwsKeys, signRequest } from '#base/cloud/sigv4.ts';
import type { HttpCallAnswer } from '#base/http-call.ts';
import { type Members, textOf } from '#base/json/members.ts';
import type { KeyCode, KeyError } from '../../error.ts';
import { answerObject, problemIn } from '../../remote/bearer.ts';
import { callService, type ServiceConnection } from '../../remote/call.ts';
import { refused } from '../../remote/error.ts';

/** Who asks AWS KMS, and where. */
export interface KmsAccess {
  readonly connection: ServiceConnection;
  readonly endpoint: URL;
  readonly region: string;
  readonly keys: AwsKeys;
  readonly clock: Clock;
}

/** Operations of the API (version 2014-11-01). */
type Operation = 'GetPublicKey' | 'Sign';

const CONTENT_TYPE = 'application/x-amz-json-1.1';
const BACKOFF_MS: readonly number[] = [500, 2000];
const EXPIRED = 'The temporary credentials in AWS_SESSION_TOKEN have expired: get new ones.';
const WRONG_KEYS =
  'Check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, and the clock of this machine.';

interface Meaning {
  readonly code: KeyCode;
  readonly hint?: string;
}

const THROTTLED: Meaning = { code: 'KEY_SERVICE_THROTTLED' };
const UNAVAILABLE: Meaning = { code: 'KEY_SERVICE_UNREACHABLE' };
const KEYS_WRONG: Meaning = { code: 'KEY_SERVICE_REFUSED', hint: WRONG_KEYS };

/** Names of errors (API reference: Common Errors, GetPublicKey, Sign), most of which come with a status of 400. */
const MEANINGS: ReadonlyMap<string, Meaning> = new Map([
  ['ThrottlingException', THROTTLED],
  ['Throttling', THROTTLED],
  ['LimitExceededException', THROTTLED],
  ['TooManyRequestsException', THROTTLED],
  [
    'AccessDeniedException',
    { code: 'KEY_SERVICE_REFUSED', hint: 'Signing takes the rights kms:GetPublicKey and kms:Sign on the key.' },
  ],
  ['ExpiredTokenException', { code: 'KEY_SERVICE_REFUSED', hint: EXPIRED }],
  ['ExpiredToken', { code: 'KEY_SERVICE_REFUSED', hint: EXPIRED }],
  ['UnrecognizedClientException', KEYS_WRONG],
  ['InvalidClientTokenId', KEYS_WRONG],
  ['InvalidSignatureException', KEYS_WRONG],
  ['SignatureDoesNotMatch', KEYS_WRONG],
  ['IncompleteSignature', KEYS_WRONG],
  ['RequestExpired', KEYS_WRONG],
  ['NotFoundException', { code: 'KEY_NOT_FOUND', hint: 'Check the region and the account as well.' }],
  ['DisabledException', { code: 'KEY_NOT_PERMITTED', hint: 'The key is disabled.' }],
  ['KMSInvalidStateException', { code: 'KEY_NOT_PERMITTED', hint: 'The key is disabled, or about to be deleted.' }],
  ['InvalidKeyUsageException', { code: 'KEY_UNSUPPORTED' }],
  ['UnsupportedOperationException', { code: 'KEY_UNSUPPORTED' }],
  ['KeyUnavailableException', UNAVAILABLE],
  ['DependencyTimeoutException', UNAVAILABLE],
  ['KMSInternalException', UNAVAILABLE],
  ['ServiceUnavailable', UNAVAILABLE],
]);

/** One operation on a key. Throws `KeyError`; where the service was asked too often, it is asked twice more. */
export async function askKms(
  access: KmsAccess,
  operation: Operation,
  fields: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Members> {
  const { connection } = access;
  const waits = connection.backoffMs ?? BACKOFF_MS;
  for (let attempt = 0; ; attempt += 1) {
    const answer = await send(access, operation, JSON.stringify(fields), signal);
    if (answer.status === 200) {
      return answerObject(answer, connection.name);
    }
    const error = refusalOf(access, answer);
    const wait = waits[attempt];
    if (wait === undefined || error.code !== 'KEY_SERVICE_THROTTLED') {
      throw error;
    }
    await sleep(wait, undefined, { signal }).catch((reason: unknown) => {
      signal.throwIfAborted();
      throw reason;
    });
  }
}

async function send(
  { connection, endpoint, region, keys, clock }: KmsAccess,
  operation: Operation,
  body: string,
  signal: AbortSignal,
): Promise<HttpCallAnswer> {
  const unsigned = { 'content-type': CONTENT_TYPE, 'x-amz-target': `TrentService.${operation}` };
  const request = { method: 'POST', url: endpoint, headers: unsigned, body } as const;
  const headers = signRequest(request, keys, { region, service: 'kms', now: clock.now() });
  return await callService(
    { method: 'POST', url: endpoint.href, headers, body: Buffer.from(body) },
    connection,
    signal,
  );
}

/** The name of the error is in the body or in a header, perhaps with a namespace in front or a URL behind (AWS JSON 1.1). */
function refusalOf({ connection, keys }: KmsAccess, answer: HttpCallAnswer): KeyError {
  const problem = problemIn(answer);
  const type = textOf(problem, '__type') ?? answer.headers['x-amzn-errortype'] ?? '';
  const name = (type.split('#').at(-1) ?? '').split(':')[0] ?? '';
  const message = textOf(problem, 'message') ?? textOf(problem, 'Message') ?? '';
  return refused(connection.name, {
    status: answer.status,
    said: [name, message].filter((text) => text !== '').join(': '),
    secrets: [keys.secretAccessKey, keys.sessionToken ?? ''],
    ...MEANINGS.get(name),
  });
}
