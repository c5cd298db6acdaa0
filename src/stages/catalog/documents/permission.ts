import { quote } from '#base/error.ts';
import { decide } from '#lib/access/index.ts';
import type { Subject } from '#model/platform/access.ts';
import { DocumentsError } from './error.ts';

/** Throws `DOCUMENTS_DENIED` unless somebody may write documents of the installation: they decide about every image. */
export function assertMayWrite(actor: Subject): void {
  assertMay(actor, 'administer');
}

/** Throws `DOCUMENTS_DENIED` unless somebody may read about every repository. */
export function assertMayRead(actor: Subject): void {
  assertMay(actor, 'read');
}

function assertMay(actor: Subject, action: 'administer' | 'read'): void {
  const decision = decide(actor, action, { repository: null });
  if (decision.kind === 'no') {
    throw new DocumentsError('DOCUMENTS_DENIED', 'not allowed', { object: quote(actor.id), found: decision.message });
  }
}
