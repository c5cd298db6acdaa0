import { digestOf, hexOf } from '#base/digest.ts';
import { quote } from '#base/error.ts';
import type { Artifact } from '#model/artifact.ts';
import type { EvidenceSubject } from '#model/attachment.ts';
import type { SigningKey } from '#model/signing.ts';
import { TrustError } from '../error.ts';
import { COSE_TYPE } from '../formats/notation/cose.ts';
import { notation } from '../formats/notation/index.ts';
import { JWS_TYPE } from '../formats/notation/jws.ts';
import { impliedAlgorithm, notaryHash } from '../notary/integrity.ts';
import { tokenOf } from '../timestamps/signed-data.ts';
import type { Certificate } from '../x509/certificate.ts';
import { parseCertificateFile } from '../x509/certificate-file.ts';
import { assertValidAt, verifyWholeChain } from '../x509/path.ts';
import { createdAnnotation, NO_ANNOTATIONS } from './artifact.ts';
import { cose } from './notation-cose.ts';
import { signNotary } from './notation-draft.ts';
import { jws } from './notation-jws.ts';
import { type Signer, type SignOptions, signerOf } from './options.ts';
import { assertPlaces, type Testimony, witnessed } from './witnessed.ts';

const SIGNATURE_TYPE = 'application/vnd.cncf.notary.signature';
const THUMBPRINTS = 'io.cncf.notary.x509chain.thumbprint#S256';

const ENVELOPES = {
  jws: { mediaType: JWS_TYPE, draft: jws },
  cose: { mediaType: COSE_TYPE, draft: cose },
} as const;
/** An attribute. The Notary Project has no logs. */
const PLACES = { format: 'a signature of the Notary Project', timestamps: 1, logs: 0 };

export interface NotationOptions extends SignOptions {
  readonly envelope: keyof typeof ENVELOPES;
  /** Milliseconds since 1970, after `now`; null for a signature that does not end by itself. */
  readonly expiry: number | null;
}

/** A file of certificates, PEM or DER, from the one of the signing key to its root. */
export interface CertificateChainFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/**
 * A signature of the Notary Project (signature-specification.md), under the scheme `notary.x509`. Throws what reading
 * certificates throws, `CHAIN_INVALID` for a chain that is not whole or not for signing, `CERTIFICATE_OUTSIDE_VALIDITY` for
 * one that is not valid now, `CERTIFICATE_KEY_MISMATCH` for one of another key, `KEY_INVALID` for a key that the Notary
 * Project does not sign with, `WITNESS_UNSUPPORTED` for a log or a second timestamp, `SIGNED_WRONGLY`, and what key and
 * witnesses throw.
 */
export async function signNotation(
  subject: EvidenceSubject,
  key: SigningKey,
  chainFile: CertificateChainFile,
  options: NotationOptions,
): Promise<Artifact> {
  assertPlaces(options, PLACES);
  const signer = signerOf(key);
  const chain = parseCertificateFile(chainFile.bytes, chainFile.name);
  assertOwn(chain, signer, chainFile.name);
  verifyWholeChain(chain, { time: null, purpose: 'notary' });
  assertValidAt(chain, options.now);
  const algorithm = impliedAlgorithm(signer.trusted.key, key.name);
  const { mediaType, draft } = ENVELOPES[options.envelope];
  const envelope = draft({
    algorithm,
    payload: payloadOf(subject),
    certificates: chain.map(({ raw }) => raw),
    signingTime: options.now,
    expiry: options.expiry,
  });
  const signature = await signNotary(key, algorithm, envelope.signedBytes, options.signal);
  const signing = {
    format: notation,
    timestamped: signature,
    hash: notaryHash(algorithm),
    log: null,
    build: ({ timestamps: [response] }: Testimony): Artifact => ({
      subject,
      place: { kind: 'referrer' },
      artifactType: null,
      annotations: new Map([
        [THUMBPRINTS, JSON.stringify(chain.map(({ raw }) => hexOf(digestOf(raw))))],
        createdAnnotation(options.now),
      ]),
      // The older of the two ways to say what it is: notation itself writes it, and every reader knows it.
      config: { mediaType: SIGNATURE_TYPE, content: Buffer.from('{}'), annotations: NO_ANNOTATIONS },
      layers: [{ mediaType, content: envelope.write(signature, tokenIn(response)), annotations: NO_ANNOTATIONS }],
    }),
  } as const;
  return await witnessed(signing, signer, options);
}

/** The Notary Project keeps the token, without the response around it. */
function tokenIn(response: Uint8Array | undefined): Uint8Array | null {
  return response === undefined ? null : tokenOf(response, 'timestamp').raw;
}

function payloadOf({ mediaType, digest, size }: EvidenceSubject): Buffer {
  return Buffer.from(JSON.stringify({ targetArtifact: { mediaType, digest, size } }));
}

function assertOwn([leaf]: readonly Certificate[], { key, trusted }: Signer, name: string): void {
  if (leaf?.publicKey.equals(trusted.key) !== true) {
    throw new TrustError('CERTIFICATE_KEY_MISMATCH', 'a certificate chain of another key', {
      object: name,
      expected: `the certificate of ${key.name} first, then its issuers up to the root`,
      found: leaf === undefined ? 'none' : `one of another key, for ${quote(leaf.subject.text)}`,
    });
  }
}
