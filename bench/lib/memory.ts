import { readdirSync } from 'node:fs';
import { parentOf, readOf } from '#test/fixtures/process-tree.ts';

export interface Memory {
  /**
   * The most that all processes below one had resident at one moment. Pages that they share count once for each, so that
   * this is never too little; no less than `largestBytes`.
   */
  readonly treeBytes: number;
  /** The most that a single one of them ever had, as the kernel counted it (`VmHWM`, which is getrusage's `maxrss`). */
  readonly largestBytes: number;
}

const EVERY_MS = 20;

/**
 * Watches the processes below `root`, without itself, until stopped. Looks at each process of the machine once, and from
 * then on only at those that belong to it, since the kernel does not always list children (CONFIG_PROC_CHILDREN).
 */
export function sampleMemory(root: number): { stop(): Memory } {
  const strangers = new Set<number>();
  const family = new Set([root]);
  let treeBytes = 0;
  let largestBytes = 0;
  const sample = (): void => {
    adopt(family, strangers);
    let sum = 0;
    for (const pid of family) {
      if (pid !== root) {
        const { now, peak } = residentOf(pid);
        sum += now;
        largestBytes = Math.max(largestBytes, peak);
      }
    }
    treeBytes = Math.max(treeBytes, sum, largestBytes);
  };
  const timer = setInterval(sample, EVERY_MS);
  return {
    stop: () => {
      clearInterval(timer);
      return { treeBytes, largestBytes };
    },
  };
}

function adopt(family: Set<number>, strangers: Set<number>): void {
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    if (Number.isInteger(pid) && !family.has(pid) && !strangers.has(pid)) {
      // A child has a higher number than its parent unless they wrapped around, so one turn in order finds grandchildren.
      (family.has(parentOf(pid)) ? family : strangers).add(pid);
    }
  }
}

function residentOf(pid: number): { readonly now: number; readonly peak: number } {
  const status = readOf(pid, 'status');
  return { now: kilobytes(status, 'VmRSS:') * 1024, peak: kilobytes(status, 'VmHWM:') * 1024 };
}

function kilobytes(status: string, field: string): number {
  const at = status.indexOf(field);
  return at === -1 ? 0 : Number.parseInt(status.slice(at + field.length), 10);
}
