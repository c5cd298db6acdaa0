import { type Members, membersOf, textOf } from '#base/json/members.ts';
import type { KeyCode } from '../../error.ts';
import { answerObject, askWithToken, type BearerToken, problemIn } from '../../remote/bearer.ts';
import type { ServiceConnection } from '../../remote/call.ts';
import { refused } from '../../remote/error.ts';

/** Who asks a vault, and which. */
export interface AzureVault {
  readonly connection: ServiceConnection;
  /** Origin. */
  readonly vault: string;
  readonly token: BearerToken;
}

const API_VERSION = '7.4';

/** One question to the vault. Throws `KeyError`. */
export async function askVault(
  service: AzureVault,
  question: { readonly path: string; readonly body?: object },
  signal: AbortSignal,
): Promise<Members> {
  const url = `${service.vault}${question.path}?api-version=${API_VERSION}`;
  const { answer, secret } = await askWithToken(service, { url, body: question.body }, signal);
  if (answer.status === 200) {
    return answerObject(answer, service.connection.name);
  }
  const problem = membersOf(problemIn(answer).get('error')) ?? new Map<string, unknown>();
  const inner = membersOf(problem.get('innererror')) ?? new Map<string, unknown>();
  const names = [textOf(problem, 'code') ?? '', textOf(inner, 'code') ?? ''];
  throw refused(service.connection.name, {
    status: answer.status,
    said: [...names, textOf(problem, 'message') ?? ''].filter((text) => text !== '').join(': '),
    secrets: [secret],
    ...meaningOf(names),
  });
}

/** Names of errors (Azure Key Vault REST API error codes), where they say more than the status does. */
function meaningOf(names: readonly string[]): { readonly code: KeyCode; readonly hint: string } | undefined {
  return names.map((name) => MEANINGS.get(name)).findLast((meaning) => meaning !== undefined);
}

const MEANINGS: ReadonlyMap<string, { readonly code: KeyCode; readonly hint: string }> = new Map([
  ['Unauthorized', { code: 'KEY_SERVICE_REFUSED', hint: 'The token is wrong, has expired, or is of another tenant.' }],
  ['Forbidden', { code: 'KEY_SERVICE_REFUSED', hint: 'Signing takes the rights keys/get and keys/sign in the vault.' }],
  ['KeyDisabled', { code: 'KEY_NOT_PERMITTED', hint: 'The version of the key is disabled.' }],
  ['KeyOperationNotPermitted', { code: 'KEY_NOT_PERMITTED', hint: 'The key is not one to sign with.' }],
]);
