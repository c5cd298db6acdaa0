import type { Digest } from '#base/digest.ts';
import { LIMITS, LimitError } from '#base/limits.ts';
import { type LayersCode, LayersError } from '../error.ts';
import { digest, flag, indexBelow, list, normalPath, nullable, object, optional, text } from './shapes.ts';

/** Raised with every change of the messages; parent and process come from the same program, so another one is a fault. */
export const PROTOCOL = 1;

/** Messages to the process: one job, the layer's bytes as stored, their end. */
export const TO_PROCESS = { job: 0x11, bytes: 0x12, end: 0x13 } as const;

/**
 * Messages from the process. `enter` and `leave` surround every call of an analyser, so that the parent knows who was at
 * work when the process ends. `progress` is for folders only: how much is read of a stream, the parent sees.
 */
export const FROM_PROCESS = {
  ready: 0x01,
  enter: 0x02,
  leave: 0x03,
  table: 0x04,
  facts: 0x05,
  done: 0x06,
  failed: 0x07,
  progress: 0x08,
} as const;

/** Large pieces are sent as several messages of this size. */
export const PIECE_BYTES = 1024 * 1024;
/** One file's facts at least fit into one message. */
export const FACTS_BYTES = 2 * LIMITS.layerFactBytes;
const JSON_BYTES = 64 * 1024;
const MARK_BYTES = 8 * LIMITS.pathBytes;

export const TO_PROCESS_LIMITS: ReadonlyMap<number, number> = new Map([
  [TO_PROCESS.job, LIMITS.imageFactBytes],
  [TO_PROCESS.bytes, PIECE_BYTES],
  [TO_PROCESS.end, 0],
]);

export const FROM_PROCESS_LIMITS: ReadonlyMap<number, number> = new Map([
  [FROM_PROCESS.ready, JSON_BYTES],
  [FROM_PROCESS.enter, MARK_BYTES],
  [FROM_PROCESS.leave, 0],
  [FROM_PROCESS.table, PIECE_BYTES],
  [FROM_PROCESS.facts, FACTS_BYTES],
  [FROM_PROCESS.done, JSON_BYTES],
  [FROM_PROCESS.failed, JSON_BYTES],
  [FROM_PROCESS.progress, JSON_BYTES],
]);

/** One file of a layer that one analyser is to see, by its index in the job, under the path it is told. */
export interface Visit {
  readonly analyser: number;
  readonly file: string;
  readonly path: string;
}

/** What the process is to read: plain data, told by the parent, which it trusts. */
export interface Job {
  readonly diffId: Digest | null;
  readonly digest: Digest | null;
  /** A folder on this machine that the process may read; null when the bytes are sent. */
  readonly folder: string | null;
  /** By id and version, so that both sides mean the same. */
  readonly analysers: readonly { readonly id: string; readonly version: number }[];
  readonly withTable: boolean;
  /** Null for every file that an analyser wants. */
  readonly listed: readonly Visit[] | null;
  /** What ended the process before, and analysers that did so more than once. */
  readonly skip: readonly Visit[];
  readonly without: readonly number[];
  /** Says even which path an analyser is asked about: costs a message per file and analyser. */
  readonly careful: boolean;
}

/** What one message of facts belongs to: an analyser of the job, and in a late reading the index of the listed visit. */
export interface FactsHead {
  readonly analyser: number;
  readonly visit: number | null;
}

/** The end of a job. */
export interface Done {
  readonly actual: { readonly tar: Digest; readonly ended: boolean } | null;
  readonly failure: SentError | null;
  /** Analysers that failed in a way that another run may not repeat. */
  readonly internal: readonly number[];
}

/** An error that nobody caught, and the visit that it came from, where that is known. */
export interface Failed {
  readonly visit: Visit | null;
  readonly message: string;
}

/** One of our errors on its way, in its parts. */
export interface SentError {
  readonly code: string;
  readonly problem: string;
  readonly object?: string;
  readonly expected?: string;
  readonly found?: string;
}

const CODES: Readonly<Record<LayersCode, true>> = {
  LAYER_CORRUPT: true,
  LAYER_MISSING: true,
  COMPRESSION_UNSUPPORTED: true,
  DIGEST_MISMATCH: true,
  DIFF_ID_MISMATCH: true,
  TAR_MALFORMED: true,
};

/** Bytes that were read of a folder. */
export function isProgress(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

export function isReady(value: unknown): boolean {
  return value === PROTOCOL;
}

/** Checks of what the process sends about a job of so many analysers. */
export function isDone(analysers: number): (value: unknown) => value is Done {
  const is = object<Done>({
    actual: nullable(object<NonNullable<Done['actual']>>({ tar: digest, ended: flag })),
    failure: nullable(
      object<SentError>({
        code: (value) => value === 'LIMIT_EXCEEDED' || isLayersCode(value),
        problem: text,
        object: optional(text),
        expected: optional(text),
        found: optional(text),
      }),
    ),
    internal: list(indexBelow(analysers)),
  });
  return (value): value is Done => is(value);
}

export function isFailed(analysers: number): (value: unknown) => value is Failed {
  const visit = object<Visit>({ analyser: indexBelow(analysers), file: normalPath, path: normalPath });
  const is = object<Failed>({ visit: nullable(visit), message: text });
  return (value): value is Failed => is(value);
}

function isLayersCode(code: unknown): code is LayersCode {
  return typeof code === 'string' && Object.hasOwn(CODES, code);
}

/** `enter` without JSON, since there is one for every file that is read: index, file, NUL, and the path told if it is another. */
export function encodeVisit({ analyser, file, path }: Visit): string {
  return `${String.fromCharCode(analyser)}${file}${path === file ? '' : `\0${path}`}`;
}

/** Null for what names no analyser of the job. The paths are what the process says, and only ever compared or shown. */
export function decodeVisit(payload: Buffer, analysers: number): Visit | null {
  const analyser = payload[0];
  if (analyser === undefined || analyser >= analysers) {
    return null;
  }
  const [file = '', path = file] = payload.toString('utf8', 1).split('\0');
  return { analyser, file, path };
}

/** Only errors that a layer can cause; anything else is a fault of the program and ends the process. */
export function toSentError(error: LayersError | LimitError): SentError {
  const { code, problem, object: about, expected, found } = error;
  return {
    code,
    problem,
    ...(about === undefined ? {} : { object: about }),
    ...(expected === undefined ? {} : { expected }),
    ...(found === undefined ? {} : { found }),
  };
}

/** The same error on this side. */
export function fromSentError({ code, problem, ...detail }: SentError): LayersError | LimitError {
  return isLayersCode(code)
    ? new LayersError(code, problem, detail)
    : new LimitError('LIMIT_EXCEEDED', problem, detail);
}
