import { hash as hashOf, type KeyObject } from 'node:crypto';
import { hexOf } from '#base/digest.ts';
import { parseStrictJson } from '#base/json/strict.ts';
import { LIMITS } from '#base/limits.ts';
import { decodeBase64 } from '../encoding/base64.ts';
import { preAuthenticationEncoding } from '../envelopes/dsse.ts';
import { TrustError } from '../error.ts';
import { parseSubjectPublicKeyInfo } from '../keys/public-key.ts';
import type { LogRequest, TransparencyLog } from '../sign/witness.ts';
import { parseCertificate } from '../x509/certificate.ts';
import type { ServiceAccess } from './access.ts';
import { assertAbout, entryJson, readEntry } from './log-entry.ts';
import { callService, nameOf, pathOf, refused } from './service.ts';

const ENTRIES = '/api/v2/log/entries';

/**
 * A log of Rekor's second generation, by its base URL (sigstore/rekor-tiles CLIENTS.md). It answers when the entry is in a
 * checkpoint, after some seconds. It takes one kind of entry: of an envelope, the hash of its pre-authentication
 * encoding. Throws `LOG_ENTRY_REFUSED`, `LOG_BODY_…`, `JSON_…`, `LIMIT_EXCEEDED`, `HttpError`.
 */
export function rekorTiles(url: string, access: ServiceAccess): TransparencyLog {
  const name = nameOf(url);
  return {
    name,
    enter: async (request, signal) => {
      const answer = await callService(
        {
          method: 'POST',
          url: pathOf(url, ENTRIES),
          headers: { 'content-type': 'application/json', accept: 'application/json' },
          body: Buffer.from(JSON.stringify({ hashedRekordRequestV002: hashedRekord(request, name) })),
          maxBytes: LIMITS.signingServiceBytes,
          ...(signal === undefined ? {} : { signal }),
        },
        access,
      );
      if (answer.status !== 201 && answer.status !== 200) {
        throw refused({
          code: 'LOG_ENTRY_REFUSED',
          problem: 'not entered into the log',
          object: name,
          expected: 'status 201',
          answer,
          // It says that there is one, but not where.
          ...(answer.status === 409
            ? { hint: 'The signature is in the log already. Sign again for one of its own.' }
            : {}),
        });
      }
      const object = `entry of ${name}`;
      const entry = readEntry(parseStrictJson(answer.body, `answer of ${name}`), object);
      assertAbout(entry, request, object);
      return entryJson(entry);
    },
  };
}

/** HashedRekordRequestV002 (rekor-tiles api/proto/rekor/v2/hashedrekord.proto) in protobuf JSON. */
function hashedRekord(request: LogRequest, log: string): object {
  const { kind, der } = request.verifier;
  const object = `key for ${log}`;
  const key =
    kind === 'certificate' ? parseCertificate(der, object).publicKey : parseSubjectPublicKeyInfo(der, object).key;
  const rawBytes = base64(der);
  return {
    digest: digestOf(request, log),
    signature: {
      content: request.kind === 'dsse' ? request.envelope.sig : base64(request.signature),
      verifier: {
        ...(kind === 'certificate' ? { x509Certificate: { rawBytes } } : { publicKey: { rawBytes } }),
        keyDetails: keyDetailsOf(key, log),
      },
    },
  };
}

function digestOf(request: LogRequest, log: string): string {
  if (request.kind === 'hashedrekord') {
    return Buffer.from(hexOf(request.digest), 'hex').toString('base64');
  }
  const { payload, payloadType } = request.envelope;
  const bytes = preAuthenticationEncoding(payloadType, decodeBase64(payload, `payload for ${log}`));
  return hashOf('sha256', bytes, 'base64');
}

/**
 * PublicKeyDetails of sigstore_common.proto. Such a log takes ECDSA with the hash of the curve alone, and Sigstore's formats
 * are signed with SHA-256 whatever the curve; and no pure Ed25519, of which it would need more than a hash.
 */
function keyDetailsOf(key: KeyObject, log: string): string {
  const { modulusLength = 0, namedCurve = '' } = key.asymmetricKeyDetails ?? {};
  const type = key.asymmetricKeyType ?? 'unknown';
  const name = type === 'rsa' ? `rsa ${modulusLength}` : type === 'ec' ? namedCurve : type;
  const details = KEY_DETAILS.get(name);
  if (details === undefined) {
    throw new TrustError('LOG_ENTRY_REFUSED', 'a key that a log of this generation does not take', {
      object: log,
      expected: 'ECDSA on P-256 (prime256v1), or RSA of 2048, 3072 or 4096 bits',
      found: name,
      hint: 'A Rekor of the first generation takes other keys as well.',
    });
  }
  return details;
}

const KEY_DETAILS: ReadonlyMap<string, string> = new Map([
  ['prime256v1', 'PKIX_ECDSA_P256_SHA_256'],
  ['rsa 2048', 'PKIX_RSA_PKCS1V15_2048_SHA256'],
  ['rsa 3072', 'PKIX_RSA_PKCS1V15_3072_SHA256'],
  ['rsa 4096', 'PKIX_RSA_PKCS1V15_4096_SHA256'],
]);

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
