import { decide } from '#lib/access/index.ts';
import type { Action, Subject } from '#model/platform/access.ts';
import { ApiError, notFound } from './error.ts';

/** Throws `API_DENIED` unless the subject may do this to the server as a whole. */
export function assertMay(subject: Subject, action: Action): void {
  const decision = decide(subject, action, { repository: null });
  if (decision.kind === 'no') {
    throw new ApiError('API_DENIED', 'not allowed', { object: subject.id, found: decision.message });
  }
}

/** Throws `API_NOT_FOUND` unless the subject may read about this repository: what was asked for looks as if it were not there. */
export function assertMayRead(subject: Subject, repository: string, asked: string = repository): void {
  if (decide(subject, 'read', { repository }).kind === 'no') {
    throw notFound(asked);
  }
}
