import { hexOf } from '#base/digest.ts';
import { Fields } from '../attestations/fields.ts';
import { decodeBase64 } from '../encoding/base64.ts';
import { preAuthenticationEncoding } from '../envelopes/dsse.ts';
import { readLogEntries } from '../formats/sigstore-bundle/log-entries.ts';
import { parseSubjectPublicKeyInfo } from '../keys/public-key.ts';
import type { LogRequest } from '../sign/witness.ts';
import type { LogEntry } from '../signed.ts';
import { assertLogBody, assertLogged } from '../transparency/assert-log-body.ts';
import { type LogBody, type LogVerifier, parseLogBody } from '../transparency/log-body.ts';

/** An entry in protobuf JSON (sigstore_rekor.proto, TransparencyLogEntry), read. Throws `LOG_ENTRY_REFUSED`, `BASE64_INVALID`. */
export function readEntry(json: unknown, object: string): LogEntry {
  const holder = Fields.of({ tlogEntries: [json] }, object, 'LOG_ENTRY_REFUSED');
  const [entry] = readLogEntries(holder, object);
  if (entry === undefined) {
    throw holder.invalid('tlogEntries', 'an entry', 'none');
  }
  return entry;
}

/** What an entry says, and that it is about this signature. Throws `LOG_BODY_MISMATCH`, `LOG_BODY_INVALID`, … */
export function assertAbout(entry: LogEntry, request: LogRequest, object: string): LogBody {
  const body = parseLogBody(entry, object);
  const verifier = verifierOf(request, object);
  if (request.kind === 'hashedrekord') {
    const contentHash = { algorithm: 'sha256', value: Buffer.from(hexOf(request.digest), 'hex') } as const;
    assertLogged(body, { object, signature: request.signature, contentHash, verifier });
    return body;
  }
  const payload = decodeBase64(request.envelope.payload, `payload for ${object}`);
  assertLogBody(body, {
    object,
    signature: decodeBase64(request.envelope.sig, `signature for ${object}`),
    signedBytes: preAuthenticationEncoding(request.envelope.payloadType, payload),
    payload,
    envelope: 'dsse',
    verifier,
  });
  return body;
}

/** A log writes keys as OpenSSL does, whatever they came as. */
function verifierOf({ verifier: { kind, der } }: LogRequest, object: string): LogVerifier {
  return kind === 'certificate'
    ? { kind, der }
    : { kind: 'key', spki: parseSubjectPublicKeyInfo(der, `key for ${object}`).spki };
}

/** The entry as a bundle has it: no member that is empty, so that every reader takes it. */
export function entryJson(entry: LogEntry): object {
  const { kindVersion, logId, logIndex, integratedTime, canonicalizedBody, inclusionPromise, inclusionProof } = entry;
  return {
    logIndex: `${logIndex}`,
    logId: { keyId: base64(logId) },
    ...(kindVersion === null ? {} : { kindVersion }),
    ...(integratedTime === null ? {} : { integratedTime: `${integratedTime / 1000}` }),
    ...(inclusionPromise === null ? {} : { inclusionPromise: { signedEntryTimestamp: base64(inclusionPromise) } }),
    ...(inclusionProof === null
      ? {}
      : {
          inclusionProof: {
            logIndex: `${inclusionProof.logIndex}`,
            rootHash: base64(inclusionProof.rootHash),
            treeSize: `${inclusionProof.treeSize}`,
            hashes: inclusionProof.hashes.map(base64),
            ...(inclusionProof.checkpoint === null ? {} : { checkpoint: { envelope: inclusionProof.checkpoint } }),
          },
        }),
    canonicalizedBody: base64(canonicalizedBody),
  };
}

function base64(octets: Uint8Array): string {
  return Buffer.from(octets).toString('base64');
}
