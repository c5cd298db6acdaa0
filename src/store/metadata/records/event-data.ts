import { messageOf } from '#base/error.ts';
import { parseStrictJson } from '#base/json/strict.ts';
import type { PlatformEvent } from '#model/platform/event.ts';
import { recordDamaged } from './error.ts';

/** The data of a kept event; throws `RECORD_DAMAGED` naming `object`. */
export function parseEventData(text: string, object: string): PlatformEvent['data'] {
  const value = parsed(text, object);
  if (!isEventData(value)) {
    throw recordDamaged(object, 'an object of texts, numbers, booleans and nulls', 'something else');
  }
  return value;
}

function parsed(text: string, object: string): unknown {
  try {
    return parseStrictJson(text, object);
  } catch (error) {
    throw recordDamaged(object, 'JSON', messageOf(error), error);
  }
}

function isEventData(value: unknown): value is PlatformEvent['data'] {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((one) => one === null || ['string', 'number', 'boolean'].includes(typeof one))
  );
}
