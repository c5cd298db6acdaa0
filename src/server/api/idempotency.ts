import type { IncomingMessage } from 'node:http';
import type { Clock } from '#base/clock.ts';
import { digestOf } from '#base/digest.ts';
import { messageOf } from '#base/error.ts';
import { canonicalJson } from '#base/json/canonical.ts';
import type { Log } from '#base/log.ts';
import { ownerOf } from '#lib/access/index.ts';
import type { Subject } from '#model/platform/access.ts';
import type { MetadataStore } from '#model/platform/metadata-store.ts';
import { ApiError, BusyError } from './error.ts';
import type { Route } from './route.ts';

/** So long an answer is kept. */
const KEPT_MS = 24 * 60 * 60 * 1000;
/** So long a request may take; one that a crash ended may be tried again after that. */
const WORK_MS = 10 * 60 * 1000;
const RETRY_SECONDS = 2;
const METHODS: readonly string[] = ['POST', 'PUT', 'PATCH'];

/** What is answered: JSON, null for nothing. */
export interface TextAnswer {
  readonly status: number;
  readonly body: string | null;
  /** It is the answer to an earlier request. */
  readonly isRepeated: boolean;
}

/** One request. */
export interface KeyedCall {
  readonly route: Route;
  readonly subject: Subject;
  readonly request: IncomingMessage;
  /** As it was parsed. */
  readonly body: unknown;
  readonly log: Log;
}

interface IdempotencyContext {
  readonly store: Pick<MetadataStore, 'records'>;
  readonly clock: Clock;
}

/**
 * Does what is asked for once for each `Idempotency-Key` of an account: the same request again gets the answer of the first one for a day. What failed is
 * not kept, since nothing was changed. Throws `API_KEY_REUSED` for another request with the key, `API_KEY_UNDER_WAY`, and `API_KEY_INVALID`.
 */
export async function answerOnce(
  { store, clock }: IdempotencyContext,
  call: KeyedCall,
  work: () => Promise<unknown>,
): Promise<TextAnswer> {
  const { route, subject, request, log } = call;
  const header = request.headers['idempotency-key'];
  if (header === undefined || !METHODS.includes(route.method)) {
    return textOf(route, await work());
  }
  const key = keyOf(header, route);
  const account = ownerOf(subject);
  const digest = digestOf(canonicalJson([request.method ?? '', request.url ?? '', call.body ?? null]));
  const now = clock.now();
  const { idempotency } = store.records;
  const begun = await idempotency.begin(account, key, digest, now, now + WORK_MS);
  switch (begun.kind) {
    case 'answered':
      return { status: begun.status, body: begun.body === '' ? null : begun.body, isRepeated: true };
    case 'conflict':
      throw new ApiError('API_KEY_REUSED', 'another request had this key', {
        object: 'Idempotency-Key',
        hint: 'Make a new key for each request; send the same one only to try the same request again.',
      });
    case 'under-way':
      throw new BusyError('API_KEY_UNDER_WAY', 'the same request is being done', RETRY_SECONDS);
    case 'new': {
      const answer = await work().catch(async (error: unknown) => {
        await idempotency.forget(account, key, digest);
        throw error;
      });
      const text = textOf(route, answer);
      try {
        const kept = { status: text.status, body: text.body ?? '', expiresAt: clock.now() + KEPT_MS };
        await idempotency.finish(account, key, digest, kept);
      } catch (error) {
        // It is done, and whoever asked is to know.
        log.error('an answer could not be kept for its key', { error: messageOf(error) });
      }
      return text;
    }
  }
}

function textOf({ status, answer }: Route, value: unknown): TextAnswer {
  return { status, body: answer === null ? null : JSON.stringify(value), isRepeated: false };
}

function keyOf(header: string | string[], route: Route): string {
  if (route.isSecret) {
    throw new ApiError('API_KEY_INVALID', 'what is asked for is not kept: there is a secret in it', {
      object: 'Idempotency-Key',
      expected: 'none for this path',
    });
  }
  if (typeof header !== 'string' || !/^[\x21-\x7e]{1,255}$/.test(header)) {
    throw new ApiError('API_KEY_INVALID', 'not a key', {
      object: 'Idempotency-Key',
      expected: '1 to 255 printable characters of ASCII without blanks',
    });
  }
  return header;
}
