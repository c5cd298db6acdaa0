import { type ChildProcess, spawn } from 'node:child_process';
import { Readable } from 'node:stream';
import type { AnalysisProcess, StopCause } from '#lib/layers/index.ts';
import { type CommandOptions, commandOf } from './command.ts';
import { watchMemory } from './memory.ts';

/** What V8 writes when its heap is full, right before it aborts. */
const OUT_OF_MEMORY = 'out of memory';
/** Of standard error, what is kept: the beginning, before any stack. */
const ERROR_CHARS = 10_000;

export interface StartedProcess extends AnalysisProcess {
  /** The beginning of what it wrote to standard error, or why it could not be started. */
  errors(): string;
}

/**
 * Starts an analysis process: without anything of this process' environment, in a process group of its own, its memory
 * watched. Never throws: what cannot be started is gone at once.
 */
export function startProcess(options: CommandOptions): StartedProcess {
  const { file, args } = commandOf(options);
  const child = spawn(file, args, { cwd: '/', env: {}, detached: true, stdio: ['pipe', 'ignore', 'pipe', 'pipe'] });
  const errors = collectErrors(child);
  let stopped: StopCause | null = null;
  let alive = child.pid !== undefined;
  const stop = (cause: StopCause): void => {
    stopped ??= cause;
    if (alive && child.pid !== undefined) {
      killGroup(child.pid);
    }
  };
  const memory: StopCause = { kind: 'memory', bytes: options.memoryBytes };
  const unwatch = child.pid === undefined ? null : watchMemory(child.pid, options.memoryBytes, () => stop(memory));
  const gone = new Promise<StopCause>((settle) => {
    child.on('exit', () => {
      alive = false;
      unwatch?.();
    });
    child.on('close', (code, signal) => {
      const full = signal !== null && errors().includes(OUT_OF_MEMORY) ? memory : null;
      settle(stopped ?? full ?? (signal === null ? { kind: 'exit', code: code ?? -1 } : { kind: 'signal', signal }));
    });
  });
  // Its end is told by `gone`; whoever writes then has nobody to write to.
  child.stdin?.on('error', () => undefined);
  const outbox = child.stdio[3];
  return {
    output: outbox instanceof Readable ? outbox : Readable.from([]),
    gone,
    // Called back in any case: with an error when the process is gone.
    write: (bytes) => new Promise((taken) => child.stdin?.write(bytes, () => taken())),
    stop,
    errors,
  };
}

function collectErrors(child: ChildProcess): () => string {
  let text = '';
  const add = (more: string): void => {
    text = text.length < ERROR_CHARS ? (text + more).slice(0, ERROR_CHARS) : text;
  };
  child.stderr?.setEncoding('utf8').on('data', add);
  child.on('error', (error) => add(error.message));
  return () => text;
}

/** The group, should the process have managed to start others. */
function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Gone between two events.
  }
}
