import { messageOf } from '#base/error.ts';
import { recordDamaged } from './error.ts';

/** What one of the records wrote as JSON; its shape is the writer's. Throws `RECORD_DAMAGED`, naming the row. */
export function parseStored<Stored>(text: string, object: string): Stored {
  try {
    return JSON.parse(text) as Stored;
  } catch (error) {
    throw recordDamaged(object, 'JSON', messageOf(error), error);
  }
}
