import { loadIsolation } from '#lib/layers/index.ts';
import { type InventoryResult, RESULT_BYTES, RESULT_DEPTH } from './protocol.ts';

const { weighJson } = await loadIsolation();

/**
 * A result that the worker takes: without the whole inventory where that is more than it may be, and then with an unknown that says so, so that nobody
 * decides by a part of it.
 */
export function fitting(result: InventoryResult): InventoryResult {
  const weight = weightOf(result);
  if (weight <= RESULT_BYTES) {
    return result;
  }
  const reason = `expected an inventory of at most ${RESULT_BYTES} bytes, found one of ${weight === Infinity ? 'more than a text can hold' : weight}: it is kept by the names of its packages alone`;
  const problem = { kind: 'unreadable', path: null, layer: null, analyser: 'inventory', reason } as const;
  return { ...result, problems: [...result.problems, problem], whole: null };
}

function weightOf(value: unknown): number {
  try {
    return weighJson(Buffer.from(JSON.stringify(value)), RESULT_DEPTH);
  } catch (error) {
    if (error instanceof RangeError) {
      return Infinity;
    }
    throw error;
  }
}
