import { quote } from '#base/error.ts';
import { contextTag, type Der, isConstructed, parseDer, TAG } from '../encoding/der.ts';
import { booleanOf, integerOf, octetsOf, oidOf, textOf } from '../encoding/der-values.ts';
import { malformed } from './malformed.ts';

/** Extensions that are understood here (RFC 5280 section 4.2). */
export const EXTENSION = {
  subjectKeyId: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  crlNumber: '2.5.29.20',
  reasonCode: '2.5.29.21',
  invalidityDate: '2.5.29.24',
  deltaCrlIndicator: '2.5.29.27',
  issuingDistributionPoint: '2.5.29.28',
  certificateIssuer: '2.5.29.29',
  nameConstraints: '2.5.29.30',
  crlDistributionPoints: '2.5.29.31',
  certificatePolicies: '2.5.29.32',
  authorityKeyId: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  freshestCrl: '2.5.29.46',
  authorityInformationAccess: '1.3.6.1.5.5.7.1.1',
} as const;

/** An extension as it stands in a certificate, CRL or OCSP response (RFC 5280 section 4.1). */
export interface Extension {
  readonly oid: string;
  readonly critical: boolean;
  /** The contents of its OCTET STRING: DER of the type that the OID implies. */
  readonly value: Uint8Array;
  /** The whole Extension in DER. */
  readonly raw: Uint8Array;
}

export interface BasicConstraints {
  readonly ca: boolean;
  /** How many intermediates may stand between this certificate and a leaf; null for any number. */
  readonly pathLength: number | null;
}

/** By bit (RFC 5280 section 4.2.1.3). */
const KEY_USAGES = [
  'digitalSignature',
  'contentCommitment',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
  'encipherOnly',
  'decipherOnly',
] as const;

export type KeyUsage = (typeof KEY_USAGES)[number];

/** A GeneralName (RFC 5280 section 4.2.1.6). */
export type GeneralName =
  | { readonly kind: 'email' | 'uri' | 'dns' | 'ip'; readonly value: string }
  | {
      readonly kind: 'other';
      /** The OID of an otherName (Fulcio's user names: 1.3.6.1.4.1.57264.1.7), or `directoryName`, `registeredID`, … */
      readonly type: string;
      /** The text of an otherName that is one; else the hex of its DER. */
      readonly value: string;
    };

/** The members of an Extensions SEQUENCE, whose tag is the caller's to check, by OID. Throws `DER_INVALID`, and `CERTIFICATE_INVALID` for one that is there twice. */
export function extensionsOf(list: Der): ReadonlyMap<string, Extension> {
  const extensions = new Map<string, Extension>();
  for (const value of list.children) {
    const extension = extensionOf(value);
    if (extensions.has(extension.oid)) {
      throw malformed(list.object, 'each extension once', `${extension.oid} twice`);
    }
    extensions.set(extension.oid, extension);
  }
  if (extensions.size === 0) {
    throw malformed(list.object, 'at least one extension where there is a list', 'an empty list');
  }
  return extensions;
}

function extensionOf(value: Der): Extension {
  const { children } = value.expect(TAG.sequence, 'an extension');
  const [oid, second, third] = children;
  const content = third ?? second;
  if (oid === undefined || second === undefined || content === undefined || children.length > 3) {
    throw malformed(value.object, 'an extension with identifier and value', `${children.length} members`);
  }
  const critical = third !== undefined && booleanOf(second);
  if (third !== undefined && !critical) {
    throw malformed(value.object, 'no encoding of a default value', 'an extension with critical FALSE');
  }
  return { oid: oidOf(oid), critical, value: octetsOf(content), raw: value.raw };
}

/** The DER inside an extension. Throws `DER_INVALID`. */
export function extensionValue(extension: Extension, object: string): Der {
  return parseDer(extension.value, object);
}

/** Throws `DER_INVALID`, `CERTIFICATE_INVALID`. */
export function basicConstraintsOf(extension: Extension, object: string): BasicConstraints {
  const { children } = extensionValue(extension, object).expect(TAG.sequence, 'basic constraints');
  const hasFlag = children[0]?.tag === TAG.boolean;
  const ca = hasFlag && children[0] !== undefined && booleanOf(children[0]);
  const length = children[hasFlag ? 1 : 0];
  if ((hasFlag && !ca) || children.length > (hasFlag ? 2 : 1) || (length !== undefined && !ca)) {
    throw malformed(object, 'basic constraints with a path length at most, and that of an authority', 'others');
  }
  const pathLength = length === undefined ? null : integerOf(length);
  if (pathLength !== null && (pathLength < 0n || pathLength > 255n)) {
    throw malformed(object, 'a path length of 0 to 255', quote(pathLength.toString(16), 20));
  }
  return { ca, pathLength: pathLength === null ? null : Number(pathLength) };
}

