import { Failure } from './failure.ts';
import type { Io } from './io.ts';
import { parseDuration } from './options.ts';

const DEFAULT_TIMEOUT = '30m';

/** Runs work that ends when the user interrupts or the time of `--timeout` is over (`TIMED_OUT`). */
export async function withTimeout<T>(
  duration: string | undefined,
  io: Io,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const text = duration ?? DEFAULT_TIMEOUT;
  const timer = AbortSignal.timeout(parseDuration(text, '--timeout'));
  try {
    return await work(AbortSignal.any([io.signal, timer]));
  } catch (error) {
    if (timer.aborted && !io.signal.aborted) {
      throw new Failure('TIMED_OUT', `gave up after ${text}`, {
        hint: '--timeout DURATION allows more.',
        cause: error,
      });
    }
    throw error;
  }
}
