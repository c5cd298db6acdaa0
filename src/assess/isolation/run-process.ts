import { writeSync } from 'node:fs';
import { loadIsolation } from '#lib/layers/index.ts';
import type { Analyser } from '#model/analyser.ts';

/** The pipe on which the process answers; all that it may write to. */
const OUTBOX = 3;

/** Ways to other processes that are no matter of Node's permission model: signals, and waking another Node's debugger. */
const SIGNALS = ['kill', '_kill', '_debugProcess', '_debugEnd'] as const;

/** What an analysis process does from its start to its end: serves layers until its input ends. */
export async function runAnalysisProcess(analysers: readonly Analyser[]): Promise<void> {
  removeSignals();
  const { LayerServer } = await loadIsolation();
  const server = new LayerServer(analysers, writeOut);
  process.on('uncaughtException', (error) => {
    server.failed(error);
    process.exit(1);
  });
  await server.serve(process.stdin);
}

/** Nothing of this process can end or wake another one after that. */
export function removeSignals(): void {
  for (const name of SIGNALS) {
    Reflect.deleteProperty(process, name);
  }
}

/** Returns when all of it is in the pipe, which the parent empties: what is said is said, even if nothing runs after it. */
function writeOut(bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) {
    at += writeSync(OUTBOX, bytes, at);
  }
}
