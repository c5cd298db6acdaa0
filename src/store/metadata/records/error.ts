import { AppError, quote } from '#base/error.ts';

export type RecordCode =
  /** A row of the metadata store is not what it has to be: it was changed by something else, or the disk is failing. */
  | 'RECORD_DAMAGED'
  /** A consumer of events asks for what comes after a place that no list of events has said. */
  | 'EVENT_CURSOR_INVALID';

/** What is wrong with what is kept, whichever store keeps it. */
export class RecordError extends AppError<RecordCode> {}

/** For a row that is not what it has to be: what can be read in part is never taken for the whole. `object` names the row. */
export function recordDamaged(object: string, expected: string, found: string, cause?: unknown): RecordError {
  return new RecordError('RECORD_DAMAGED', 'damaged record', {
    object,
    expected,
    found,
    hint: 'Restore the metadata store from a backup.',
    ...(cause === undefined ? {} : { cause }),
  });
}

export function cursorInvalid(cursor: string): RecordError {
  return new RecordError('EVENT_CURSOR_INVALID', 'invalid cursor of events', {
    object: 'cursor',
    expected: 'one that a list of events has given out',
    found: quote(cursor),
  });
}
