/** The documents of an installation: what decides, who may write it, and exceptions from the asking to their end. */
export { type ActiveSet, ActiveSets, type DocumentsHealth } from './active.ts';
export { type Applied, type AppliedDocument, applyDocuments } from './apply.ts';
export type { DocumentsContext } from './context.ts';
export { DocumentsError, type DocumentsErrorCode, ExceptionError, type ExceptionErrorCode } from './error.ts';
export { decideException, endException } from './exceptions/decide.ts';
export { findException, listExceptions } from './exceptions/list.ts';
export { EXCEPTION_STATES, type ExceptionRequest, type ExceptionState } from './exceptions/record.ts';
export { type ExceptionContext, type ExceptionWish, requestException } from './exceptions/request.ts';
export { isPolicyKind } from './kinds.ts';
export { documentHistory, listDocuments } from './list.ts';
export type { DocumentText } from './read.ts';
export { removeDocument } from './remove.ts';
