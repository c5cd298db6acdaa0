import type { HttpCall, HttpCallAnswer } from '#base/http-call.ts';
import { type Members, membersOf } from '#base/json/members.ts';
import type { KeyError } from '../../error.ts';
import { answerObject, problemIn } from '../../remote/bearer.ts';
import { callService } from '../../remote/call.ts';
import { answerInvalid, refused } from '../../remote/error.ts';
import type { VaultSettings } from './settings.ts';

export interface VaultClient {
  /** Of the transit engine: `keys/KEY`. The `data` of the answer. Throws `KeyError`. */
  read(path: string, signal: AbortSignal): Promise<Members>;
  /** The same, with something to do. */
  write(path: string, body: object, signal: AbortSignal): Promise<Members>;
}

export interface VaultClientOptions {
  /** Of the key, for errors. */
  readonly name: string;
  readonly settings: VaultSettings;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

const INACTIVE = 'This member of the cluster does not sign; VAULT_ADDR should name the active one.';
const HINTS: ReadonlyMap<number, string> = new Map([
  [403, 'The token may have expired; if not, its policy has to allow read on keys/KEY and update on sign/KEY/*.'],
  [404, 'TRANSIT_SECRET_ENGINE_PATH and VAULT_NAMESPACE say where keys are looked for.'],
  // Of a cluster that replicates another one, and of a member that only reads.
  [472, INACTIVE],
  [473, INACTIVE],
  [503, 'vault status says whether it is sealed.'],
]);

/** Asks the transit engine over Vault's HTTP interface, version 1. */
export function vaultClient({ name, settings, environment }: VaultClientOptions): VaultClient {
  const { address, token, namespace, engine, ca } = settings;
  const connection = { name, environment, ...(ca === null ? {} : { ca }) };
  const headers = {
    'x-vault-request': 'true',
    'x-vault-token': token,
    ...(namespace === '' ? {} : { 'x-vault-namespace': namespace }),
  };
  const ask = async (call: Pick<HttpCall, 'method' | 'body'>, path: string, signal: AbortSignal): Promise<Members> => {
    const url = `${address}/v1/${engine}/${path}`;
    const answer = await callService({ ...call, url, headers }, connection, signal);
    if (answer.status !== 200) {
      throw refusal(name, answer, token);
    }
    const data = membersOf(answerObject(answer, name).get('data'));
    if (data === null) {
      throw answerInvalid(name, 'data in the answer', 'none');
    }
    return data;
  };
  return {
    read: async (path, signal) => await ask({ method: 'GET' }, path, signal),
    write: async (path, body, signal) =>
      await ask({ method: 'POST', body: Buffer.from(JSON.stringify(body)) }, path, signal),
  };
}

function refusal(name: string, answer: HttpCallAnswer, token: string): KeyError {
  const { status } = answer;
  const hint = HINTS.get(status);
  return refused(name, {
    status,
    said: firstError(answer),
    secrets: [token],
    ...(hint === undefined ? {} : { hint }),
    ...(hint === INACTIVE ? { code: 'KEY_SERVICE_UNREACHABLE' } : {}),
  });
}

/** What Vault says is wrong, in one line; empty when it is not Vault that answers, or says nothing. */
function firstError(answer: HttpCallAnswer): string {
  const errors = problemIn(answer).get('errors');
  const first: unknown = Array.isArray(errors) ? errors[0] : undefined;
  return typeof first === 'string' ? first.replaceAll(/\s+/g, ' ').trim() : '';
}
