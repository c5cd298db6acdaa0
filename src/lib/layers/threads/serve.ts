import { parentPort, workerData } from 'node:worker_threads';
import { messageOf } from '#base/error.ts';
import type { Analyser } from '#model/analyser.ts';
import type { Layer } from '#model/image.ts';
import { toOwnFailure } from '../inflate/protocol.ts';
import { Ring, type RingMemory } from '../inflate/ring.ts';
import { walkHere } from '../walk/walk-layer.ts';
import { END, INPUT, type SentWalk, type ThreadAnswer, type ThreadJob } from './protocol.ts';

/** Those with these ids, among others. */
export type LoadAnalysers = (ids: readonly string[]) => Promise<readonly Analyser[]>;

/** What an analysis thread does from its start to its end: walks through one layer after the other, all by itself. */
export function serveLayers(load: LoadAnalysers): void {
  const ring = new Ring(INPUT, workerData as RingMemory);
  parentPort?.on('message', (job: ThreadJob) => {
    void answer(ring, load, job).then((reply) => parentPort?.postMessage(reply));
  });
}

async function answer(ring: Ring, load: LoadAnalysers, job: ThreadJob): Promise<ThreadAnswer> {
  try {
    return { kind: 'walk', walk: await walk(ring, load, job) };
  } catch (error) {
    return { kind: 'fault', message: messageOf(error) };
  }
}

async function walk(ring: Ring, load: LoadAnalysers, job: ThreadJob): Promise<SentWalk> {
  const known = await load(job.analysers);
  const analysers = job.analysers.map((id) => known.find((analyser) => analyser.id === id));
  if (analysers.includes(undefined)) {
    throw new Error(`expected the analysers ${job.analysers.join(', ')} in the thread, found others`);
  }
  const request = {
    kind: 'wanted',
    analysers: analysers.filter((analyser) => analyser !== undefined),
    withTable: job.withTable,
  } as const;
  const { table, results, actual, failure } = await walkHere(layerOf(ring, job), request, { integrity: 'report' });
  const { table: entries, ...deletions } = table;
  return {
    ...deletions,
    columns: entries.columns,
    facts: job.analysers.map((id) => results.ofAnalyser(id)),
    internal: job.analysers.filter((id) => results.failedInternally(id)),
    actual: actual === null ? null : { tar: actual.tar, ended: actual.ended },
    failure: failure === null ? null : toOwnFailure(failure),
  };
}

/** As a small layer, which is decompressed where it is read. What is stored is hashed by whoever sends it. */
function layerOf(ring: Ring, { diffId }: ThreadJob): Layer {
  const open = (): AsyncIterable<Uint8Array> => stored(ring);
  const content = { kind: 'tar', open } as const;
  return { index: 0, diffId, digest: null, size: 0, mediaType: null, createdBy: null, content };
}

// oxlint-disable-next-line typescript/require-await -- the thread has nothing else to do while it waits
async function* stored(ring: Ring): AsyncGenerator<Uint8Array> {
  for (let passed = ring.nextPassedSync(); passed.kind !== END; passed = ring.nextPassedSync()) {
    yield passed.bytes;
    ring.release();
  }
  ring.release();
}
