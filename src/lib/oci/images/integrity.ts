import type { Digest } from '#base/digest.ts';
import type { Unknown } from '#model/unknown.ts';
import type { OciError } from '../error.ts';

/**
 * `require` throws every mismatch and missing blob; `report` lets the image open and turns each of them into an unknown
 * of the image.
 */
export type IntegrityMode = 'require' | 'report';

export class Integrity {
  readonly mode: IntegrityMode;
  readonly #problems: Unknown[];

  constructor(mode: IntegrityMode, problems: readonly Unknown[] = []) {
    this.mode = mode;
    this.#problems = [...problems];
  }

  get problems(): readonly Unknown[] {
    return [...this.#problems];
  }

  /** Throws the error, or keeps it as a problem. `layer` is the diffID where one layer is concerned. */
  report(error: OciError, layer: Digest | null = null): void {
    if (this.mode === 'require') {
      throw error;
    }
    this.#problems.push({ kind: 'integrity', path: null, layer, analyser: 'integrity', reason: error.message });
  }

  /** The same mode with the problems so far, for one image of several. */
  fork(): Integrity {
    return new Integrity(this.mode, this.#problems);
  }
}
