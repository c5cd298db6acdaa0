import type { Clock } from '#base/clock.ts';
import { systemClock } from '#base/clock.ts';
import { readBounded } from '#base/limits.ts';
import { askSecret } from './secret.ts';

/** Everything a command may touch of the world around it. */
export interface Io {
  /** Results. */
  out(text: string): void;
  /** Errors, notes and progress. */
  err(text: string): void;
  readonly stdout: Terminal;
  readonly stderr: Terminal;
  /** Asks on the terminal for what must not be seen; null where there is none. */
  secret(question: string, signal: AbortSignal): Promise<Uint8Array | null>;
  /** Asks on the terminal for a line; null where there is none. */
  ask(question: string, signal: AbortSignal): Promise<string | null>;
  /** All of standard input; throws `LIMIT_EXCEEDED`. */
  input(maxBytes: number): Promise<Uint8Array>;
  readonly clock: Clock;
  /** Aborted when the user interrupts. */
  readonly signal: AbortSignal;
  /** The number of the signal that ended the run, or null. */
  interrupted(): number | null;
  close(): void;
}

export interface Terminal {
  readonly isTerminal: boolean;
  readonly columns: number;
}

const INTERRUPTS = { SIGINT: 2, SIGTERM: 15 } as const;

/**
 * The process's own streams. A reader that goes away (`| head`) changes nothing: the run goes on to its own exit code,
 * since a gate that was refused stays refused whoever reads of it.
 */
export function createIo(): Io {
  const controller = new AbortController();
  let interruptedBy: number | null = null;
  const listeners = Object.entries(INTERRUPTS).map(([name, number]) => {
    const listener = (): void => {
      interruptedBy = number;
      controller.abort(new Error(`interrupted by ${name}`));
    };
    process.once(name, listener);
    return { name, listener };
  });
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') {
      process.stderr.write(`plimsoll: standard output: ${error.message}\n`);
      process.exit(3);
    }
  });
  // Whoever closed it does not want to read notes; the exit code says the same.
  process.stderr.on('error', () => undefined);
  return {
    out: (text) => {
      process.stdout.write(text);
    },
    err: (text) => {
      process.stderr.write(text);
    },
    stdout: terminal(process.stdout),
    stderr: terminal(process.stderr),
    secret: async (question, signal) =>
      process.stdin.isTTY && process.stderr.isTTY ? await askSecret(question, process, signal) : null,
    ask: async (question, signal) =>
      process.stdin.isTTY && process.stderr.isTTY ? await askLine(question, signal) : null,
    input: async (maxBytes) => await readBounded(process.stdin, maxBytes, 'standard input'),
    clock: systemClock,
    signal: controller.signal,
    interrupted: () => interruptedBy,
    close: () => {
      for (const { name, listener } of listeners) {
        process.removeListener(name, listener);
      }
    },
  };
}

async function askLine(question: string, signal: AbortSignal): Promise<string> {
  const { createInterface } = await import('node:readline/promises');
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return (await lines.question(question, { signal })).trim();
  } finally {
    lines.close();
  }
}

/** Some terminals say that they have no columns at all. */
function terminal(stream: NodeJS.WriteStream): Terminal {
  const { columns } = stream;
  return { isTerminal: stream.isTTY === true, columns: columns > 0 ? columns : 80 };
}
