import { resolve } from 'node:path';
import type { Digest } from '#base/digest.ts';
import { AppError, quote } from '#base/error.ts';
import { LIMITS } from '#base/limits.ts';
import { loadIsolation } from '#lib/layers/index.ts';
import { MAX_INVENTORY_CONTENT_BYTES } from '#model/platform/inventory-record.ts';
import type { FactsStore } from '#model/ports.ts';
import type { Unknown } from '#model/unknown.ts';
import type { AnalysisProgram } from '../isolation/command.ts';
import { startProcess } from '../isolation/start-process.ts';
import { packInventory } from './kept-inventory.ts';
import { listedIn } from './listed.ts';
import type { AnalysisResult } from './protocol.ts';
import { type Ended, Session } from './session.ts';

const ROOT = resolve(import.meta.dirname, '../../..');

/** What puts an image together out of what other processes found in its layers. */
const ANALYSIS: AnalysisProgram = {
  entry: resolve(import.meta.dirname, 'child.ts'),
  readable: ['package.json', 'src', 'node_modules'].map((path) => resolve(ROOT, path)),
};

/** Whoever dies more often does so because of the image. */
const ATTEMPTS = 2;
const DEADLINE_SECONDS = 60 * 60;
const PROCESSES = 2;
/** Of what a process wrote to standard error, what goes into a message. */
const ERROR_CHARS = 400;

export type StoredAnalysisCode =
  /** Processes that read layers cannot be started now: it may be tried again. */
  'ANALYSIS_UNAVAILABLE';

class StoredAnalysisError extends AppError<StoredAnalysisCode> {}

/** An image in a store of ours. */
export interface StoredImage {
  /** `team/app@sha256:…`, for messages. */
  readonly reference: string;
  readonly digest: Digest;
  readonly mediaType: string;
  readonly manifest: Uint8Array;
  /** What can be read of its config and layers. */
  readonly blobs: readonly { readonly digest: Digest; readonly size: number }[];
  /** The bytes of one of these; null when they are gone. */
  readonly open: (digest: string, signal: AbortSignal) => Promise<AsyncIterable<Uint8Array> | null>;
}

export interface AnalyseStoredOptions {
  readonly facts: FactsStore;
  /** Of this program. */
  readonly version: string;
  readonly signal: AbortSignal;
  /** Of each process; `LIMITS.analysisMemoryBytes` when not given. */
  readonly memoryBytes?: number;
  readonly deadlineSeconds?: number;
  /** Another one than ours, in tests. */
  readonly program?: AnalysisProgram;
}

export type StoredAnalysis =
  | {
      readonly kind: 'inventory';
      readonly layerSet: Digest;
      /** Package URLs, sorted, each once. */
      readonly packages: readonly string[];
      readonly unknowns: readonly Unknown[];
      /** Unknowns of this image, as against its layers. */
      readonly problems: readonly Unknown[];
      /** The whole inventory, as `packInventory` keeps it; null where it is too large, and then one of `problems` says so. */
      readonly content: Uint8Array | null;
    }
  | { readonly kind: 'artifact' }
  /** It could not be read, or what reads it dies of it. */
  | { readonly kind: 'unknown'; readonly reason: string };

/**
 * The inventory of a stored image. Nothing of it is looked at in this process: one process puts the image together, each layer is read by one of its own;
 * none of them may read files besides the program's, write, reach the network or start anything. A process that dies is started once more, and
 * then the image is an unknown. Throws what the store throws, and `ANALYSIS_UNAVAILABLE`.
 */
export async function analyseStored(image: StoredImage, options: AnalyseStoredOptions): Promise<StoredAnalysis> {
  let reason = '';
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    options.signal.throwIfAborted();
    const ended = await analyseOnce(image, options);
    if (ended.kind === 'result') {
      return await analysisOf(ended.result);
    }
    reason = await wordsFor(ended);
  }
  return { kind: 'unknown', reason };
}

async function analyseOnce(image: StoredImage, options: AnalyseStoredOptions): Promise<Ended> {
  const { facts, version, signal, deadlineSeconds = DEADLINE_SECONDS } = options;
  const memoryBytes = options.memoryBytes ?? LIMITS.analysisMemoryBytes;
  const program = options.program ?? ANALYSIS;
  const process = startProcess({ program, folder: null, memoryBytes, isBackground: true });
  const request = {
    reference: image.reference,
    digest: image.digest,
    mediaType: image.mediaType,
    manifest: Buffer.from(image.manifest).toString('base64'),
    blobs: image.blobs.map(({ digest, size }) => [digest, size] as const),
    version,
    processes: PROCESSES,
  };
  const session = new Session(process, request, { facts, open: image.open, memoryBytes });
  const dismiss = (): void => process.stop({ kind: 'dismissed' });
  const timer = setTimeout(() => process.stop({ kind: 'deadline', seconds: deadlineSeconds }), deadlineSeconds * 1000);
  signal.addEventListener('abort', dismiss);
  try {
    const ended = await session.run();
    signal.throwIfAborted();
    if (session.storeFailure !== null) {
      throw session.storeFailure;
    }
    if (ended.kind === 'died' && !session.isReady) {
      throw unavailable(`${await wordsFor(ended)} ${quote(ended.errors, ERROR_CHARS)}`);
    }
    return ended;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', dismiss);
  }
}

async function analysisOf(result: AnalysisResult): Promise<StoredAnalysis> {
  switch (result.kind) {
    case 'unavailable':
      throw unavailable(result.reason);
    case 'failed':
      return { kind: 'unknown', reason: result.reason };
    case 'artifact':
      return result;
    case 'inventory': {
      const { kind, layerSet, problems, whole } = result;
      if (whole === null) {
        const { packages, unknowns } = result;
        return { kind, layerSet, packages, unknowns, problems, content: null };
      }
      // What it is found by is what it holds, whatever the process says.
      const listed = listedIn(whole.inventory.packages, whole.inventory.unknowns);
      const content = await packInventory(whole);
      const isKept = content !== null && content.length <= MAX_INVENTORY_CONTENT_BYTES;
      return isKept
        ? { kind, layerSet, ...listed, problems, content }
        : { kind, layerSet, ...listed, problems: [...problems, tooLarge(content?.length ?? null)], content: null };
    }
  }
}

function tooLarge(length: number | null): Unknown {
  const reason = `expected an inventory that is kept in ${MAX_INVENTORY_CONTENT_BYTES} bytes, found one of ${length ?? 'too many'}: it is kept by the names of its packages alone`;
  return { kind: 'unreadable', path: null, layer: null, analyser: 'inventory', reason };
}

async function wordsFor({ cause }: Extract<Ended, { readonly kind: 'died' }>): Promise<string> {
  const { wordsOf } = await loadIsolation();
  return wordsOf(cause);
}

function unavailable(found: string): StoredAnalysisError {
  const expected = 'a process that is ready';
  return new StoredAnalysisError('ANALYSIS_UNAVAILABLE', 'cannot be started', {
    object: 'the analysis process',
    expected,
    found,
  });
}
