import { writeSync } from 'node:fs';
import { Readable } from 'node:stream';
import { compareText } from '#base/compare.ts';
import { type Digest, digestOf, parseDigest } from '#base/digest.ts';
import { isAppError } from '#base/error.ts';
import { canonicalJson } from '#base/json/canonical.ts';
import { LIMITS } from '#base/limits.ts';
import { silentLog } from '#base/log.ts';
import { type ContentSource, openStoredImage } from '#lib/oci/index.ts';
import { CATALOGERS_IDENTITY } from '#lib/packages/index.ts';
import type { Image } from '#model/image.ts';
import type { Unknown } from '#model/unknown.ts';
import { type ImageInventory, inventoryOfImage } from '../image-inventory.ts';
import { createLayerProcesses } from '../isolation/index.ts';
import { removeSignals } from '../isolation/run-process.ts';
import { type AnalysisRequest, type AnalysisResult, MOST_LISTED } from './protocol.ts';
import { WorkerLink } from './worker-link.ts';

/** The pipe to the worker; all that the process may write to. */
const OUTBOX = 3;

/** What the process of one image does from its start to its end. */
export async function runAnalysis(): Promise<void> {
  removeSignals();
  const link = new WorkerLink(writeOut);
  link.ready();
  const listening = link.listen(process.stdin);
  link.finish(await analyse(await Promise.race([link.request, listening.then(neverAsked)]), link));
  process.exit(0);
}

async function analyse(request: AnalysisRequest, link: WorkerLink): Promise<AnalysisResult> {
  const { signal } = new AbortController();
  const { processes: count, version } = request;
  const patience = LIMITS.analysisBackgroundStallSeconds;
  const times = { stallSeconds: patience, startSeconds: patience };
  const processes = createLayerProcesses({ processes: count, start: () => link.start(), ...times });
  try {
    const digest = parseDigest(request.digest, 'manifest');
    const content = contentOf(request, link);
    const size = Buffer.from(request.manifest, 'base64').length;
    const image = await openStoredImage(content, { ...request, digest, size }, signal);
    const read = await inventoryOfImage(image, {
      facts: {
        get: async (key) => await link.get(key),
        put: (key, bytes) => Promise.resolve(link.put(key, bytes)),
      },
      version,
      integrity: 'report',
      reader: processes.read,
      lockFiles: false,
      signal,
      log: silentLog,
      progress: () => undefined,
    });
    return resultOf(image, read, version);
  } catch (error) {
    if (!isAppError(error)) {
      throw error;
    }
    if (error.code === 'NOT_AN_IMAGE') {
      return { kind: 'artifact' };
    }
    return { kind: error.code === 'ANALYSIS_PROCESS_FAILED' ? 'unavailable' : 'failed', reason: error.message };
  }
}

/** What the worker said that there is; nothing else can be asked for. */
function contentOf({ reference, digest: own, manifest, blobs }: AnalysisRequest, link: WorkerLink): ContentSource {
  const bytes = Buffer.from(manifest, 'base64');
  const sizes = new Map(blobs);
  return {
    object: reference,
    manifest: ({ digest }) =>
      Promise.resolve(digest === own ? { size: bytes.length, open: () => Readable.from([bytes]) } : null),
    blob: ({ digest }) => {
      const size = sizes.get(digest);
      return Promise.resolve(size === undefined ? null : { size, open: () => link.read(digest) });
    },
    close: () => Promise.resolve(),
  };
}

function resultOf(image: Image, { inventory, sound }: ImageInventory, version: string): AnalysisResult {
  const { problems } = image;
  const purls = new Set(inventory.packages.map(({ purl }) => purl));
  const unknowns = inventory.unknowns.slice(problems.length);
  const more = purls.size > MOST_LISTED ? [left('packages', purls.size)] : [];
  const listed = {
    packages: [...purls].toSorted(compareText).slice(0, MOST_LISTED),
    unknowns: bounded([...more, ...unknowns]),
  };
  const only = sound && problems.length === 0 ? null : [image.digest, digestOf(JSON.stringify(listed))];
  return { kind: 'inventory', layerSet: layerSetOf(image, version, only), ...listed, problems: bounded(problems) };
}

/**
 * By what is stored and not by diffIDs alone: those are what an image says of itself. What another reading need not give again counts for
 * `only` this one.
 */
function layerSetOf({ layers }: Image, version: string, only: readonly (string | null)[] | null): Digest {
  const key = {
    layers: layers.map((layer) => [layer.digest, layer.diffId]),
    catalogers: CATALOGERS_IDENTITY,
    program: version,
    only,
  };
  return digestOf(canonicalJson(key));
}

function bounded(unknowns: readonly Unknown[]): Unknown[] {
  const kept = unknowns.slice(0, MOST_LISTED);
  return unknowns.length > MOST_LISTED ? [...kept, left('unknowns', unknowns.length)] : kept;
}

function left(what: string, found: number): Unknown {
  const reason = `expected at most ${MOST_LISTED} ${what}, found ${found}: the rest is left out`;
  return { kind: 'unreadable', path: null, layer: null, analyser: 'inventory', reason };
}

function neverAsked(): never {
  throw new Error('the worker went away before it asked for anything');
}

function writeOut(bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) {
    at += writeSync(OUTBOX, bytes, at);
  }
}
