import type { StopCause } from './stop-cause.ts';

export interface TimeLimits {
  /** Without any progress. */
  readonly stallSeconds: number;
  /** For the whole of a layer. */
  readonly layerSeconds: number;
}

const TICK_MS = 100;
const TICKS_PER_SECOND = 1000 / TICK_MS;

/**
 * Says when an analysis process has had too long. Counts ticks of this process instead of reading a clock: while this
 * process is itself held up, or the machine asleep, no time passes. To be closed.
 */
export class Stopwatch {
  readonly #timer: NodeJS.Timeout;
  #idle = 0;
  #worked = 0;
  #paused = false;

  constructor({ stallSeconds, layerSeconds }: TimeLimits, late: (cause: StopCause) => void) {
    this.#timer = setInterval(() => {
      if (this.#paused) {
        return;
      }
      this.#idle += 1;
      this.#worked += 1;
      if (this.#idle > stallSeconds * TICKS_PER_SECOND) {
        late({ kind: 'stall', seconds: stallSeconds });
      } else if (this.#worked > layerSeconds * TICKS_PER_SECOND) {
        late({ kind: 'deadline', seconds: layerSeconds });
      }
    }, TICK_MS);
  }

  /** The process has taken or sent something. */
  progress(): void {
    this.#idle = 0;
  }

  /** There is nothing for the process to do: the layer's bytes are waited for. */
  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    if (this.#paused) {
      this.#paused = false;
      this.#idle = 0;
    }
  }

  close(): void {
    clearInterval(this.#timer);
  }
}
