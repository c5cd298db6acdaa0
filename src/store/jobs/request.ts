import { parseStrictJson } from '#base/json/strict.ts';
import type { Job, JobRequest } from '#model/platform/job.ts';
import { JobError } from './error.ts';

const MAX_PAYLOAD_CHARS = 65_536;
/** graphile-worker keeps priorities and attempts in two bytes. */
const MAX_SHORT = 32_767;
const DEFAULT_ATTEMPTS = 5;

/** A request with nothing left out, its payload in JSON. */
export interface CheckedRequest {
  readonly kind: string;
  readonly payload: string;
  readonly key: string | null;
  readonly projectId: string | null;
  readonly runAt: number;
  readonly priority: number;
  readonly maxAttempts: number;
}

/** Throws `JOB_INVALID`. */
export function checkRequest(request: JobRequest, now: number): CheckedRequest {
  const { kind, key = null, projectId = null, runAt = now, priority = 0, maxAttempts = DEFAULT_ATTEMPTS } = request;
  const payload = JSON.stringify(request.payload);
  const check = (isFine: boolean, expected: string, found: number): void => {
    if (!isFine) {
      throw new JobError('JOB_INVALID', 'invalid job', { object: `job ${kind}`, expected, found: `${found}` });
    }
  };
  check(isWithin(priority, -MAX_SHORT, MAX_SHORT), `a priority from -${MAX_SHORT} to ${MAX_SHORT}`, priority);
  check(isWithin(maxAttempts, 1, MAX_SHORT), `1 to ${MAX_SHORT} attempts`, maxAttempts);
  check(isWithin(runAt, 0, Number.MAX_SAFE_INTEGER), 'a time in whole milliseconds', runAt);
  check(payload.length <= MAX_PAYLOAD_CHARS, `a payload of at most ${MAX_PAYLOAD_CHARS} characters`, payload.length);
  return { kind, payload, key, projectId, runAt, priority, maxAttempts };
}

function isWithin(number: number, low: number, high: number): boolean {
  return Number.isInteger(number) && number >= low && number <= high;
}

/** The payload of a kept job. Throws `JOB_DAMAGED` naming it. */
export function parsePayload(text: string, id: string): Job['payload'] {
  return checkPayload(parseStrictJson(text, `payload of job ${id}`), id);
}

export function checkPayload(value: unknown, id: string): Job['payload'] {
  if (!isPayload(value)) {
    throw new JobError('JOB_DAMAGED', 'damaged job', {
      object: `job ${id}`,
      expected: 'a payload of texts, numbers, booleans and nulls',
      found: 'something else',
    });
  }
  return value;
}

function isPayload(value: unknown): value is Job['payload'] {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((one) => one === null || ['string', 'number', 'boolean'].includes(typeof one))
  );
}
