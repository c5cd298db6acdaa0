import { quote } from '#base/error.ts';
import {
  type CborKey,
  type CborMap,
  CborTag,
  type CborValue,
  decodeCbor,
  describeCbor,
  encodeCbor,
} from '../../encoding/cbor.ts';
import { NOTARY_PAYLOAD_TYPE } from '../../notary/payload.ts';
import type { NotaryAlgorithm } from '../../signed.ts';
import { assertCertificateCount, assertEnvelopeSize, type NotaryEnvelope } from './envelope.ts';
import {
  ATTRIBUTE,
  absentCritical,
  assertCriticalList,
  invalid,
  type ProtectedHeader,
  signedAttributes,
} from './signed-attributes.ts';

/** The media type of the layer. */
export const COSE_TYPE = 'application/cose';

/** The tag of COSE_Sign1 (RFC 9052 section 2). */
export const COSE_SIGN1 = 18;
/** The tag of seconds since 1970 (RFC 8949 section 3.4.2). */
export const EPOCH_TIME = 1;
/** RFC 9052 section 3.1, RFC 9360 section 2. */
export const LABEL = { algorithm: 1, critical: 2, contentType: 3, certificates: 33 } as const;
/** RFC 9053 section 2.1, RFC 8230 section 2. */
export const COSE_ALGORITHMS: Readonly<Record<NotaryAlgorithm, number>> = {
  PS256: -37,
  PS384: -38,
  PS512: -39,
  ES256: -7,
  ES384: -35,
  ES512: -36,
};
const ALGORITHM_NAMES: readonly NotaryAlgorithm[] = ['PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512'];
const NO_EXTERNAL_DATA = new Uint8Array();
/** What a Date can hold. */
const MAX_SECONDS = 8.64e12;

/**
 * A COSE_Sign1 of the Notary Project (signature-envelope-cose.md): tagged, with its payload inside. Throws
 * `ENVELOPE_INVALID`, `LIMIT_EXCEEDED`, `CBOR_INVALID`.
 */
export function readCose(bytes: Uint8Array, object: string): NotaryEnvelope {
  assertEnvelopeSize(bytes, object);
  const [protectedBytes, unsigned, payload, signature] = sign1Of(decodeCbor(bytes, object), object);
  const named = `protected header of ${object}`;
  const signed = mapOf(decodeCbor(protectedBytes, named), named);
  const twice = [...unsigned.keys()].find((label) => signed.has(label));
  if (twice !== undefined) {
    throw invalid(object, 'each header either protected or not', `${describeCbor(twice)} in both`);
  }
  const contentType = signed.get(LABEL.contentType);
  if (contentType !== NOTARY_PAYLOAD_TYPE) {
    throw invalid(named, `content type ${NOTARY_PAYLOAD_TYPE}`, describeCbor(contentType));
  }
  return {
    payload,
    signature: {
      kind: 'notary',
      object,
      envelope: 'cose',
      algorithm: algorithmOf(signed, named),
      signature,
      signedBytes: sigStructure(protectedBytes, payload),
      certificates: certificatesOf(unsigned, object),
      ...signedAttributes(protectedHeader(signed, named), named),
      timestamp: unsigned.has(ATTRIBUTE.timestampSignature)
        ? bytesOf(unsigned.get(ATTRIBUTE.timestampSignature), 'a timestamp', object)
        : null,
      signingAgent: unsigned.has(ATTRIBUTE.signingAgent)
        ? textOf(unsigned.get(ATTRIBUTE.signingAgent), ATTRIBUTE.signingAgent, object)
        : null,
    },
  };
}

/** What a COSE_Sign1 is signed over: its Sig_structure (RFC 9052 section 4.4). */
export function sigStructure(protectedBytes: Uint8Array, payload: Uint8Array): Uint8Array {
  return encodeCbor(['Signature1', protectedBytes, NO_EXTERNAL_DATA, payload]);
}

