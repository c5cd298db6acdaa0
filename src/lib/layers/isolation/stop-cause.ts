import { quote } from '#base/error.ts';

/** Why an analysis process is not there any more. */
export type StopCause =
  | { readonly kind: 'memory'; readonly bytes: number }
  /** It took nothing and said nothing, although there was something to do. */
  | { readonly kind: 'stall'; readonly seconds: number }
  | { readonly kind: 'deadline'; readonly seconds: number }
  /** It sent what is no message, or a result that is none. */
  | { readonly kind: 'protocol'; readonly problem: string }
  /** Something was thrown that nobody caught. */
  | { readonly kind: 'uncaught'; readonly message: string }
  | { readonly kind: 'signal'; readonly signal: string }
  | { readonly kind: 'exit'; readonly code: number }
  /** Nobody wanted its answer any more. */
  | { readonly kind: 'dismissed' };

const MiB = 1024 * 1024;

/** The reason of an unknown: what became of the process, in words that need no knowledge of this code. */
export function wordsOf(cause: StopCause): string {
  switch (cause.kind) {
    case 'memory':
      return `the analysis process was stopped: used more than ${Math.floor(cause.bytes / MiB)} MiB of memory`;
    case 'stall':
      return `the analysis process was stopped: no progress for ${cause.seconds} seconds`;
    case 'deadline':
      return `the analysis process was stopped: worked on the layer for more than ${cause.seconds} seconds`;
    case 'protocol':
      return `the analysis process was stopped: sent ${cause.problem}`;
    case 'uncaught':
      return `the analysis process was stopped: error that nobody caught: ${quote(cause.message)}`;
    case 'signal':
      return `the analysis process crashed: ended by ${cause.signal}`;
    case 'exit':
      return `the analysis process ended before its work was done: exit code ${cause.code}`;
    case 'dismissed':
      return 'the analysis process was stopped: its answer was not wanted any more';
  }
}
