import type { Digest } from '#base/digest.ts';
import type { ImageConfig } from '#model/image.ts';
import { OciError } from '../error.ts';
import type { Integrity } from './integrity.ts';

/**
 * The diffID of each layer. When the config promises another number than there are layers, nobody can say which belongs
 * to which: that is `LAYER_COUNT_MISMATCH`, and where it is only reported every layer gets null.
 */
export function diffIdsOf(
  config: ImageConfig | null,
  layers: number,
  integrity: Integrity,
  object: string,
): readonly (Digest | null)[] {
  if (config !== null && config.diffIds.length === layers) {
    return config.diffIds;
  }
  if (config !== null) {
    integrity.report(
      new OciError('LAYER_COUNT_MISMATCH', 'another number of layers than the config promises', {
        object,
        expected: `${config.diffIds.length}, one per diff_id of the config`,
        found: String(layers),
      }),
    );
  }
  return Array.from({ length: layers }, () => null);
}
