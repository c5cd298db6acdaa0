import { AppError } from '#base/error.ts';

export type DocumentsErrorCode =
  /** Whoever asks may not change, or not read, the documents of the installation. */
  | 'DOCUMENTS_DENIED'
  /** There is no document of this kind and name. */
  | 'DOCUMENT_ABSENT'
  /** Without the document the others do not go together. */
  | 'DOCUMENT_NEEDED'
  /** Others changed documents again and again meanwhile. */
  | 'DOCUMENTS_BUSY'
  /** More documents than an installation may have. */
  | 'DOCUMENTS_TOO_MANY'
  /** The stored documents do not go together in this release: nothing is judged until that is mended. */
  | 'DOCUMENTS_UNUSABLE'
  /** A stored document is not what was written. */
  | 'DOCUMENT_DAMAGED';

/** Why documents stay as they are, or cannot be used. */
export class DocumentsError extends AppError<DocumentsErrorCode> {}

export type ExceptionErrorCode =
  /** Whoever asks has no role for all that the exception is for. */
  | 'EXCEPTION_DENIED'
  /** There is no exception of this name, or whoever asks may not know of it. */
  | 'EXCEPTION_ABSENT'
  /** What is asked for is no exception that there may be: its scope, its target, its time. */
  | 'EXCEPTION_INVALID'
  /** Another exception has the name. */
  | 'EXCEPTION_NAME_TAKEN'
  /** Nobody approves what they asked for themselves. */
  | 'EXCEPTION_OWN'
  /** It was decided about before, or has ended. */
  | 'EXCEPTION_NOT_PENDING'
  /** Somebody else changed it meanwhile. */
  | 'EXCEPTION_CHANGED_MEANWHILE';

/** Why an exception is not asked for, not decided about or not ended. */
export class ExceptionError extends AppError<ExceptionErrorCode> {}
