import { spawn } from 'node:child_process';
import { root } from './files.ts';

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Kills the process after so many milliseconds. */
  readonly timeout?: number;
  /** The process writes to this terminal instead of into `output`. */
  readonly inherit?: boolean;
}

export interface Outcome {
  /** The exit code; 1 when a signal ended the process. */
  readonly status: number;
  readonly timedOut: boolean;
  /** Standard output and standard error as they came. */
  readonly output: string;
}

/** Runs one of the project's tools with this very Node. */
export function runNode(args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  // Under the test runner this variable would make a nested runner report to the outer one and run nothing.
  const { NODE_TEST_CONTEXT: _, ...env } = { ...process.env, ...options.env };
  return new Promise((done, failed) => {
    const child = spawn(process.execPath, args, {
      cwd: options.cwd ?? root,
      env,
      stdio: options.inherit === true ? 'inherit' : ['ignore', 'pipe', 'pipe'],
    });
    const chunks: Buffer[] = [];
    let timedOut = false;
    const collect = (chunk: Buffer): void => void chunks.push(chunk);
    child.stdout?.on('data', collect);
    child.stderr?.on('data', collect);
    const kill = (): void => {
      timedOut = true;
      child.kill('SIGKILL');
    };
    const timer = options.timeout === undefined ? undefined : setTimeout(kill, options.timeout);
    child.on('error', failed);
    child.on('close', (code) => {
      clearTimeout(timer);
      done({ status: code ?? 1, timedOut, output: Buffer.concat(chunks).toString('utf8') });
    });
  });
}
