import type { AssessProgress } from '#assess/index.ts';
import type { Io } from './io.ts';

/** One line on standard error that is rewritten in place; nothing at all when that is not a terminal. */
export interface ProgressLine {
  show(text: string): void;
  clear(): void;
}

const INTERVAL_MS = 80;
const ERASE_LINE = '\r\u001B[2K';

export function createProgressLine(io: Io, quiet: boolean): ProgressLine {
  if (quiet || !io.stderr.isTerminal) {
    return { show: () => undefined, clear: () => undefined };
  }
  let shownAt = 0;
  let visible = false;
  return {
    show: (text) => {
      const now = io.clock.now();
      if (now - shownAt < INTERVAL_MS) {
        return;
      }
      shownAt = now;
      visible = true;
      io.err(`${ERASE_LINE}${text.slice(0, io.stderr.columns - 1)}`);
    },
    clear: () => {
      if (visible) {
        io.err(ERASE_LINE);
        visible = false;
      }
    },
  };
}

export function describeProgress(step: AssessProgress): string {
  switch (step.kind) {
    case 'layers':
      return `reading layers, ${step.done} of ${step.layers} done: ${megabytes(step.bytes)}`;
    case 'match':
      return `matching ${step.packages} packages`;
  }
}

/** `12.3 MB`, in units of a million bytes as registries count. */
function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
