import { availableParallelism } from 'node:os';
import { AppError, quote } from '#base/error.ts';
import { LIMITS } from '#base/limits.ts';
import { type LayerReader, type LinkPool, loadIsolation, type ProcessLink } from '#lib/layers/index.ts';
import { type AnalysisProgram, CATALOGERS } from './command.ts';
import { type StartedProcess, startProcess } from './start-process.ts';

const isolation = await loadIsolation();

export type IsolationCode =
  /** The process that is to read layers could not be started. */
  'ANALYSIS_PROCESS_FAILED';

class IsolationError extends AppError<IsolationCode> {}

const MOST_PROCESSES = 4;

/** Of what a process wrote to standard error, what goes into a message. */
const ERROR_CHARS = 400;

export interface LayerProcessesOptions {
  /** Layers that are read at the same time, each by a process of its own; when not given as many as there are cores, at most four. */
  readonly processes?: number;
  /** The catalogers when not given. */
  readonly program?: AnalysisProgram;
  /** Of one process; `LIMITS.analysisMemoryBytes` when not given. */
  readonly memoryBytes?: number;
  /** Without progress; `LIMITS.analysisStallSeconds` when not given. */
  readonly stallSeconds?: number;
  /** Until one is ready; `LIMITS.analysisStallSeconds` when not given. */
  readonly startSeconds?: number;
  /** Who starts one, where this process may not. */
  readonly start?: (folder: string | null) => StartedProcess;
  /** Of work on one layer; `LIMITS.analysisLayerSeconds` when not given. */
  readonly layerSeconds?: number;
}

/** Reads layers in processes of their own. To be closed. */
export interface LayerProcesses {
  readonly read: LayerReader;
  close(): Promise<void>;
}

/** A process is started for each layer, at most so many at once. */
export function createLayerProcesses(options: LayerProcessesOptions = {}): LayerProcesses {
  const pool = new ProcessPool(options);
  return { read: isolation.createIsolatedReader(pool, timeLimitsOf(options)), close: () => pool.close() };
}

function timeLimitsOf({ stallSeconds, layerSeconds }: LayerProcessesOptions): {
  readonly stallSeconds: number;
  readonly layerSeconds: number;
} {
  return {
    stallSeconds: stallSeconds ?? LIMITS.analysisStallSeconds,
    layerSeconds: layerSeconds ?? LIMITS.analysisLayerSeconds,
  };
}

class ProcessPool implements LinkPool {
  readonly #options: LayerProcessesOptions;
  /** All that run; those for a folder are used once. */
  readonly #running = new Map<ProcessLink, Promise<unknown>>();
  readonly #waiting: (() => void)[] = [];
  #free: number;
  /** A process of ours does not outlive this one, however it ends. */
  readonly #stopAll = (): void => {
    for (const link of this.#running.keys()) {
      link.stop({ kind: 'dismissed' });
    }
  };

  constructor(options: LayerProcessesOptions) {
    this.#options = options;
    this.#free = options.processes ?? Math.min(availableParallelism(), MOST_PROCESSES);
    process.on('exit', this.#stopAll);
  }

  async take(folder: string | null, signal: AbortSignal | undefined): Promise<ProcessLink> {
    await this.#place();
    try {
      signal?.throwIfAborted();
      return await this.#start(folder);
    } catch (error) {
      this.#leave();
      throw error;
    }
  }

  /** A layer that has taken its process over must not speak for the next one. */
  give(link: ProcessLink): void {
    link.stop({ kind: 'dismissed' });
    this.#leave();
  }

  async close(): Promise<void> {
    process.off('exit', this.#stopAll);
    this.#stopAll();
    await Promise.all(this.#running.values());
  }

  async #start(folder: string | null): Promise<ProcessLink> {
    const { program = CATALOGERS, memoryBytes = LIMITS.analysisMemoryBytes, start } = this.#options;
    const { startSeconds = LIMITS.analysisStallSeconds } = this.#options;
    const started = start === undefined ? startProcess({ program, folder, memoryBytes }) : start(folder);
    const link = new isolation.ProcessLink(started);
    const gone = started.gone.then(() => this.#running.delete(link));
    this.#running.set(link, gone);
    const cause = await link.started({ stallSeconds: startSeconds, layerSeconds: startSeconds });
    if (cause !== null) {
      throw new IsolationError('ANALYSIS_PROCESS_FAILED', 'cannot be started', {
        object: 'the analysis process',
        expected: 'a process that is ready',
        found: `${isolation.wordsOf(cause)} ${quote(started.errors(), ERROR_CHARS)}`.trimEnd(),
      });
    }
    return link;
  }

  /** Waits for one of the places. */
  async #place(): Promise<void> {
    if (this.#free > 0) {
      this.#free -= 1;
      return;
    }
    await new Promise<void>((next) => this.#waiting.push(next));
  }

  #leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) {
      this.#free += 1;
    } else {
      next();
    }
  }
}
