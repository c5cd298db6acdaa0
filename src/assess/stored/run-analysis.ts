import { writeSync } from 'node:fs';
import { Readable } from 'node:stream';
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
import { layerIdOf } from '../layer-id.ts';
import { fitting } from './fitting.ts';
import { WHOLE_VERSION, type WholeInventory } from './inventory-schema.ts';
import { bounded, listedIn } from './listed.ts';
import type { AnalysisRequest, AnalysisResult } from './protocol.ts';
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

function resultOf(image: Image, read: ImageInventory, version: string): AnalysisResult {
  const { inventory, sound } = read;
  const { problems } = image;
  const unknowns = inventory.unknowns.slice(problems.length);
  const listed = listedIn(inventory.packages, unknowns);
  const only = sound && problems.length === 0 ? null : [image.digest, digestOf(JSON.stringify(listed))];
  const layerSet = layerSetOf(image, version, only);
  const whole = wholeOf(read, unknowns);
  return fitting({ kind: 'inventory', layerSet, ...listed, problems: bounded(problems), whole });
}

/** The layers' part of it: how it was read, and what is wrong with this image, is not. */
function wholeOf({ inventory, layers }: ImageInventory, unknowns: readonly Unknown[]): WholeInventory {
  const { content: _content, ...rest } = inventory;
  return { inventory: { ...rest, unknowns }, layers: layers.map(layerIdOf) };
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
    whole: WHOLE_VERSION,
    only,
  };
  return digestOf(canonicalJson(key));
}

function neverAsked(): never {
  throw new Error('the worker went away before it asked for anything');
}

function writeOut(bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) {
    at += writeSync(OUTBOX, bytes, at);
  }
}
