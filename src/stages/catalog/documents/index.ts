/**
 * The documents of an installation: what decides, who may write it, and exceptions from the asking to their end. What reads policies is large: it is
 * loaded when it is asked for.
 */
import type { Subject } from '#model/platform/access.ts';
import type { Page } from '#model/platform/records.ts';
import type { Applied } from './apply.ts';
import type { DocumentsContext } from './context.ts';
import type { ExceptionDecision } from './exceptions/decide.ts';
import type { ListedExceptions } from './exceptions/list.ts';
import type { ExceptionRequest, ExceptionState } from './exceptions/record.ts';
import type { ExceptionContext, ExceptionWish } from './exceptions/request.ts';
import type { DocumentText } from './read.ts';

export { ActiveSets, type DocumentsHealth } from './active.ts';
export type { Applied } from './apply.ts';
export type { DocumentsContext } from './context.ts';
export type { ListedExceptions } from './exceptions/list.ts';
export { EXCEPTION_STATES, type ExceptionRequest, type ExceptionState } from './exceptions/record.ts';
export type { ExceptionContext, ExceptionWish } from './exceptions/request.ts';
export { documentHistory, findDocument, listDocuments } from './list.ts';
export type { DocumentText } from './read.ts';
export { TrustWatch } from './trust-watch.ts';

/** See `applyDocuments` of `apply.ts`. */
export async function applyDocuments(
  context: DocumentsContext,
  actor: Subject,
  texts: readonly DocumentText[],
  options: { readonly isDryRun: boolean },
): Promise<Applied> {
  const { applyDocuments: run } = await import('./apply.ts');
  return await run(context, actor, texts, options);
}

/** See `removeDocument` of `remove.ts`. */
export async function removeDocument(
  context: DocumentsContext,
  actor: Subject,
  document: { readonly kind: string; readonly name: string },
): Promise<void> {
  const { removeDocument: run } = await import('./remove.ts');
  await run(context, actor, document);
}

/** See `requestException` of `exceptions/request.ts`. */
export async function requestException(
  context: ExceptionContext,
  actor: Subject,
  wish: ExceptionWish,
): Promise<ExceptionRequest> {
  const { requestException: run } = await import('./exceptions/request.ts');
  return await run(context, actor, wish);
}

/** See `decideException` of `exceptions/decide.ts`. */
export async function decideException(
  context: ExceptionContext,
  actor: Subject,
  decision: ExceptionDecision,
): Promise<ExceptionRequest> {
  const { decideException: run } = await import('./exceptions/decide.ts');
  return await run(context, actor, decision);
}

/** See `endException` of `exceptions/decide.ts`. */
export async function endException(
  context: ExceptionContext,
  actor: Subject,
  end: Omit<ExceptionDecision, 'decision'>,
): Promise<ExceptionRequest> {
  const { endException: run } = await import('./exceptions/decide.ts');
  return await run(context, actor, end);
}

/** See `listExceptions` of `exceptions/list.ts`. */
export async function listExceptions(
  context: Pick<ExceptionContext, 'store' | 'active'>,
  actor: Subject,
  page: Page & { readonly state: ExceptionState | null },
): Promise<ListedExceptions> {
  const { listExceptions: run } = await import('./exceptions/list.ts');
  return await run(context, actor, page);
}

/** See `findException` of `exceptions/list.ts`. */
export async function findException(
  context: Pick<ExceptionContext, 'store' | 'active'>,
  actor: Subject,
  name: string,
): Promise<ExceptionRequest> {
  const { findException: run } = await import('./exceptions/list.ts');
  return await run(context, actor, name);
}
