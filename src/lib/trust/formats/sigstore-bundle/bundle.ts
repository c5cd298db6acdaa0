import { createHash } from 'node:crypto';
import { quote } from '#base/error.ts';
import { parseStrictJson } from '#base/json/strict.ts';
import { LIMITS, limitExceeded } from '#base/limits.ts';
import { Fields } from '../../attestations/fields.ts';
import { preAuthenticationEncoding, readDsse } from '../../envelopes/dsse.ts';
import { TrustError } from '../../error.ts';
import type { SigstoreSignature } from '../../signed.ts';
import { parseCertificate } from '../../x509/certificate.ts';
import { readLogEntries } from './log-entries.ts';
import { bytes, messages } from './proto-json.ts';

/** A Sigstore bundle, read and not yet believed. */
export interface Bundle {
  readonly version: BundleVersion;
  readonly signature: SigstoreSignature;
}

export type BundleVersion = '0.1' | '0.2' | '0.3';

/** How bundles say of themselves which version they are; 0.3 had two spellings. */
const VERSIONS: ReadonlyMap<string, BundleVersion> = new Map([
  ['application/vnd.dev.sigstore.bundle+json;version=0.1', '0.1'],
  ['application/vnd.dev.sigstore.bundle+json;version=0.2', '0.2'],
  ['application/vnd.dev.sigstore.bundle+json;version=0.3', '0.3'],
  ['application/vnd.dev.sigstore.bundle.v0.3+json', '0.3'],
]);

/** `HashAlgorithm` of sigstore_common.proto, as node calls it. */
const HASHES: ReadonlyMap<string, string> = new Map([
  ['SHA2_256', 'sha256'],
  ['SHA2_384', 'sha384'],
  ['SHA2_512', 'sha512'],
]);

/**
 * Reads a bundle (sigstore/protobuf-specs, sigstore_bundle.proto). `artifact` is needed for a bundle with a message
 * signature, whose signed bytes are not inside. Throws `ENVELOPE_INVALID`, `SUBJECT_MISMATCH` (the artifact is another one),
 * `ENVELOPE_UNSUPPORTED` (a message signature without its artifact), `BASE64_INVALID`, `LIMIT_EXCEEDED`, `JSON_…`.
 */
export function readBundle(document: Uint8Array, object: string, artifact?: Uint8Array): Bundle {
  if (document.length > LIMITS.attachmentBlobBytes) {
    throw limitExceeded(object, LIMITS.attachmentBlobBytes, 'bytes', document.length);
  }
  const bundle = Fields.of(parseStrictJson(document, object), object, 'ENVELOPE_INVALID');
  const mediaType = bundle.text('mediaType');
  const version = VERSIONS.get(mediaType);
  if (version === undefined) {
    throw bundle.invalid('mediaType', [...VERSIONS.keys()].join(' or '), quote(mediaType));
  }
  bundle.only(['mediaType', 'verificationMaterial', 'dsseEnvelope', 'messageSignature']);
  const material = readMaterial(bundle.fields('verificationMaterial'), version, object);
  const signature =
    which(bundle, ['dsseEnvelope', 'messageSignature']) === 'dsseEnvelope'
      ? readEnvelope(bundle, material.keyHint, object)
      : readMessage(bundle.fields('messageSignature'), artifact, object);
  return {
    version,
    signature: {
      kind: 'sigstore',
      object,
      ...material,
      ...signature,
      timestamped: signature.signature,
      // From 0.2 on a proof has to be there; before, the log's promise is all that there is.
      logEvidence: version === '0.1' ? 'promise' : 'proof',
    },
  };
}

type Signed = Pick<SigstoreSignature, 'signature' | 'signedBytes' | 'envelope' | 'payload' | 'payloadType'>;
type Material = Pick<SigstoreSignature, 'keyHint' | 'certificates' | 'timestamps' | 'logEntries'>;

function readEnvelope(bundle: Fields, keyHint: string | null, object: string): Signed {
  bundle.fields('dsseEnvelope').only(['payload', 'payloadType', 'signatures']);
  const envelope = readDsse(bundle.value('dsseEnvelope'), object);
  const [signature] = envelope.signatures;
  if (signature === undefined || envelope.signatures.length !== 1) {
    throw bundle.invalid('dsseEnvelope.signatures', 'exactly one signature', `${envelope.signatures.length}`);
  }
  if (keyHint !== null && signature.keyid !== null && signature.keyid !== keyHint) {
    throw bundle.invalid('dsseEnvelope.signatures[0].keyid', `the hint ${quote(keyHint)}`, quote(signature.keyid));
  }
  return {
    signature: signature.sig,
    signedBytes: preAuthenticationEncoding(envelope.payloadType, envelope.payload),
    envelope: 'dsse',
    payload: envelope.payload,
    payloadType: envelope.payloadType,
  };
}

