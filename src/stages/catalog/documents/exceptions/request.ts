import { quote } from '#base/error.ts';
import type { Subject } from '#model/platform/access.ts';
import type { Records } from '#model/platform/records.ts';
import { INSTALLATION } from '#model/platform/repository-name.ts';
import type { PolicySet } from '#model/policy.ts';
import type { ActiveSet } from '../active.ts';
import { type DocumentsContext, documentEvent } from '../context.ts';
import { ExceptionError } from '../error.ts';
import { exceptionDocumentOf, invalid } from './document.ts';
import { type AskedException, type ExceptionRequest, findRequest, type Person, writeRequest } from './record.ts';
import { assertReach, assertScopes } from './scope.ts';

/** What of an exception somebody says who asks for it. */
export interface ExceptionWish extends Omit<AskedException, 'patterns' | 'expires'> {
  readonly name: string;
  /** Milliseconds UTC. */
  readonly expires: number;
}

/** What exceptions are asked for and decided with. */
export interface ExceptionContext extends DocumentsContext {
  active(): Promise<Pick<ActiveSet, 'set' | 'revision'>>;
}

/** In place of the approver in a document that is only checked. */
const NOBODY_YET = 'nobody yet';

/**
 * Asks for an exception. Whoever may read all the repositories that it is for may, a person: a robot may be that of the approver. It lets nothing pass until somebody else approves it. Throws
 * `ExceptionError`, and `DOCUMENTS_UNUSABLE`.
 */
export async function requestException(
  context: ExceptionContext,
  actor: Subject,
  { name, expires, ...wish }: ExceptionWish,
): Promise<ExceptionRequest> {
  const requester = personOf(actor);
  assertNoRobot(requester, 'a person, since a robot may be that of whoever approves it');
  const { set } = await context.active();
  const now = context.clock.now();
  if (!Number.isSafeInteger(expires) || expires <= now || expires > MAX_INSTANT) {
    throw invalid('expires', 'an instant in the future', String(expires));
  }
  const asked: AskedException = { ...wish, patterns: [], expires: new Date(expires).toISOString() };
  assertScopes(asked.scopes);
  assertReach(actor, 'read', asked, set);
  const request = newRequest(name, asked, requester, now);
  await assertPossible(context, request, set);
  return await context.store.transaction(async (records) => await writeNew(context, records, actor, request));
}

/** 275760-09-13 is the last day that dates have; a century is enough for a document. */
const MAX_INSTANT = Date.UTC(2200, 0, 1);

/** One that nobody decided about yet. */
export function newRequest(name: string, asked: AskedException, requester: Person, now: number): ExceptionRequest {
  return {
    name,
    revision: 0,
    state: 'pending',
    asked,
    requester,
    requestedAt: now,
    decider: null,
    decidedAt: null,
    decision: '',
  };
}

/** Throws `EXCEPTION_INVALID` for what could not be approved either. */
async function assertPossible(
  { host }: Pick<DocumentsContext, 'host'>,
  { name, asked, requester, requestedAt }: ExceptionRequest,
  set: PolicySet,
): Promise<void> {
  await exceptionDocumentOf(name, asked, { requester: requester.id, approver: NOBODY_YET, requestedAt }, { set, host });
}

/** Writes it with its event. Throws `EXCEPTION_NAME_TAKEN`, `EXCEPTION_CHANGED_MEANWHILE`. */
export async function writeNew(
  context: DocumentsContext,
  records: Records,
  actor: Subject,
  request: ExceptionRequest,
): Promise<ExceptionRequest> {
  const now = context.clock.now();
  const { name } = request;
  const projectId = await records.documents.ensureProject(INSTALLATION, now);
  const other = await findRequest(records, projectId, name);
  if (other !== null && isCurrent(other, now)) {
    throw new ExceptionError('EXCEPTION_NAME_TAKEN', 'there is an exception of this name', {
      object: quote(name),
      // Not how far it is: it may be one that they may not know of.
      expected: 'another name, or that the other one has ended',
    });
  }
  if (!(await writeRequest(records, projectId, request, { by: actor.id, now, after: null }))) {
    throw changedMeanwhile(name);
  }
  const data = { name, reason: request.asked.reason };
  const event = { type: 'exception.requested.v1', actor: actor.id, subject: `Exception/${name}`, data } as const;
  await records.events.append(documentEvent(context, projectId, event));
  return (await findRequest(records, projectId, name)) ?? request;
}

/** Pending, or approved and not over. */
export function isCurrent({ state, asked }: ExceptionRequest, now: number): boolean {
  return (state === 'pending' || state === 'approved') && Date.parse(asked.expires) > now;
}

/** Only accounts ask and decide: a name alone may be anybody's later. Throws `EXCEPTION_DENIED`. */
export function personOf(actor: Subject): Person {
  if (actor.account === undefined || actor.within !== undefined) {
    throw new ExceptionError('EXCEPTION_DENIED', 'not allowed', {
      object: quote(actor.id),
      expected: 'an account with its own credentials',
      found: actor.within === undefined ? 'none' : 'a token of the registry',
    });
  }
  return { id: actor.id, account: actor.account };
}

/** Throws `EXCEPTION_DENIED`. */
export function assertNoRobot({ id }: Person, expected: string): void {
  if (!id.startsWith('user:')) {
    throw new ExceptionError('EXCEPTION_DENIED', 'not allowed', { object: quote(id), expected });
  }
}

export function changedMeanwhile(name: string): ExceptionError {
  return new ExceptionError('EXCEPTION_CHANGED_MEANWHILE', 'somebody else changed it meanwhile', {
    object: quote(name),
    hint: 'Look at it again and decide anew.',
  });
}
