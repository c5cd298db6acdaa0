import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import { root } from '../lib/files.ts';
import { Coverage } from './coverage.ts';
import type { Finding } from './engine.ts';
import { Shared } from './shared.ts';
import type { FuzzTarget } from './target.ts';

/** What the thread is to do. */
export interface Assignment {
  /** URL of the module with the list of targets. */
  readonly list: string;
  readonly target: string;
  readonly seed: number;
  readonly runs: number;
  readonly millis: number;
  readonly guided: boolean;
  readonly shared: SharedArrayBuffer;
}

const { list, target: id, seed, runs, millis, guided, shared: buffer } = workerData as Assignment;
const shared = new Shared(buffer);
// Before anything of src/ is loaded, so that the first run of a function counts.
const coverage = new Coverage(`${pathToFileURL(root).href}/src/`);
const { fuzz } = await import('./engine.ts');
const { fuzzTargets } = (await import(list)) as { readonly fuzzTargets: readonly FuzzTarget[] };
const target = fuzzTargets.find((candidate) => candidate.id === id);
if (target === undefined) {
  throw new RangeError(`no target ${id}`);
}
coverage.forget();
const progress = await fuzz(target, {
  seed,
  runs,
  millis,
  coverage,
  guided,
  before: (input) => shared.begin(input),
  after: (now) => shared.report(now),
  found: (finding: Finding) => parentPort?.postMessage(finding),
});
shared.report(progress);
coverage.close();
