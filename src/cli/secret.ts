/** The parts of a process that a question needs; both streams are terminals. */
export interface Asked {
  readonly stdin: NodeJS.ReadStream;
  readonly stderr: NodeJS.WriteStream;
  readonly pid: number;
  kill(pid: number, signal: 'SIGINT'): unknown;
}

const KEY = {
  interrupt: 0x03,
  end: 0x04,
  backspace: 0x08,
  newline: 0x0a,
  enter: 0x0d,
  clear: 0x15,
  delete: 0x7f,
} as const;

/**
 * Asks a question on the terminal and reads a line without showing it. What was typed is in the answer alone, which the
 * caller overwrites. An interrupt is that of the whole program.
 */
export async function askSecret(question: string, terminal: Asked, signal: AbortSignal): Promise<Uint8Array> {
  const { stdin, stderr } = terminal;
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
  let typed: number[] = [];
  const onData = (chunk: Buffer): void => {
    for (const key of chunk) {
      switch (key) {
        case KEY.interrupt:
          terminal.kill(terminal.pid, 'SIGINT');
          return;
        case KEY.newline:
        case KEY.enter:
        case KEY.end:
          resolve(Uint8Array.from(typed));
          return;
        case KEY.backspace:
        case KEY.delete:
          typed = withoutLast(typed);
          break;
        case KEY.clear:
          typed = [];
          break;
        default:
          typed.push(key);
      }
    }
    chunk.fill(0);
  };
  const onAbort = (): void => reject(signal.reason instanceof Error ? signal.reason : new Error('interrupted'));
  const onEnd = (): void => resolve(Uint8Array.from(typed));
  // Before the question: who answers at once must not be seen either.
  stdin.setRawMode(true);
  stdin.on('data', onData);
  stdin.on('end', onEnd);
  signal.addEventListener('abort', onAbort, { once: true });
  stdin.resume();
  stderr.write(question);
  try {
    return await promise;
  } finally {
    stdin.off('data', onData);
    stdin.off('end', onEnd);
    signal.removeEventListener('abort', onAbort);
    stdin.setRawMode(false);
    stdin.pause();
    stderr.write('\n');
    typed.fill(0);
  }
}

/** Without its last character, which may be several octets of UTF-8. */
function withoutLast(typed: readonly number[]): number[] {
  const start = typed.findLastIndex((octet) => (octet & 0xc0) !== 0x80);
  return typed.slice(0, Math.max(start, 0));
}
