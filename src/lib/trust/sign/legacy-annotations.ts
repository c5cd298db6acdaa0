import { digestOf, hexOf } from '#base/digest.ts';
import { quote } from '#base/error.ts';
import { parseStrictJson } from '#base/json/strict.ts';
import { Fields } from '../attestations/fields.ts';
import { toPem } from '../encoding/pem.ts';
import { ANNOTATION } from '../envelopes/cosign-annotations.ts';
import { TrustError } from '../error.ts';
import { readLogEntry } from '../formats/sigstore-bundle/log-entries.ts';
import type { Signer } from './options.ts';
import type { Testimony } from './witnessed.ts';

/**
 * What cosign's older forms keep beside a signature (sigstore/cosign specs/SIGNATURE_SPEC.md): certificate and chain in PEM,
 * a timestamp, the promise of a log, which has to be about this text of an envelope. Throws `WITNESS_UNSUPPORTED` for a log
 * that does not promise, `LOG_BODY_MISMATCH`, and what reading the entry throws.
 */
export function materialAnnotations(
  { chain: [leaf, ...issuers] }: Signer,
  { timestamps: [timestamp], logEntries: [logEntry] }: Testimony,
  envelope: Uint8Array | null = null,
): readonly (readonly [string, string])[] {
  return [
    ...(leaf === undefined ? [] : [[ANNOTATION.certificate, toPem('CERTIFICATE', leaf)] as const]),
    ...(issuers.length === 0
      ? []
      : [[ANNOTATION.chain, issuers.map((der) => toPem('CERTIFICATE', der)).join('')] as const]),
    ...(logEntry === undefined ? [] : [[ANNOTATION.bundle, promiseText(logEntry, envelope)] as const]),
    ...(timestamp === undefined
      ? []
      : [[ANNOTATION.timestamp, JSON.stringify({ SignedRFC3161Timestamp: base64(timestamp) })] as const]),
  ];
}

/** `RekorBundle` of cosign (pkg/cosign/bundle/rekor.go). */
function promiseText(logEntry: object, envelope: Uint8Array | null): string {
  const object = 'log entry';
  const entry = readLogEntry(Fields.of(logEntry, object, 'ENVELOPE_INVALID'), object);
  const { inclusionPromise, integratedTime, canonicalizedBody, logIndex, logId } = entry;
  if (inclusionPromise === null || integratedTime === null) {
    throw new TrustError('WITNESS_UNSUPPORTED', 'no place for what the log says', {
      object: "cosign's older form",
      expected: 'an entry with the promise of a Rekor 1',
      found: 'one with a proof alone, as Rekor 2 gives it',
      hint: 'A Sigstore bundle has room for it.',
    });
  }
  if (envelope !== null) {
    assertEnvelopeHash(canonicalizedBody, envelope);
  }
  return JSON.stringify({
    SignedEntryTimestamp: base64(inclusionPromise),
    Payload: {
      body: base64(canonicalizedBody),
      integratedTime: integratedTime / 1000,
      logIndex: Number(logIndex),
      logID: Buffer.from(logId).toString('hex'),
    },
  });
}

/** Other readers look at the payload and the signature; cosign at nothing but this hash of the envelope as it was uploaded. */
function assertEnvelopeHash(canonicalizedBody: Uint8Array, envelope: Uint8Array): void {
  const object = 'body of the log entry';
  const body = Fields.of(parseStrictJson(canonicalizedBody, object), object, 'LOG_BODY_INVALID');
  const found = body.fields('spec').fields('envelopeHash').text('value');
  const expected = hexOf(digestOf(envelope));
  if (found !== expected) {
    throw new TrustError('LOG_BODY_MISMATCH', 'the log entry is about another text of the envelope', {
      object,
      expected: `envelopeHash ${expected}`,
      found: quote(found, 80),
    });
  }
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