function readMessage(message: Fields, artifact: Uint8Array | undefined, object: string): Signed {
  message.only(['messageDigest', 'signature']);
  const signature = bytes(message, 'signature', object);
  const digest = message.optionalFields('messageDigest');
  digest?.only(['algorithm', 'digest']);
  if (artifact === undefined) {
    throw new TrustError('ENVELOPE_UNSUPPORTED', 'a signature over bytes that are not in the bundle', {
      object,
      expected: 'a DSSE envelope',
      found: 'a message signature',
    });
  }
  if (digest !== null) {
    const hash = HASHES.get(digest.word('algorithm', [...HASHES.keys()])) ?? 'sha256';
    const stated = Buffer.from(bytes(digest, 'digest', object)).toString('hex');
    const actual = createHash(hash).update(artifact).digest('hex');
    if (stated !== actual) {
      throw new TrustError('SUBJECT_MISMATCH', 'a signature over something else', {
        object,
        expected: `messageDigest ${hash}:${actual}`,
        found: `${hash}:${stated}`,
      });
    }
  }
  return { signature, signedBytes: artifact, envelope: 'plain', payload: artifact, payloadType: null };
}

function readMaterial(material: Fields, version: BundleVersion, object: string): Material {
  material.only(['publicKey', 'x509CertificateChain', 'certificate', 'tlogEntries', 'timestampVerificationData']);
  const logEntries = readLogEntries(material, object);
  for (const [index, entry] of logEntries.entries()) {
    const name = `tlogEntries[${index}]`;
    if (version === '0.1' && entry.inclusionPromise === null) {
      throw material.invalid(name, 'an entry with an inclusionPromise (bundle 0.1)', 'none');
    }
    if (version !== '0.1' && (entry.inclusionProof?.checkpoint ?? null) === null) {
      throw material.invalid(
        name,
        `an entry with an inclusionProof and its checkpoint (bundle ${version})`,
        entry.inclusionProof === null ? 'no proof' : 'no checkpoint',
      );
    }
  }
  const timestamps = material.optionalFields('timestampVerificationData');
  timestamps?.only(['rfc3161Timestamps']);
  return {
    ...readSigner(material, version, object),
    logEntries,
    timestamps:
      timestamps === null
        ? []
        : messages(timestamps, 'rfc3161Timestamps', object).map((timestamp) => {
            timestamp.only(['signedTimestamp']);
            return bytes(timestamp, 'signedTimestamp', object);
          }),
  };
}

function readSigner(
  material: Fields,
  version: BundleVersion,
  object: string,
): Pick<SigstoreSignature, 'keyHint' | 'certificates'> {
  switch (which(material, ['publicKey', 'x509CertificateChain', 'certificate'])) {
    case 'publicKey': {
      const key = material.fields('publicKey');
      key.only(['hint']);
      return { keyHint: key.optionalText('hint'), certificates: [] };
    }
    case 'certificate': {
      if (version !== '0.3') {
        throw material.invalid('certificate', `absent in a bundle ${version}, which has a chain`, 'a certificate');
      }
      const certificate = material.fields('certificate');
      certificate.only(['rawBytes']);
      return { keyHint: null, certificates: [bytes(certificate, 'rawBytes', object)] };
    }
    case 'x509CertificateChain':
      if (version === '0.3') {
        throw material.invalid('x509CertificateChain', 'absent in a bundle 0.3, which has one certificate', 'a chain');
      }
      return { keyHint: null, certificates: readChain(material.fields('x509CertificateChain'), version, object) };
  }
}

/**
 * A leaf and intermediates. A bundle cannot vouch for a root (sigstore_common.proto, X509CertificateChain): it is left out
 * where it ends the chain of a bundle 0.1, as sigstore-js used to write it, and refused anywhere else.
 */
function readChain(chain: Fields, version: BundleVersion, object: string): readonly Uint8Array[] {
  chain.only(['certificates']);
  const certificates = messages(chain, 'certificates', object).map((certificate) => {
    certificate.only(['rawBytes']);
    return bytes(certificate, 'rawBytes', object);
  });
  if (certificates.length === 0) {
    throw chain.invalid('certificates', 'at least one certificate', 'none');
  }
  return certificates.filter((der, index) => {
    const { issuer, subject } = parseCertificate(der, `certificate ${index + 1} of ${object}`);
    const isRoot = Buffer.compare(issuer.raw, subject.raw) === 0;
    if (isRoot && (index === 0 || index < certificates.length - 1 || version !== '0.1')) {
      throw chain.invalid(
        `certificates[${index}]`,
        'the signer or an intermediate certificate',
        `a root, issued by itself, ${quote(subject.text)}`,
      );
    }
    return !isRoot;
  });
}

/** The one member of a `oneof` that is there. */
function which<Name extends string>(fields: Fields, names: readonly Name[]): Name {
  const [name, ...others] = names.filter((candidate) => (fields.value(candidate) ?? null) !== null);
  if (name === undefined || others.length > 0) {
    throw fields.invalid(
      names.join(', '),
      'exactly one of them',
      name === undefined ? 'none' : [name, ...others].join(' and '),
    );
  }
  return name;
}
