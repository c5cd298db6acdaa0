import type { Clock } from '#base/clock.ts';
import { type AskTokenService, type CloudToken, FORM_HEADERS, form } from '#base/cloud/token.ts';
import type { HttpCallAnswer } from '#base/http-call.ts';
import { type Members, membersOf, textOf } from '#base/json/members.ts';
import { callService, readAnswerJson, type ServiceConnection } from './call.ts';
import { answerInvalid, refused } from './error.ts';

/** A token that is got again shortly before it ends. */
export class BearerToken {
  readonly #clock: Clock;
  readonly #obtain: (signal: AbortSignal) => Promise<CloudToken>;
  #token: CloudToken | null = null;

  constructor(clock: Clock, obtain: (signal: AbortSignal) => Promise<CloudToken>) {
    this.#clock = clock;
    this.#obtain = obtain;
  }

  async value(signal: AbortSignal): Promise<string> {
    if (this.#token === null || this.#clock.now() > this.#token.endsAt - MARGIN_MS) {
      this.#token = await this.#obtain(signal);
    }
    return this.#token.value;
  }
}

const MARGIN_MS = 60_000;

/** How a cloud's token service is asked on behalf of a key. Throws `KeyError`. */
export function askTokenService(connection: ServiceConnection, signal: AbortSignal): AskTokenService {
  return async ({ url, body, secrets }) => {
    const call = { method: 'POST', url: url.href, headers: FORM_HEADERS, body: Buffer.from(body) } as const;
    const answer = await callService(call, connection, signal);
    if (answer.status !== 200) {
      const problem = problemIn(answer);
      const said = [textOf(problem, 'error'), textOf(problem, 'error_description')].filter((text) => text !== null);
      throw refused(connection.name, {
        status: answer.status,
        said: said.join(': '),
        // A service may say them as they were in the form.
        secrets: secrets.flatMap((secret) => [secret, form({ secret }).slice('secret='.length)]),
        ...(answer.status === 404 ? { code: 'KEY_SERVICE_REFUSED' } : {}),
        hint: `${url.origin} gives no token: check the credentials.`,
      });
    }
    return answerObject(answer, connection.name);
  };
}

/** The object that an answer is. Throws `KEY_SERVICE_ANSWER_INVALID`. */
export function answerObject({ body }: HttpCallAnswer, name: string): Members {
  const members = membersOf(readAnswerJson(body, name));
  if (members === null) {
    throw answerInvalid(name, 'a JSON object', 'another JSON value');
  }
  return members;
}

/** What an answer says is wrong, as far as it can be read: the status says enough. */
export function problemIn({ body }: HttpCallAnswer): Members {
  try {
    return membersOf(readAnswerJson(body, '')) ?? new Map();
  } catch {
    return new Map();
  }
}
