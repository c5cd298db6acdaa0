import type { Artifact } from '#model/artifact.ts';
import { TrustError } from '../error.ts';
import type { EvidenceFormat } from '../formats/format.ts';
import type { Signer, SignOptions } from './options.ts';
import { assertSignedBy } from './read-back.ts';
import type { LogRequest, TimestampAuthority, Witnesses } from './witness.ts';

/** What the witnesses answered, in the order in which they were asked. */
export interface Testimony {
  /** DER, TimeStampResp. */
  readonly timestamps: readonly Uint8Array[];
  /** As `tlogEntries` of a bundle has them. */
  readonly logEntries: readonly object[];
}

/** A signature that was made, and how an artifact comes about around it. */
export interface Signing {
  readonly format: EvidenceFormat;
  /** What timestamps are asked for, and how it is hashed. */
  readonly timestamped: Uint8Array;
  readonly hash: Parameters<TimestampAuthority['timestamp']>[1];
  /** Null where the format has no place for log entries. */
  readonly log: LogRequest | null;
  build(testimony: Testimony): Artifact;
}

export const NOBODY: Witnesses = { timestamps: [], logs: [] };

/**
 * Has the witnesses see a signature, and builds the artifact with what they say. It is read back before anybody is asked,
 * since nothing can be taken out of a log again, and once more as a whole. What fails on the way, be it one witness of
 * many, leaves nothing to attach. Throws `SIGNED_WRONGLY`, and what the witnesses throw.
 */
export async function witnessed(signing: Signing, signer: Signer, options: SignOptions): Promise<Artifact> {
  const { format, timestamped, hash, log: request } = signing;
  const bare = signing.build({ timestamps: [], logEntries: [] });
  assertSignedBy(bare, format, signer, { stage: 'bare', now: options.now });
  const witnesses = options.witnesses ?? NOBODY;
  const timestamps: Uint8Array[] = [];
  for (const authority of witnesses.timestamps) {
    timestamps.push(await authority.timestamp(timestamped, hash, options.signal));
  }
  const logEntries: object[] = [];
  if (request !== null) {
    for (const log of witnesses.logs) {
      logEntries.push(await log.enter(request, options.signal));
    }
  }
  const artifact = signing.build({ timestamps, logEntries });
  assertSignedBy(artifact, format, signer, {
    now: options.now,
    stage: 'witnessed',
    witnesses,
    root: options.root ?? null,
  });
  return artifact;
}

/** That a format can hold what so many witnesses say. Throws `WITNESS_UNSUPPORTED`. */
export function assertPlaces(
  { witnesses = NOBODY }: SignOptions,
  places: { readonly format: string; readonly timestamps: number; readonly logs: number },
): void {
  const { timestamps, logs } = witnesses;
  if (timestamps.length > places.timestamps || logs.length > places.logs) {
    throw new TrustError('WITNESS_UNSUPPORTED', 'no place for what the witnesses say', {
      object: places.format,
      expected: `at most ${counted(places.timestamps, places.logs)}`,
      found: counted(timestamps.length, logs.length),
      hint: 'A Sigstore bundle has room for all of them.',
    });
  }
}

function counted(timestamps: number, logs: number): string {
  return `${timestamps} timestamps and ${logs} log entries`;
}
