import type { Fields } from '../../attestations/fields.ts';
import { decodeBase64 } from '../../encoding/base64.ts';
import type { InclusionProof, LogEntry } from '../../signed.ts';
import { bytes, messages, optionalBytes, unsigned } from './proto-json.ts';

/** More than a tree of 2^63 leaves needs. */
const MAX_HASHES = 64;

/** The entries of `tlogEntries` (sigstore_rekor.proto, TransparencyLogEntry). */
export function readLogEntries(material: Fields, object: string): readonly LogEntry[] {
  return messages(material, 'tlogEntries', object).map((entry, index) =>
    readLogEntry(entry, `log entry ${index + 1} of ${object}`),
  );
}

/** One `TransparencyLogEntry`. Throws `ENVELOPE_INVALID` or the code of `entry`, and `BASE64_INVALID`. */
export function readLogEntry(entry: Fields, object: string): LogEntry {
  entry.only([
    'logIndex',
    'logId',
    'kindVersion',
    'integratedTime',
    'inclusionPromise',
    'inclusionProof',
    'canonicalizedBody',
  ]);
  const logId = entry.fields('logId');
  logId.only(['keyId']);
  const kindVersion = entry.optionalFields('kindVersion');
  kindVersion?.only(['kind', 'version']);
  const promise = entry.optionalFields('inclusionPromise');
  promise?.only(['signedEntryTimestamp']);
  const proof = entry.optionalFields('inclusionProof');
  const seconds = unsigned(entry, 'integratedTime');
  return {
    kindVersion: kindVersion === null ? null : { kind: kindVersion.text('kind'), version: kindVersion.text('version') },
    logId: bytes(logId, 'keyId', object),
    logIndex: unsigned(entry, 'logIndex'),
    integratedTime: seconds === 0n ? null : milliseconds(entry, seconds),
    canonicalizedBody: bytes(entry, 'canonicalizedBody', object),
    inclusionPromise: promise === null ? null : optionalBytes(promise, 'signedEntryTimestamp', object),
    inclusionProof: proof === null ? null : readProof(proof, object),
  };
}

function readProof(proof: Fields, object: string): InclusionProof {
  proof.only(['logIndex', 'rootHash', 'treeSize', 'hashes', 'checkpoint']);
  const checkpoint = proof.optionalFields('checkpoint');
  checkpoint?.only(['envelope']);
  const hashes = proof.optionalTexts('hashes');
  if (hashes.length > MAX_HASHES) {
    throw proof.invalid('hashes', `at most ${MAX_HASHES} hashes`, `${hashes.length}`);
  }
  return {
    logIndex: unsigned(proof, 'logIndex'),
    treeSize: unsigned(proof, 'treeSize'),
    rootHash: bytes(proof, 'rootHash', object),
    hashes: hashes.map((hash) => decodeBase64(hash, `hashes of ${object}`)),
    checkpoint: checkpoint?.optionalText('envelope') ?? null,
  };
}

function milliseconds(entry: Fields, seconds: bigint): number {
  const time = Number(seconds) * 1000;
  if (!Number.isSafeInteger(time)) {
    throw entry.invalid('integratedTime', 'seconds since 1970', `${seconds}`);
  }
  return time;
}
