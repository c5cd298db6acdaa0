import { type Digest, isDigest } from '#base/digest.ts';
import { AppError, quote } from '#base/error.ts';
import { MetadataError } from '../error.ts';

export type RecordCode =
  /** A consumer of events asks for what comes after a place that no list of events has said. */
  | 'EVENT_CURSOR_INVALID'
  /** An image is said to hold an inventory that was never written. */
  | 'INVENTORY_UNKNOWN'
  /** The whole of an inventory is larger than it may be. */
  | 'INVENTORY_TOO_LARGE'
  /** A search of the catalogue is to go on after a place that no page of it has said. */
  | 'CATALOG_CURSOR_INVALID';

/** What is wrong with what records are asked for. */
export class RecordError extends AppError<RecordCode> {}

export function cursorInvalid(cursor: string): RecordError {
  return new RecordError('EVENT_CURSOR_INVALID', 'invalid cursor of events', {
    object: 'cursor',
    expected: 'one that a list of events has given out',
    found: quote(cursor),
  });
}

export function catalogCursorInvalid(cursor: string): RecordError {
  return new RecordError('CATALOG_CURSOR_INVALID', 'invalid cursor of a search', {
    object: 'cursor',
    expected: 'one that a search in the same order has given out',
    found: quote(cursor),
  });
}

/** For a row that is not what it has to be: what can be read in part is never taken for the whole. `object` names the row. */
export function recordDamaged(object: string, expected: string, found: string, cause?: unknown): MetadataError {
  return new MetadataError('RECORD_DAMAGED', 'damaged record', {
    object,
    expected,
    found,
    hint: 'Restore the metadata store from a backup.',
    ...(cause === undefined ? {} : { cause }),
  });
}

export function inventoryUnknown(layerSet: Digest): RecordError {
  return new RecordError('INVENTORY_UNKNOWN', 'unknown inventory', {
    object: `layer set ${layerSet}`,
    expected: 'an inventory that was written before',
    found: 'none',
  });
}

export function inventoryTooLarge(layerSet: Digest, bytes: number, maxBytes: number): RecordError {
  return new RecordError('INVENTORY_TOO_LARGE', 'inventory too large', {
    object: `layer set ${layerSet}`,
    expected: `at most ${maxBytes} bytes`,
    found: `${bytes}`,
  });
}

/** A digest as it is kept; throws `RECORD_DAMAGED` naming `object`. */
export function keptDigest(text: string, object: string): Digest {
  if (!isDigest(text)) {
    throw recordDamaged(object, 'a digest', quote(text));
  }
  return text;
}
