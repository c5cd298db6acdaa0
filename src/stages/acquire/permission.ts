import { may, namePrefixes } from '#lib/access/index.ts';
import type { Subject } from '#model/platform/access.ts';
import { AcquireError } from './error.ts';

/** Throws `ACQUIRE_DENIED` unless somebody may have images brought into a repository: whoever may push to it, or decide about what is in it. */
export function assertMayAcquire(actor: Subject, repository: string): void {
  if (!may(actor, 'push', repository) && !isApprover(actor, repository)) {
    throw denied(actor, repository);
  }
}

/** As `assertMayAcquire`, for some repository or other. */
export function assertMayAcquireSomewhere(actor: Subject): void {
  const reaches = (['push', 'inspect'] as const).some((action) => namePrefixes(actor, action)?.length !== 0);
  if (!reaches || actor.within !== undefined) {
    throw denied(actor, 'any repository');
  }
}

/** Who may have something taken once more that was decided against. */
export function isApprover(actor: Subject, repository: string): boolean {
  return may(actor, 'inspect', repository);
}

function denied(actor: Subject, where: string): AcquireError {
  return new AcquireError('ACQUIRE_DENIED', 'not allowed', {
    object: where,
    expected: 'the role publisher, approver or admin',
    found: actor.id,
  });
}
