import { z } from 'zod';
import { type Digest, isDigest } from '#base/digest.ts';
import type { FactsKey } from '#model/ports.ts';
import type { Unknown } from '#model/unknown.ts';
import { UNKNOWN, WHOLE_INVENTORY, type WholeInventory } from './inventory-schema.ts';

/*
 * Messages between a worker and the process that puts the inventory of an image together. Frames as of layer processes; of those
 * with bytes the first four are the number of the stream that they belong to.
 */

/** To the process. */
export const TO_ANALYSIS = { image: 0x21, data: 0x22, end: 0x23, taken: 0x24 } as const;
/** From the process. */
export const FROM_ANALYSIS = { ready: 0x30, ask: 0x31, keep: 0x32, write: 0x33, result: 0x34 } as const;

const KiB = 1024;
const MiB = 1024 * KiB;

/** Bytes of a stream in one message. */
export const CHUNK_BYTES = MiB;
/** Chunks of a blob that are on their way before the process has to ask for more. */
export const WINDOW = 4;
/** Of one fact that is kept; a larger one is read again next time. */
export const KEPT_BYTES = 64 * MiB;
/** Unknowns and packages of one image; what is more is one unknown that says so. */
export const MOST_LISTED = 200_000;
/** Of a result, as text and about as much in memory. A whole inventory that is larger is left out of it. */
export const RESULT_BYTES = 128 * MiB;
export const RESULT_DEPTH = 8;

export const TO_ANALYSIS_LIMITS: ReadonlyMap<number, number> = new Map([
  [TO_ANALYSIS.image, 16 * MiB],
  [TO_ANALYSIS.data, CHUNK_BYTES + 4],
  [TO_ANALYSIS.end, 64 * KiB],
  [TO_ANALYSIS.taken, 4],
]);

export const FROM_ANALYSIS_LIMITS: ReadonlyMap<number, number> = new Map([
  [FROM_ANALYSIS.ready, 0],
  [FROM_ANALYSIS.ask, 64 * KiB],
  [FROM_ANALYSIS.keep, KEPT_BYTES + 64 * KiB],
  [FROM_ANALYSIS.write, CHUNK_BYTES + 64],
  [FROM_ANALYSIS.result, RESULT_BYTES],
]);

const digest = z.string().refine(isDigest);
const text = z.string();
const id = z.int().min(0).max(0xffff_ffff);

/** What an image is read from. The worker is trusted: it is its own program. */
export interface AnalysisRequest {
  readonly reference: string;
  readonly digest: string;
  readonly mediaType: string;
  /** Base64. */
  readonly manifest: string;
  /** Those that can be read, with their sizes. */
  readonly blobs: readonly (readonly [digest: string, size: number])[];
  /** Of this program. */
  readonly version: string;
  /** Layers that are read at the same time. */
  readonly processes: number;
}

/** Of `FactsKey`. */
export const KEY = z.strictObject({
  diffId: digest,
  analyser: text.max(200),
  version: z.int(),
  configuration: text,
}) satisfies z.ZodType<FactsKey>;

const CAUSE = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('memory'), bytes: z.number() }),
  z.strictObject({ kind: z.literal('stall'), seconds: z.number() }),
  z.strictObject({ kind: z.literal('deadline'), seconds: z.number() }),
  z.strictObject({ kind: z.literal('protocol'), problem: text }),
  z.strictObject({ kind: z.literal('uncaught'), message: text }),
  z.strictObject({ kind: z.literal('signal'), signal: text }),
  z.strictObject({ kind: z.literal('exit'), code: z.number() }),
  z.strictObject({ kind: z.literal('dismissed') }),
]);

/** What the process may ask for: a blob of the image, more of it, a fact that is kept, a process for a layer. */
export const ASK = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('read'), id, digest }),
  z.strictObject({ kind: z.literal('more'), id }),
  z.strictObject({ kind: z.literal('leave'), id }),
  z.strictObject({ kind: z.literal('get'), id, key: KEY }),
  z.strictObject({ kind: z.literal('start'), id }),
  z.strictObject({ kind: z.literal('stop'), id, cause: CAUSE }),
]);
export type Ask = z.infer<typeof ASK>;

/** What it says in the end. */
export const RESULT = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('inventory'),
    layerSet: digest,
    packages: z.array(text).max(MOST_LISTED + 1),
    /** Of the layers. */
    unknowns: z.array(UNKNOWN).max(MOST_LISTED + 1),
    /** Of this image besides. */
    problems: z.array(UNKNOWN).max(MOST_LISTED + 1),
    /** All that is known of the layers; null when that is too much. */
    whole: WHOLE_INVENTORY.nullable(),
  }),
  /** It cannot be run: there is nothing to list. */
  z.strictObject({ kind: z.literal('artifact') }),
  z.strictObject({ kind: z.literal('failed'), reason: text }),
  /** No process could be started for a layer: no fault of the image. */
  z.strictObject({ kind: z.literal('unavailable'), reason: text }),
]);
export type AnalysisResult = Exclude<z.infer<typeof RESULT>, { readonly kind: 'inventory' }> | InventoryResult;

export interface InventoryResult {
  readonly kind: 'inventory';
  readonly layerSet: Digest;
  readonly packages: readonly string[];
  readonly unknowns: readonly Unknown[];
  readonly problems: readonly Unknown[];
  readonly whole: WholeInventory | null;
}

/** How a stream ended. */
export interface StreamEnd {
  /** Of a blob or a fact: null at its end, else why there is no more. Of a process absent. */
  readonly problem?: string | null;
  /** Of a process: a `StopCause`, and what it wrote to standard error. */
  readonly cause?: z.infer<typeof CAUSE>;
  readonly errors?: string;
}

/** The payload of a message that belongs to a stream. */
export function withId(stream: number, bytes: Uint8Array): Buffer {
  const payload = Buffer.allocUnsafe(4 + bytes.length);
  payload.writeUInt32LE(stream, 0);
  payload.set(bytes, 4);
  return payload;
}
