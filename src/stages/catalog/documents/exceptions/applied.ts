import { isAppError, messageOf } from '#base/error.ts';
import { canonicalJson } from '#base/json/canonical.ts';
import type { DocumentIssue } from '#lib/policy/index.ts';
import type { Subject } from '#model/platform/access.ts';
import type { Records } from '#model/platform/records.ts';
import type { PolicyException } from '#model/policy.ts';
import type { DocumentsContext } from '../context.ts';
import { type AskedException, type ExceptionRequest, findRequest } from './record.ts';
import { isCurrent, newRequest, personOf, writeNew } from './request.ts';

/** An exception that somebody wrote down as a document: it is asked for, since nobody is approver by writing so. */
export interface ExceptionDraft {
  readonly document: PolicyException;
  readonly request: ExceptionRequest;
  /** False for one that was asked for before, in the same words. */
  readonly isNew: boolean;
}

/** What `requester`, `approver` and `requested` say there does not count: they are who they are. */
export async function exceptionDraft(
  { store, clock }: Pick<DocumentsContext, 'store' | 'clock'>,
  actor: Subject,
  projectId: string | null,
  document: PolicyException,
): Promise<{ readonly draft: ExceptionDraft } | { readonly issue: DocumentIssue }> {
  const now = clock.now();
  const asked = askedIn(document);
  const other = projectId === null ? null : await findRequest(store.records, projectId, document.name);
  if (other !== null && isCurrent(other, now)) {
    return canonicalJson(other.asked) === canonicalJson(asked)
      ? { draft: { document, request: other, isNew: false } }
      : {
          issue: issueAt(
            document,
            'metadata > name',
            'name-taken',
            `expected a name that no other exception has, found one that is ${other.state} and says something else`,
          ),
        };
  }
  if (Date.parse(document.expires) <= now) {
    return { issue: issueAt(document, 'expires', 'expired', `expected a time after now, found ${document.expires}`) };
  }
  try {
    return { draft: { document, request: newRequest(document.name, asked, personOf(actor), now), isNew: true } };
  } catch (error) {
    if (!isAppError(error)) {
      throw error;
    }
    return { issue: issueAt(document, '', error.code, messageOf(error)) };
  }
}

/** Writes it as asked for. */
export async function appliedRequest(
  context: DocumentsContext,
  records: Records,
  actor: Subject,
  { request }: ExceptionDraft,
): Promise<void> {
  await writeNew(context, records, actor, request);
}

function askedIn({
  scope,
  for: target,
  environments,
  reason,
  owner,
  ticket,
  expires,
  justification,
}: PolicyException): AskedException {
  return {
    scopes: [],
    patterns: scope.repositories,
    digests: scope.digests,
    packages: scope.packages,
    rules: target.rules,
    findings: target.findings,
    environments,
    reason,
    owner,
    ticket,
    expires,
    justification,
  };
}

function issueAt({ file, positions }: PolicyException, place: string, code: string, message: string): DocumentIssue {
  const { line, column } = positions?.get(place) ?? positions?.get('') ?? { line: 1, column: 1 };
  return { severity: 'error', code, file, line, column, place, message };
}
