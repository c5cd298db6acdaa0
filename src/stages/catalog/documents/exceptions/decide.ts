import { quote } from '#base/error.ts';
import type { Subject } from '#model/platform/access.ts';
import type { Records } from '#model/platform/records.ts';
import { INSTALLATION } from '#model/platform/repository-name.ts';
import type { PolicySet } from '#model/policy.ts';
import { documentEvent } from '../context.ts';
import { DocumentsError, ExceptionError } from '../error.ts';
import { type DocumentChange, OtherRevision, writeDocuments } from '../write.ts';
import { exceptionDocumentOf, invalid } from './document.ts';
import { type ExceptionRequest, findRequest, type Person, writeRequest } from './record.ts';
import { assertNoRobot, changedMeanwhile, type ExceptionContext, isCurrent, personOf } from './request.ts';
import { assertReach, prefixesOf } from './scope.ts';

export interface ExceptionDecision {
  readonly name: string;
  readonly decision: 'approved' | 'rejected';
  /** Why; a sentence part. */
  readonly reason: string;
}

const MAX_ATTEMPTS = 20;
const MAX_REASON = 1000;

/**
 * Approves or rejects what was asked for. Takes an approver for all that it reaches, in all of its environments, who did not ask for it; a person, since
 * whoever asked may have a robot. Only what is approved is among the documents that decide. Throws `ExceptionError`, and `DOCUMENTS_BUSY`.
 */
export async function decideException(
  context: ExceptionContext,
  actor: Subject,
  { name, decision, reason }: ExceptionDecision,
): Promise<ExceptionRequest> {
  const decider = personOf(actor);
  assertReason(reason);
  return await again(async () => {
    const { request, set, revision } = await visible(context, actor, name);
    assertReach(actor, 'approve', request.asked, set);
    assertOther(request.requester, decider);
    assertPending(request, context.clock.now());
    const next = decided(request, { state: decision, decider, reason, now: context.clock.now() });
    const changes = decision === 'approved' ? [await documentOf(context, next, set)] : [];
    return await write(context, actor, { request, next, changes, set, revision });
  });
}

/**
 * Ends an exception, or withdraws what was asked for: whoever asked for it may, and whoever could approve it. What it let pass is decided about anew.
 * Throws `ExceptionError`, and `DOCUMENTS_BUSY`.
 */
export async function endException(
  context: ExceptionContext,
  actor: Subject,
  { name, reason }: Omit<ExceptionDecision, 'decision'>,
): Promise<ExceptionRequest> {
  const decider = personOf(actor);
  assertReason(reason);
  return await again(async () => {
    const { request, set, revision } = await visible(context, actor, name);
    if (!isSame(request.requester, decider)) {
      assertReach(actor, 'approve', request.asked, set);
    }
    if (request.state !== 'pending' && request.state !== 'approved') {
      throw notPending(request, 'one that is pending or approved');
    }
    const next = decided(request, { state: 'withdrawn', decider, reason, now: context.clock.now() });
    const { documents } = context.store.records;
    const projectId = (await documents.project(INSTALLATION)) ?? '';
    const stored = request.state === 'approved' ? await documents.find(projectId, 'Exception', name) : null;
    const changes = stored === null ? [] : [{ ...stored, isRemoved: true }];
    return await write(context, actor, { request, next, changes, set, revision });
  });
}

/** Whether they are one, as far as accounts can tell: by the account, and by the name, which a new account may have again. */
function isSame(one: Person, other: Person): boolean {
  return one.account === other.account || one.id === other.id;
}

/** Those who may read all that it is for know of an exception, and whoever asked. Throws `EXCEPTION_ABSENT`. */
export async function visible(
  context: Pick<ExceptionContext, 'store' | 'active'>,
  actor: Subject,
  name: string,
): Promise<{ readonly request: ExceptionRequest; readonly set: PolicySet; readonly revision: number }> {
  const { documents } = context.store.records;
  const projectId = await documents.project(INSTALLATION);
  const request = projectId === null ? null : await findRequest({ documents }, projectId, name);
  const { set, revision } = await context.active();
  if (request === null || !maySeeException(actor, request, set)) {
    throw new ExceptionError('EXCEPTION_ABSENT', 'no such exception', { object: quote(name) });
  }
  return { request, set, revision };
}

