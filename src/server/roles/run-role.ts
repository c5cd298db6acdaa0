import { isAppError, messageOf } from '#base/error.ts';
import type { ProcessMetrics } from '../metrics/process-metrics.ts';
import type { Order, Report, RoleReady, RoleStart } from '../supervisor/messages.ts';

/** A process of the server that is ready. */
export interface RunningRole extends RoleReady {
  /** Finishes what is at hand, within the time that the configuration has for it. */
  stop(): Promise<void>;
  measure(): Promise<ProcessMetrics>;
}

/** What a process may ask of the supervisor. */
export interface RoleHost {
  /** What all processes measured. */
  collect(): Promise<readonly ProcessMetrics[]>;
}

/**
 * The main program of every process of the server: begins when the supervisor says so and ends when it says so, or is gone. Signals are for
 * the supervisor, also those that a terminal or a service manager sends to all.
 */
export function runRole(open: (start: RoleStart, host: RoleHost) => Promise<RunningRole>): void {
  let role: RunningRole | null = null;
  let isStopping = false;
  let nextCollect = 0;
  const collects = new Map<number, (processes: readonly ProcessMetrics[]) => void>();
  const host: RoleHost = {
    collect: async () =>
      await new Promise((resolve) => {
        const id = nextCollect++;
        collects.set(id, resolve);
        report({ kind: 'collect', id });
      }),
  };
  const stop = async (): Promise<void> => {
    if (!isStopping) {
      isStopping = true;
      await role?.stop();
      process.exit(0);
    }
  };
  const start = async (order: RoleStart): Promise<void> => {
    role = await open(order, host);
    report({ kind: 'ready', listening: role.listening, credential: role.credential });
  };
  process.on('message', (message) => {
    const order = message as Order;
    if (order.kind === 'start') {
      start(order.start).catch(failed);
    } else if (order.kind === 'stop') {
      stop().catch(broken);
    } else if (order.kind === 'measure') {
      answerMeasure(role, order.id).catch(broken);
    } else {
      collects.get(order.id)?.(order.processes);
      collects.delete(order.id);
    }
  });
  process.on('disconnect', () => {
    stop().catch(broken);
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => undefined);
  }
}

async function answerMeasure(role: RunningRole | null, id: number): Promise<void> {
  if (role !== null) {
    report({ kind: 'measured', id, metrics: await role.measure() });
  }
}

/** Says why, and ends when that is said. */
function failed(error: unknown): void {
  const problem = {
    code: isAppError(error) ? error.code : 'UNKNOWN',
    message: isAppError(error) || hasCode(error) ? messageOf(error) : `internal error: ${stackOf(error)}`,
    hint: isAppError(error) ? (error.hint ?? null) : null,
  };
  if (process.send === undefined) {
    process.exit(3);
  }
  process.send({ kind: 'failed', problem } satisfies Report, () => process.exit(3));
}

/** A fault of ours outside of any request: the next process begins anew. */
function broken(error: unknown): void {
  process.stderr.write(`${stackOf(error)}\n`);
  process.exit(1);
}

function report(message: Report): void {
  if (process.connected) {
    process.send?.(message, () => undefined);
  }
}

function hasCode(error: unknown): boolean {
  return error instanceof Error && 'code' in error;
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
