import { type Members, membersOf, textOf } from '#base/json/members.ts';
import type { KeyCode } from '../../error.ts';
import { answerObject, askWithToken, type BearerToken, problemIn } from '../../remote/bearer.ts';
import type { ServiceConnection } from '../../remote/call.ts';
import { refused } from '../../remote/error.ts';

/** Who asks Google Cloud KMS, and where. */
export interface GoogleKms {
  readonly connection: ServiceConnection;
  /** Origin of the API. */
  readonly origin: string;
  readonly token: BearerToken;
}

/** One question to the API, its path below `/v1/`. Throws `KeyError`. */
export async function askGoogle(
  service: GoogleKms,
  question: { readonly path: string; readonly body?: object },
  signal: AbortSignal,
): Promise<Members> {
  const url = `${service.origin}/v1/${question.path}`;
  const { answer, secret } = await askWithToken(service, { url, body: question.body }, signal);
  if (answer.status === 200) {
    return answerObject(answer, service.connection.name);
  }
  const problem = membersOf(problemIn(answer).get('error')) ?? new Map<string, unknown>();
  const name = textOf(problem, 'status') ?? '';
  throw refused(service.connection.name, {
    status: answer.status,
    said: [name, textOf(problem, 'message') ?? ''].filter((text) => text !== '').join(': '),
    secrets: [secret],
    ...MEANINGS.get(name),
  });
}

/** Names of errors (google.rpc.Code), where they say more than the status does. */
const MEANINGS: ReadonlyMap<string, { readonly code: KeyCode; readonly hint: string }> = new Map([
  [
    'PERMISSION_DENIED',
    {
      code: 'KEY_SERVICE_REFUSED',
      hint: 'Signing takes the rights cloudkms.cryptoKeyVersions.viewPublicKey and useToSign, and list without a version.',
    },
  ],
  ['UNAUTHENTICATED', { code: 'KEY_SERVICE_REFUSED', hint: 'The token is wrong, or has expired: get a new one.' }],
  ['FAILED_PRECONDITION', { code: 'KEY_NOT_PERMITTED', hint: 'Only a version that is enabled signs.' }],
]);