export function maySeeException(actor: Subject, request: ExceptionRequest, set: PolicySet): boolean {
  if (actor.account !== undefined && actor.within === undefined && request.requester.account === actor.account) {
    return true;
  }
  try {
    assertReach(actor, 'read', request.asked, set);
    return true;
  } catch (error) {
    if (error instanceof ExceptionError) {
      return false;
    }
    throw error;
  }
}

function assertOther(requester: Person, decider: Person): void {
  if (isSame(requester, decider)) {
    throw new ExceptionError('EXCEPTION_OWN', 'nobody decides about what they asked for themselves', {
      object: quote(decider.id),
      expected: 'somebody else than the requester',
    });
  }
  assertNoRobot(decider, 'a person, since a robot may be that of the requester');
}

function assertPending(request: ExceptionRequest, now: number): void {
  if (request.state !== 'pending') {
    throw notPending(request, 'one that nobody decided about yet');
  }
  if (!isCurrent(request, now)) {
    throw invalid('expires', 'an instant in the future', request.asked.expires);
  }
}

function notPending({ name, state }: ExceptionRequest, expected: string): ExceptionError {
  return new ExceptionError('EXCEPTION_NOT_PENDING', 'it was decided before', {
    object: quote(name),
    expected,
    found: `one that is ${state}`,
  });
}

function assertReason(reason: string): void {
  if (reason.trim() === '' || reason.length > MAX_REASON) {
    throw invalid('reason', `1 to ${MAX_REASON} characters`, reason.trim() === '' ? 'none' : String(reason.length));
  }
}

function decided(
  request: ExceptionRequest,
  {
    state,
    decider,
    reason,
    now,
  }: {
    readonly state: ExceptionRequest['state'];
    readonly decider: Person;
    readonly reason: string;
    readonly now: number;
  },
): ExceptionRequest {
  return { ...request, state, decider, decidedAt: now, decision: reason.trim() };
}

async function documentOf(
  { host }: Pick<ExceptionContext, 'host'>,
  { name, asked, requester, requestedAt, decider }: ExceptionRequest,
  set: PolicySet,
): Promise<DocumentChange> {
  const signatures = { requester: requester.id, approver: decider?.id ?? '', requestedAt };
  const { digest, canonical } = await exceptionDocumentOf(name, asked, signatures, { set, host });
  return { kind: 'Exception', name, digest, content: canonical, isRemoved: false };
}

interface DecisionWrite {
  readonly request: ExceptionRequest;
  readonly next: ExceptionRequest;
  readonly changes: readonly DocumentChange[];
  readonly set: PolicySet;
  /** Of the documents that it was looked at with. */
  readonly revision: number;
}

async function write(
  context: ExceptionContext,
  actor: Subject,
  { request, next, changes, set, revision }: DecisionWrite,
): Promise<ExceptionRequest> {
  const { name, asked } = next;
  return await context.store.transaction(async (records: Records) => {
    const now = context.clock.now();
    const projectId = await records.documents.ensureProject(INSTALLATION, now);
    if (changes.length > 0) {
      const reach = { cause: 'exception', prefixes: prefixesOf(asked, set) } as const;
      await writeDocuments(context, records, actor, { revision, changes, reach });
    }
    if (!(await writeRequest(records, projectId, next, { by: actor.id, now, after: request.revision }))) {
      throw changedMeanwhile(name);
    }
    const data = { name, decision: next.state, reason: next.decision };
    const event = { type: 'exception.decided.v1', actor: actor.id, subject: `Exception/${name}`, data } as const;
    await records.events.append(documentEvent(context, projectId, event));
    return { ...next, revision: request.revision + 1 };
  });
}

/** What is meant by names of repositories depends on other documents: when these changed meanwhile it is looked at again. */
async function again<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof OtherRevision)) {
        throw error;
      }
    }
  }
  throw new DocumentsError('DOCUMENTS_BUSY', 'others change documents all the time', { hint: 'Try again.' });
}
