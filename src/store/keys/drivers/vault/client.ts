import type { HttpCall } from '#base/http-call.ts';
import { type Members, membersOf } from '#base/json/members.ts';
import { JsonError, parseStrictJson } from '#base/json/strict.ts';
import { KeyError } from '../../error.ts';
import { callService, readAnswerJson } from '../../remote/call.ts';
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

/** Answered by members of a cluster that do not sign: a replica for disasters, and one for reading. */
const NOT_ACTIVE: readonly number[] = [472, 473];

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
      throw refusal(name, answer.status, answer.body, token);
    }
    const data = membersOf(membersOf(readAnswerJson(answer.body, name))?.get('data'));
    if (data === null) {
      throw answerInvalid(name, 'an object with data', 'another JSON value');
    }
    return data;
  };
  return {
    read: async (path, signal) => await ask({ method: 'GET' }, path, signal),
    write: async (path, body, signal) =>
      await ask({ method: 'POST', body: Buffer.from(JSON.stringify(body)) }, path, signal),
  };
}

function refusal(name: string, status: number, body: Uint8Array, token: string): KeyError {
  const answer = { status, said: firstError(body), secrets: [token] };
  if (NOT_ACTIVE.includes(status)) {
    const hint = 'This member of the cluster does not sign; VAULT_ADDR should name the active one.';
    return refused(name, { ...answer, code: 'KEY_SERVICE_UNREACHABLE', hint });
  }
  switch (status) {
    case 403:
      return refused(name, {
        ...answer,
        hint: 'The token may have expired (vault token lookup says), or its policy has to allow reading keys and updating sign.',
      });
    case 404:
      return refused(name, {
        ...answer,
        hint: 'TRANSIT_SECRET_ENGINE_PATH and VAULT_NAMESPACE say where keys are looked for.',
      });
    case 503:
      return refused(name, { ...answer, hint: 'vault status says whether it is sealed.' });
    default:
      return refused(name, answer);
  }
}

/** What Vault says is wrong, in one line; empty when it is not Vault that answers, or says nothing. */
function firstError(body: Uint8Array): string {
  try {
    const errors = membersOf(parseStrictJson(body, 'error'))?.get('errors');
    const first: unknown = Array.isArray(errors) ? errors[0] : undefined;
    return typeof first === 'string' ? first.replaceAll(/\s+/g, ' ').trim() : '';
  } catch (error) {
    if (error instanceof JsonError) {
      return '';
    }
    throw error;
  }
}