function sign1Of(value: CborValue, object: string): readonly [Uint8Array, CborMap, Uint8Array, Uint8Array] {
  if (!(value instanceof CborTag) || value.number !== COSE_SIGN1) {
    throw invalid(object, `tag ${COSE_SIGN1} (COSE_Sign1)`, describeCbor(value));
  }
  if (!Array.isArray(value.value) || value.value.length !== 4) {
    throw invalid(
      object,
      'an array of protected header, unprotected header, payload and signature',
      describeCbor(value.value),
    );
  }
  const [protectedBytes, unsigned, payload, signature] = value.value as readonly CborValue[];
  return [
    bytesOf(protectedBytes, 'a protected header', object),
    mapOf(unsigned, object),
    bytesOf(payload, 'a payload', object),
    bytesOf(signature, 'a signature', object),
  ];
}

function algorithmOf(signed: CborMap, object: string): NotaryAlgorithm {
  const label = signed.get(LABEL.algorithm);
  const algorithm = ALGORITHM_NAMES.find((name) => COSE_ALGORITHMS[name] === label);
  if (algorithm === undefined) {
    throw invalid(object, `an algorithm of ${Object.values(COSE_ALGORITHMS).join(', ')}`, describeCbor(label));
  }
  return algorithm;
}

function protectedHeader(signed: CborMap, object: string): ProtectedHeader {
  const critical = criticalOf(signed, object);
  return {
    critical,
    has: (name) => signed.has(name),
    text: (name) => textOf(signed.get(name), name, object),
    time: (name) => timeOf(signed.get(name), name, object),
  };
}

/** The labels that must be understood, as texts; the three that every reader knows are left out. */
function criticalOf(signed: CborMap, object: string): readonly string[] {
  const labels = signed.get(LABEL.critical);
  if (!Array.isArray(labels)) {
    throw invalid(object, 'a list of critical headers', describeCbor(labels));
  }
  const known: readonly CborKey[] = [LABEL.algorithm, LABEL.critical, LABEL.contentType];
  const names = (labels as readonly CborValue[]).map((label) => {
    if (typeof label !== 'string' && typeof label !== 'number' && typeof label !== 'bigint') {
      throw invalid(object, 'integers and texts as critical headers', describeCbor(label));
    }
    if (!signed.has(label)) {
      throw absentCritical(String(label), object);
    }
    return known.includes(label) ? null : typeof label === 'string' ? label : `label ${label}`;
  });
  const others = names.filter((name) => name !== null);
  assertCriticalList(others, object);
  return others;
}

/** `x5chain` (RFC 9360 section 2): one certificate, or a list of them. */
function certificatesOf(unsigned: CborMap, object: string): readonly Uint8Array[] {
  const chain = unsigned.get(LABEL.certificates);
  const certificates = Array.isArray(chain) ? (chain as readonly CborValue[]) : chain === undefined ? [] : [chain];
  assertCertificateCount(certificates.length, object);
  return certificates.map((certificate) => bytesOf(certificate, 'a certificate', object));
}

function mapOf(value: CborValue | undefined, object: string): CborMap {
  if (!(value instanceof Map)) {
    throw invalid(object, 'a map of headers', describeCbor(value));
  }
  return value as CborMap;
}

function bytesOf(value: CborValue | undefined, what: string, object: string): Uint8Array {
  if (!(value instanceof Uint8Array) || value.length === 0) {
    throw invalid(object, `${what} in a byte string`, describeCbor(value));
  }
  return value;
}

function textOf(value: CborValue | undefined, name: string, object: string): string {
  if (typeof value !== 'string' || value === '') {
    throw invalid(object, `${quote(name, 60)} to be a text`, describeCbor(value));
  }
  return value;
}

function timeOf(value: CborValue | undefined, name: string, object: string): number {
  if (!(value instanceof CborTag) || value.number !== EPOCH_TIME) {
    throw invalid(object, `${quote(name, 60)} to be a time with tag ${EPOCH_TIME}`, describeCbor(value));
  }
  const seconds = value.value;
  if (typeof seconds !== 'number' || Math.abs(seconds) > MAX_SECONDS) {
    throw invalid(object, `${quote(name, 60)} to be whole seconds since 1970`, describeCbor(seconds));
  }
  return seconds * 1000;
}
