import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Clock } from '#base/clock.ts';
import { messageOf } from '#base/error.ts';
import type { Log } from '#base/log.ts';
import type { Role, ServerConfig } from '../config/index.ts';
import type { ProcessMetrics } from '../metrics/process-metrics.ts';
import { SupervisorError } from './error.ts';
import type { Credential, ProcessName, RoleReady } from './messages.ts';
import { ownMetrics } from './own-metrics.ts';
import { type PlannedProcess, planProcesses } from './plan.ts';
import { RoleProcess } from './role-process.ts';

export interface ServeOptions {
  readonly config: ServerConfig;
  readonly roles: readonly Role[];
  /** Of this program. */
  readonly version: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Asks the server to stop, with what it has at hand done. */
  readonly signal: AbortSignal;
  /** Asks it to end at once, whatever is at hand. */
  readonly hurry: AbortSignal;
  readonly onReady: (ready: ServerReady) => void;
  /** Called before that, as soon as there is one: whatever keeps the rest from starting, it is shown once and never again. */
  readonly onCredential: (credential: Credential) => void;
}

export interface ServerReady extends Pick<RoleReady, 'listening'> {
  readonly processes: readonly { readonly name: ProcessName; readonly pid: number | null }[];
}

/**
 * What each process lets V8 take before it looks for garbage: by default the young generation grows to 16 MiB, twice, and the old one to four times of what is alive, on a machine
 * with much memory.
 */
const MEMORY: Readonly<Record<ProcessName, readonly string[]>> = {
  front: ['--max-semi-space-size=8'],
  worker: ['--max-semi-space-size=8', '--heap-growing-percent=40'],
  admission: ['--max-semi-space-size=2'],
};

/** Runs the server until it is asked to stop. Throws what keeps it from starting, and when one of its processes cannot be kept alive. */
export async function serve(options: ServeOptions): Promise<void> {
  const { config, signal, hurry, log } = options;
  await makeHome(config.home);
  const hopeless = Promise.withResolvers<never>();
  hopeless.promise.catch(() => undefined);
  const processes: RoleProcess[] = [];
  const collect = async (): Promise<readonly ProcessMetrics[]> => {
    const measured = await Promise.all(processes.map(async (one) => await one.measure()));
    return [ownMetrics(processes), ...measured.filter((metrics) => metrics !== null)];
  };
  const planned = planProcesses(config, options.roles, options.version);
  processes.push(...planned.map((one) => toProcess(one, options, collect, (error) => hopeless.reject(error))));
  const killAll = (): void => {
    for (const one of processes) {
      one.kill();
    }
  };
  hurry.addEventListener('abort', killAll);
  try {
    const asked = aborted(signal);
    const begun = beginAll(processes, options);
    const ready = await Promise.race([begun, asked]);
    if (ready !== undefined) {
      options.onReady({
        listening: ready.flatMap(({ listening }) => listening),
        processes: processes.map(({ name, pid }) => ({ name, pid })),
      });
      await Promise.race([asked, hopeless.promise]);
    } else {
      begun.catch(() => undefined);
    }
    log.info('the server stops');
    await Promise.all(processes.map(async (one) => await one.stop(config.shutdownGraceMs)));
  } finally {
    killAll();
    hurry.removeEventListener('abort', killAll);
  }
}

/** All of them get to their end, also when one cannot begin: the front may have an account to tell of. */
async function beginAll(processes: readonly RoleProcess[], options: ServeOptions): Promise<readonly RoleReady[]> {
  const begun = processes.map(async (one) => await begin(one, options));
  await Promise.allSettled(begun);
  return await Promise.all(begun);
}

async function begin(one: RoleProcess, { onCredential }: ServeOptions): Promise<RoleReady> {
  const ready = await one.begin();
  if (ready.credential !== null) {
    onCredential(ready.credential);
  }
  return ready;
}

function toProcess(
  { name, start }: PlannedProcess,
  { clock, log }: ServeOptions,
  collect: () => Promise<readonly ProcessMetrics[]>,
  onHopeless: (error: SupervisorError) => void,
): RoleProcess {
  const program = fileURLToPath(new URL(`../roles/${name}.ts`, import.meta.url));
  return new RoleProcess({ name, program, execArgv: MEMORY[name], start, clock, log, collect, onHopeless });
}

async function makeHome(home: string): Promise<void> {
  try {
    await mkdir(home, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new SupervisorError('SERVER_NOT_STARTED', 'the data folder cannot be made', {
      object: home,
      expected: 'a folder that this user may write to',
      found: messageOf(error),
      hint: 'PLIMSOLL_HOME, or home in plimsoll.yaml, names another folder.',
      cause: error,
    });
  }
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) {
    await new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
  }
}
