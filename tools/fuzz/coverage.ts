import { type Profiler, Session } from 'node:inspector';

/** A function of the source: which of its blocks ran, over all inputs. */
interface Seen {
  /** Blocks that V8 told apart, as `from-to`; it leaves out those that ran as often as what is around them. */
  readonly blocks: Set<string>;
  /** Ranges in which no input was. */
  missed: readonly Range[];
  /** Answers that were looked at and held nothing new. */
  readonly known: Set<string>;
}

type Range = readonly [from: number, to: number];

/**
 * V8's precise block coverage of this thread, of the modules below `src/`. To be started before they are loaded. Asking costs about
 * a millisecond, so it is done for batches of inputs.
 */
export class Coverage {
  readonly #session = new Session();
  readonly #prefix: string;
  readonly #functions = new Map<string, Seen>();

  /** `prefix`: the URL of the folder whose modules count. */
  constructor(prefix: string) {
    this.#prefix = prefix;
    this.#session.connect();
    this.#session.post('Profiler.enable');
    this.#session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  }

  /** Whether anything ran since the last call that never ran before; remembered when `keep`. */
  news(keep: boolean): boolean {
    let news = false;
    for (const { url, functions } of this.#take()) {
      if (url.startsWith(this.#prefix)) {
        for (const { ranges } of functions) {
          news = this.#look(url, ranges, keep) || news;
        }
      }
    }
    return news;
  }

  /** Blocks of the code of the modules that ran, at least once. */
  get blocks(): number {
    let count = 0;
    for (const { blocks, missed } of this.#functions.values()) {
      for (const block of blocks) {
        const from = Number.parseInt(block, 10);
        count += missed.some(([start, end]) => from >= start && from < end) ? 0 : 1;
      }
    }
    return count;
  }

  /** Forgets what ran so far: loading modules is not the work of an input. */
  forget(): void {
    this.#take();
  }

  close(): void {
    this.#session.disconnect();
  }

  #take(): readonly Profiler.ScriptCoverage[] {
    let scripts: readonly Profiler.ScriptCoverage[] = [];
    let problem: Error | null = null;
    // In one thread the answer comes before `post` returns.
    this.#session.post('Profiler.takePreciseCoverage', (error, answer) => {
      problem = error;
      scripts = error === null ? answer.result : [];
    });
    if (problem !== null) {
      throw new Error('V8 gives no coverage', { cause: problem });
    }
    return scripts;
  }

  #look(url: string, ranges: readonly Profiler.CoverageRange[], keep: boolean): boolean {
    const [whole] = ranges;
    if (whole === undefined || whole.count === 0) {
      return false;
    }
    const key = `${url}:${whole.startOffset}-${whole.endOffset}`;
    const seen = this.#functions.get(key);
    const missed = missedIn(ranges);
    const answer = ranges.map(({ startOffset, endOffset, count }) => `${startOffset}-${endOffset}:${count > 0}`).join();
    if (seen?.known.has(answer) === true) {
      return false;
    }
    const still = seen === undefined ? missed : intersection(seen.missed, missed);
    const news = seen === undefined || size(still) < size(seen.missed);
    if (keep || !news) {
      const next = seen ?? { blocks: new Set(), missed: still, known: new Set() };
      next.missed = still;
      next.known.add(answer);
      for (const { startOffset, endOffset } of ranges) {
        next.blocks.add(`${startOffset}-${endOffset}`);
      }
      this.#functions.set(key, next);
    }
    return news;
  }
}

/** V8 gives blocks from the outer to the inner ones: the innermost decides. */
function missedIn(ranges: readonly Profiler.CoverageRange[]): readonly Range[] {
  let missed: readonly Range[] = [];
  for (const { startOffset, endOffset, count } of ranges) {
    const outside = missed.flatMap(([from, to]) => cut([from, to], [startOffset, endOffset]));
    missed = count > 0 ? outside : [...outside, [startOffset, endOffset]];
  }
  return missed;
}

/** What is left of a range without another. */
function cut([from, to]: Range, [start, end]: Range): readonly Range[] {
  const parts: readonly Range[] = [
    [from, Math.min(to, start)],
    [Math.max(from, end), to],
  ];
  return parts.filter(([left, right]) => left < right);
}

function intersection(some: readonly Range[], others: readonly Range[]): readonly Range[] {
  return some
    .flatMap(([from, to]) => others.map(([start, end]): Range => [Math.max(from, start), Math.min(to, end)]))
    .filter(([from, to]) => from < to);
}

function size(ranges: readonly Range[]): number {
  return ranges.reduce((sum, [from, to]) => sum + to - from, 0);
}
