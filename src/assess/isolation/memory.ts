import { execFile } from 'node:child_process';
import { closeSync, openSync, readSync } from 'node:fs';
import { promisify } from 'node:util';

const run = promisify(execFile);

const LINUX_MS = 100;
/** `ps` has to be started each time. */
const ELSEWHERE_MS = 1000;
const KiB = 1024;
/** The status of a process is a page of text. */
const STATUS_BYTES = 8192;

/** Calls `exceeded` once when a process holds more memory than it may. The returned function ends the watch. */
export function watchMemory(pid: number, limitBytes: number, exceeded: () => void): () => void {
  const linux = process.platform === 'linux';
  const check = async (): Promise<void> => {
    const bytes = linux ? residentOnLinux(pid) : await residentElsewhere(pid);
    if (bytes > limitBytes) {
      clearInterval(timer);
      exceeded();
    }
  };
  const timer = setInterval(() => void check(), linux ? LINUX_MS : ELSEWHERE_MS);
  return () => clearInterval(timer);
}

/** proc(5): resident memory and what of it was swapped out; 0 for a process that is gone. Read at once, which is memory of the kernel. */
function residentOnLinux(pid: number): number {
  let file: number;
  try {
    file = openSync(`/proc/${pid}/status`, 'r');
  } catch {
    return 0;
  }
  try {
    const buffer = Buffer.alloc(STATUS_BYTES);
    const text = buffer.toString('latin1', 0, readSync(file, buffer));
    return (valueOf(text, '\nVmRSS:') + valueOf(text, '\nVmSwap:')) * KiB;
  } catch {
    return 0;
  } finally {
    closeSync(file);
  }
}

async function residentElsewhere(pid: number): Promise<number> {
  try {
    const { stdout } = await run('ps', ['-o', 'rss=', '-p', String(pid)]);
    return Number.parseInt(stdout, 10) * KiB || 0;
  } catch {
    return 0;
  }
}

function valueOf(text: string, name: string): number {
  const at = text.indexOf(name);
  return at === -1 ? 0 : Number.parseInt(text.slice(at + name.length), 10) || 0;
}
