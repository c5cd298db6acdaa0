import { quote } from '#base/error.ts';
import { parseStrictJson } from '#base/json/strict.ts';
import { LIMITS, limitExceeded } from '#base/limits.ts';
import { describe, Fields } from '../attestations/fields.ts';
import { decodeBase64 } from '../encoding/base64.ts';
import { parsePemBlocks } from '../encoding/pem.ts';
import type { LogEntry, SigstoreSignature } from '../signed.ts';

/** Names of the annotations as cosign writes them; the prose of its specification has other ones for the certificates. */
export const ANNOTATION = {
  signature: 'dev.cosignproject.cosign/signature',
  certificate: 'dev.sigstore.cosign/certificate',
  chain: 'dev.sigstore.cosign/chain',
  bundle: 'dev.sigstore.cosign/bundle',
  timestamp: 'dev.sigstore.cosign/rfc3161timestamp',
} as const;

type Annotations = ReadonlyMap<string, string>;
export type CosignMaterial = Pick<SigstoreSignature, 'certificates' | 'timestamps' | 'logEntries' | 'logEvidence'>;

/**
 * What cosign keeps beside a payload, in the annotations of its layer (sigstore/cosign specs/SIGNATURE_SPEC.md): certificate
 * and chain in PEM, the log's promise, a timestamp. An empty annotation is the same as none, as old versions wrote them.
 * Throws `ENVELOPE_INVALID`, `PEM_INVALID`, `BASE64_INVALID`, `JSON_…`, `LIMIT_EXCEEDED`.
 */
export function readCosignAnnotations(annotations: Annotations, object: string): CosignMaterial {
  return {
    certificates: readCertificates(annotations, object),
    logEntries: readLogEntry(annotations, `annotation ${ANNOTATION.bundle} of ${object}`),
    timestamps: readTimestamp(annotations, `annotation ${ANNOTATION.timestamp} of ${object}`),
    logEvidence: 'promise',
  };
}

function readCertificates(annotations: Annotations, object: string): readonly Uint8Array[] {
  const leafObject = `annotation ${ANNOTATION.certificate} of ${object}`;
  const leafText = present(annotations, ANNOTATION.certificate);
  if (leafText === null) {
    return [];
  }
  const leaf = parsePemBlocks(leafText, 'CERTIFICATE', leafObject);
  const chainText = present(annotations, ANNOTATION.chain);
  const chain =
    chainText === null ? [] : parsePemBlocks(chainText, 'CERTIFICATE', `annotation ${ANNOTATION.chain} of ${object}`);
  if (leaf.length + chain.length > LIMITS.verificationMaterial) {
    throw limitExceeded(object, LIMITS.verificationMaterial, 'certificates', leaf.length + chain.length);
  }
  return [...leaf, ...chain];
}

/** `{SignedEntryTimestamp, Payload: {body, integratedTime, logIndex, logID}}`: an answer of Rekor v1, kept. */
function readLogEntry(annotations: Annotations, object: string): readonly LogEntry[] {
  const text = present(annotations, ANNOTATION.bundle);
  if (text === null) {
    return [];
  }
  const bundle = Fields.of(parseStrictJson(text, object), object, 'ENVELOPE_INVALID');
  const payload = bundle.fields('Payload');
  const logId = payload.text('logID');
  if (!/^[0-9a-f]{64}$/.test(logId)) {
    throw payload.invalid('logID', '64 lower-case hex digits', quote(logId, 80));
  }
  return [
    {
      kindVersion: null,
      logId: Buffer.from(logId, 'hex'),
      logIndex: BigInt(counted(payload, 'logIndex')),
      integratedTime: counted(payload, 'integratedTime') * 1000,
      canonicalizedBody: decodeBase64(payload.text('body'), `body of ${object}`),
      inclusionPromise: decodeBase64(bundle.text('SignedEntryTimestamp'), `SignedEntryTimestamp of ${object}`),
      inclusionProof: null,
    },
  ];
}

/** A whole number that is not negative and, taken as seconds, still exact in milliseconds. */
function counted(payload: Fields, name: string): number {
  const value = payload.value(name);
  if (typeof value !== 'number' || !Number.isSafeInteger(value * 1000) || !Number.isInteger(value) || value < 0) {
    throw payload.invalid(name, 'a whole number, not negative', describe(value));
  }
  return value;
}

function readTimestamp(annotations: Annotations, object: string): readonly Uint8Array[] {
  const text = present(annotations, ANNOTATION.timestamp);
  if (text === null) {
    return [];
  }
  const timestamp = Fields.of(parseStrictJson(text, object), object, 'ENVELOPE_INVALID');
  return [decodeBase64(timestamp.text('SignedRFC3161Timestamp'), `SignedRFC3161Timestamp of ${object}`)];
}

function present(annotations: Annotations, name: string): string | null {
  const text = annotations.get(name);
  return text === undefined || text === '' ? null : text;
}