/** Throws `DER_INVALID`, and `CERTIFICATE_INVALID` for an extension that allows nothing. */
export function keyUsageOf(extension: Extension, object: string): ReadonlySet<KeyUsage> {
  const bytes = extensionValue(extension, object).expect(TAG.bitString, 'a key usage').content;
  const [unused = 8, ...octets] = bytes;
  const usages = KEY_USAGES.filter((_, bit) => ((octets[bit >> 3] ?? 0) & (0x80 >> (bit & 7))) !== 0);
  const last = octets.at(-1) ?? 0;
  // X.690 section 11.2.2: a named bit list ends with a bit that is set.
  if (usages.length === 0 || octets.length > 2 || unused > 7 || (last & ((1 << (unused + 1)) - 1)) !== 1 << unused) {
    throw malformed(
      object,
      'a key usage in its shortest form with a bit set',
      quote(Buffer.from(bytes).toString('hex'), 20),
    );
  }
  return new Set(usages);
}

/** Throws `DER_INVALID`, and `CERTIFICATE_INVALID` for an empty list. */
export function extendedKeyUsageOf(extension: Extension, object: string): readonly string[] {
  const purposes = extensionValue(extension, object).expect(TAG.sequence, 'an extended key usage').children.map(oidOf);
  if (purposes.length === 0) {
    throw malformed(object, 'at least one purpose in the extended key usage', 'none');
  }
  return purposes;
}

/** Lower-case hex. Throws `DER_INVALID`. */
export function subjectKeyIdOf(extension: Extension, object: string): string {
  return hexOf(octetsOf(extensionValue(extension, object)));
}

/** Lower-case hex; null where the issuer is named in another way only. Throws `DER_INVALID`. */
export function authorityKeyIdOf(extension: Extension, object: string): string | null {
  const id = extensionValue(extension, object)
    .expect(TAG.sequence, 'an authority key id')
    .find(contextTag(0, 'primitive'));
  return id === undefined ? null : hexOf(id.content);
}

/** A GeneralNames SEQUENCE in an extension. Throws `DER_INVALID`, `CERTIFICATE_INVALID`. */
export function subjectAltNamesOf(extension: Extension, object: string): readonly GeneralName[] {
  const names = extensionValue(extension, object).expect(TAG.sequence, 'alternative names').children.map(generalNameOf);
  if (names.length === 0) {
    throw malformed(object, 'at least one alternative name', 'none');
  }
  return names;
}

const OTHER_NAMES: Readonly<Record<number, string>> = {
  [contextTag(3)]: 'x400Address',
  [contextTag(4)]: 'directoryName',
  [contextTag(5)]: 'ediPartyName',
  [contextTag(8, 'primitive')]: 'registeredID',
};

/** Throws `DER_INVALID`, `CERTIFICATE_INVALID`. */
export function generalNameOf(value: Der): GeneralName {
  switch (value.tag) {
    case contextTag(0):
      return otherNameOf(value);
    case contextTag(1, 'primitive'):
      return { kind: 'email', value: asciiOf(value) };
    case contextTag(2, 'primitive'):
      return { kind: 'dns', value: asciiOf(value) };
    case contextTag(6, 'primitive'):
      return { kind: 'uri', value: asciiOf(value) };
    case contextTag(7, 'primitive'):
      return { kind: 'ip', value: addressOf(value) };
    default: {
      const type = OTHER_NAMES[value.tag];
      if (type === undefined) {
        throw malformed(value.object, 'a general name', `tag 0x${value.tag.toString(16)}`);
      }
      return { kind: 'other', type, value: hexOf(value.raw) };
    }
  }
}

function otherNameOf(value: Der): GeneralName {
  const type = oidOf(value.child(0, 'the type of an other name'));
  const inner = value.child(1, 'the value of an other name').expect(contextTag(0), 'the value of an other name');
  const [content] = inner.children;
  if (content === undefined || inner.children.length !== 1 || value.children.length !== 2) {
    throw malformed(value.object, 'an other name with a type and a value', `${value.children.length} members`);
  }
  const text = !isConstructed(content) && TEXTS.has(content.tag) ? textOf(content) : null;
  return { kind: 'other', type, value: text ?? hexOf(content.raw) };
}

const TEXTS: ReadonlySet<number> = new Set([TAG.utf8String, TAG.printableString, TAG.ia5String]);

/** Visible ASCII only: a NUL or a line break inside a name has fooled verifiers that compare C strings. */
function asciiOf(value: Der): string {
  const text = Buffer.from(value.content).toString('latin1');
  if (!/^[\x20-\x7e]+$/.test(text)) {
    throw malformed(value.object, 'an alternative name of printable ASCII', quote(text));
  }
  return text;
}

function addressOf(value: Der): string {
  const bytes = value.content;
  if (bytes.length === 4) {
    return bytes.join('.');
  }
  if (bytes.length !== 16) {
    throw malformed(value.object, 'an address of 4 or 16 octets', `${bytes.length}`);
  }
  const groups = Array.from({ length: 8 }, (_, group) =>
    (((bytes[group * 2] ?? 0) << 8) | (bytes[group * 2 + 1] ?? 0)).toString(16),
  );
  return groups.join(':');
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
