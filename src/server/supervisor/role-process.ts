import { type ChildProcess, fork } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '#base/clock.ts';
import type { Log } from '#base/log.ts';
import type { ProcessMetrics } from '../metrics/process-metrics.ts';
import { SupervisorError } from './error.ts';
import type { Order, ProcessName, Report, RoleReady, RoleStart, ToldProblem } from './messages.ts';

/** Deaths at once, one after the other, past which there is no sense in another start. */
const MAX_DEATHS = 6;
/** Whoever lives so long did not die at once. */
const LIVED_MS = 30_000;
const FIRST_WAIT_MS = 100;
const MAX_WAIT_MS = 10_000;
/** What a process gets to end beyond the time for what it has at hand. */
const ENDING_MS = 5000;
const MEASURE_MS = 2000;

export interface RoleProcessOptions {
  readonly name: ProcessName;
  readonly program: string;
  readonly execArgv: readonly string[];
  readonly start: RoleStart;
  readonly clock: Clock;
  readonly log: Log;
  /** It asks for what all processes measured. */
  readonly collect: () => Promise<readonly ProcessMetrics[]>;
  /** It died too often: the server cannot go on. */
  readonly onHopeless: (error: SupervisorError) => void;
}

/** One process of the server. Once it was ready it is started again whenever it dies, with longer and longer waits. */
export class RoleProcess {
  readonly #options: RoleProcessOptions;
  readonly #stopped = new AbortController();
  #start: RoleStart;
  #child: ChildProcess | null = null;
  #isReady = false;
  #deaths = 0;
  #restarts = 0;
  #ended: Promise<void> = Promise.resolve();
  #nextMeasure = 0;
  readonly #measures = new Map<number, (metrics: ProcessMetrics | null) => void>();

  constructor(options: RoleProcessOptions) {
    this.#options = options;
    this.#start = options.start;
  }

  get name(): ProcessName {
    return this.#options.name;
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  /** How often it was started again. */
  get restarts(): number {
    return this.#restarts;
  }

  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  /** Resolves when it is ready. Throws `SERVER_NOT_STARTED` when it cannot begin: nothing is tried again then. */
  async begin(): Promise<RoleReady> {
    const ready = await this.#run();
    // A port that was free is taken again after a death: clients know it by now.
    const listeners = this.#start.listeners.map((listener, index) => ({
      ...listener,
      port: ready.listening[index]?.port ?? listener.port,
    }));
    this.#start = { ...this.#start, listeners };
    return ready;
  }

  /** What it measured; null when it is not there, or too busy to say. */
  async measure(): Promise<ProcessMetrics | null> {
    if (!this.#isReady) {
      return null;
    }
    const id = this.#nextMeasure++;
    const enough = new AbortController();
    try {
      return await Promise.race([
        new Promise<ProcessMetrics | null>((resolve) => {
          this.#measures.set(id, resolve);
          this.#send({ kind: 'measure', id });
        }),
        sleep(MEASURE_MS, null, { signal: enough.signal }).catch(() => null),
      ]);
    } finally {
      enough.abort();
      this.#measures.delete(id);
    }
  }

  /** Lets it finish what it has at hand, at most so long. */
  async stop(graceMs: number): Promise<void> {
    this.#stopped.abort();
    this.#send({ kind: 'stop' });
    const enough = new AbortController();
    const late = sleep(graceMs + ENDING_MS, true, { signal: enough.signal }).catch(() => false);
    const isLate = await Promise.race([this.#ended.then(() => false), late]);
    enough.abort();
    if (isLate) {
      this.#options.log.warn('a process does not end and is killed', { role: this.name });
      this.kill();
    }
    await this.#ended;
  }

  kill(): void {
    this.#stopped.abort();
    this.#child?.kill('SIGKILL');
  }

  /** One life: from its start to being ready. Its death is looked after in the background. */
  async #run(): Promise<RoleReady> {
    const { name, program, execArgv, clock } = this.#options;
    const born = clock.now();
    const child = fork(program, [], { execArgv: [...execArgv], stdio: ['ignore', 2, 2, 'ipc'] });
    this.#child = child;
    let failure: ToldProblem | null = null;
    const ready = Promise.withResolvers<RoleReady>();
    this.#ended = new Promise((resolve) => {
      child.once('error', () => resolve());
      child.once('exit', () => resolve());
    });
    child.on('message', (message) => {
      const report = message as Report;
      if (report.kind === 'ready') {
        this.#isReady = true;
        this.#options.log.info('a process is ready', { role: name, pid: child.pid });
        ready.resolve(report);
      } else if (report.kind === 'failed') {
        failure = report.problem;
      } else if (report.kind === 'measured') {
        this.#measures.get(report.id)?.(report.metrics);
      } else {
        void this.#answerCollect(report.id);
      }
    });
    // A process that is gone takes no messages; that it is gone is noticed below.
    child.on('error', () => undefined);
    child.once('exit', (code, signal) => {
      const wasReady = this.#isReady;
      this.#isReady = false;
      this.#child = null;
      ready.reject(notStarted(name, failure, code, signal));
      if (!this.#stopped.signal.aborted && (wasReady || this.#deaths > 0)) {
        const isSaid = failure !== null;
        this.#options.log.error('a process died', { role: name, code, signal, reason: failure?.message });
        void this.#again(clock.now() - born, isSaid);
      }
    });
    this.#send({ kind: 'start', start: this.#start });
    return await ready.promise;
  }

  /** Whoever says why it cannot begin may be able to later; whoever dies without a word is broken. */
  async #again(lived: number, isSaid: boolean): Promise<void> {
    this.#deaths = lived >= LIVED_MS ? 1 : this.#deaths + 1;
    if (this.#deaths >= MAX_DEATHS && !isSaid) {
      this.#options.onHopeless(
        new SupervisorError('SERVER_PROCESS_DIES', 'the process dies as soon as it is started', {
          object: this.name,
          expected: 'a process that stays',
          found: `${this.#deaths} deaths in a row`,
          hint: 'What it wrote to standard error before says why.',
        }),
      );
      return;
    }
    const wait = Math.min(MAX_WAIT_MS, FIRST_WAIT_MS * 2 ** (this.#deaths - 1));
    try {
      await sleep(wait, undefined, { signal: this.#stopped.signal });
      this.#restarts += 1;
      await this.#run();
    } catch {
      // Stopped, or died: then its end began the next round.
    }
  }

  async #answerCollect(id: number): Promise<void> {
    this.#send({ kind: 'collected', id, processes: await this.#options.collect() });
  }

  #send(order: Order): void {
    if (this.#child?.connected === true) {
      this.#child.send(order, () => undefined);
    }
  }
}

function notStarted(
  name: ProcessName,
  failure: ToldProblem | null,
  code: number | null,
  signal: NodeJS.Signals | null,
): SupervisorError {
  if (failure !== null) {
    return new SupervisorError(
      'SERVER_NOT_STARTED',
      failure.message,
      failure.hint === null ? {} : { hint: failure.hint },
    );
  }
  return new SupervisorError('SERVER_NOT_STARTED', 'a process of the server ended before it was ready', {
    object: name,
    found: signal === null ? `exit code ${code ?? 0}` : signal,
    hint: 'What it wrote to standard error before says why.',
  });
}
