import { createHash, createPublicKey, type KeyObject, sign } from 'node:crypto';
import type { Attachment, EvidenceSubject } from '#model/attachment.ts';
import {
  authority,
  type CertificateParts,
  commonName,
  der,
  extendedKeyUsage,
  extension,
  keyUsage,
  makeCertificate,
  newPair,
  sequence,
} from '../fixtures/hostile-certificates.ts';
import { cosignSignature, type TestKey, testKey } from '../fixtures/signing.ts';
import { hashedRekord, partsOf, promised, withAnnotations, withEntry } from './rekor.ts';

const FULCIO = '1.3.6.1.4.1.57264.1';
const SCT_LIST = '1.3.6.1.4.1.11129.2.4.2';
const CODE_SIGNING = '1.3.6.1.5.5.7.3.3';
const CERTIFICATE = 'dev.sigstore.cosign/certificate';
const DAY = 86_400_000;

/** What a certificate says of its holder. */
export interface Identity {
  readonly subject: string;
  readonly issuer: string;
  /** Extensions in the place of Fulcio's issuer (OID …57264.1.8). */
  readonly extensions?: readonly Buffer[];
  /** General names in the place of one URI. */
  readonly names?: Buffer;
  /** From this instant, for ten minutes. */
  readonly from: number;
  /** Anything else of the certificate. */
  readonly change?: Partial<CertificateParts>;
}

export interface Issued extends TestKey {
  readonly certificate: string;
}

export interface Authority {
  /** The certificate authority alone, as PEM. */
  readonly root: string;
  /** For `roots:` of a configuration. */
  readonly entry: object;
  readonly log: TestKey;
  issue(identity: Identity): Issued;
}

/** A Fulcio with its certificate log, and a Rekor of version 1, all of the test's own. The root is valid around `now`. */
export function newAuthority(now: number, change: Partial<CertificateParts> = {}): Authority {
  const ca = newPair();
  const [log, ct] = [testKey(), testKey()];
  const rootDer = makeCertificate({
    key: ca.publicKey,
    signer: ca.privateKey,
    subject: commonName('root'),
    notBefore: time(now - 365 * DAY),
    notAfter: time(now + 365 * DAY),
    extensions: [authority(), keyUsage(0x06)],
    ...change,
  });
  const root = pem('CERTIFICATE', rootDer);
  return {
    root,
    log,
    entry: { certificateAuthorities: [{ pem: root }], rekorKeys: [{ pem: log.pem }], ctKeys: [{ pem: ct.pem }] },
    issue: (identity) => issue(identity, ca.privateKey, ca.publicKey, ct),
  };
}

/** Of Fulcio's arc, as a UTF8String in DER or as the bare text. */
export function claim(arc: number, text: string, form: 'der' | 'raw' = 'der'): Buffer {
  return extension(`${FULCIO}.${arc}`, false, form === 'der' ? der(0x0c, Buffer.from(text)) : Buffer.from(text));
}

export function uri(text: string): Buffer {
  return der(0x86, Buffer.from(text));
}

/** Cosign's signature with certificate and log entry, logged at an instant. */
export function keylessSignature(image: EvidenceSubject, issued: Issued, log: TestKey, at: number): Attachment {
  const signature = cosignSignature(image, issued);
  const parts = partsOf(signature);
  const body = hashedRekord(parts.signature, parts.content, issued.certificate);
  const entry = promised(log, { body, integratedTime: Math.floor(at / 1000), logIndex: 3 });
  return withEntry(withAnnotations(signature, { [CERTIFICATE]: issued.certificate }), entry);
}

function issue(identity: Identity, ca: KeyObject, caPublic: KeyObject, ct: TestKey): Issued {
  const key = testKey();
  const extensions = [
    keyUsage(0x80),
    extendedKeyUsage(false, CODE_SIGNING),
    extension('2.5.29.17', true, sequence(identity.names ?? uri(identity.subject))),
    ...(identity.extensions ?? [claim(8, identity.issuer)]),
  ];
  const parts = {
    key: createPublicKey(key.pem),
    signer: ca,
    subject: sequence(),
    notBefore: time(identity.from),
    notAfter: time(identity.from + 10 * 60_000),
    ...identity.change,
  };
  const precertificate = tbsOf(makeCertificate({ ...parts, extensions }));
  const sct = signedCertificateTimestamp(precertificate, caPublic, ct, identity.from);
  const whole = makeCertificate({ ...parts, extensions: [...extensions, extension(SCT_LIST, false, der(0x04, sct))] });
  return { ...key, certificate: pem('CERTIFICATE', whole) };
}

/** RFC 6962 section 3.2, in a list of one (section 3.3). */
function signedCertificateTimestamp(
  tbs: Buffer,
  issuer: KeyObject,
  { privateKey, pem: log }: TestKey,
  at: number,
): Buffer {
  const stamp = Buffer.alloc(8);
  stamp.writeBigUInt64BE(BigInt(at));
  const signed = Buffer.concat([
    Buffer.from([0, 0]),
    stamp,
    uint(1, 2),
    sha256(spki(issuer)),
    uint(tbs.length, 3),
    tbs,
    uint(0, 2),
  ]);
  const signature = sign('sha256', signed, privateKey);
  const sct = Buffer.concat([
    Buffer.from([0]),
    sha256(spki(createPublicKey(log))),
    stamp,
    uint(0, 2),
    Buffer.from([4, 3]),
    uint(signature.length, 2),
    signature,
  ]);
  return Buffer.concat([uint(sct.length + 2, 2), uint(sct.length, 2), sct]);
}

/** The first value of a certificate, as it is encoded. */
function tbsOf(certificate: Buffer): Buffer {
  const [, from] = headOf(certificate, 0);
  const [length, to] = headOf(certificate, from);
  return certificate.subarray(from, to + length);
}

/** Length of the content of the value at a place, and where it begins. */
function headOf(bytes: Buffer, at: number): readonly [length: number, content: number] {
  const first = bytes[at + 1] ?? 0;
  const more = first < 0x80 ? 0 : first - 0x80;
  return [more === 0 ? first : bytes.readUIntBE(at + 2, more), at + 2 + more];
}

function uint(value: number, bytes: number): Buffer {
  const buffer = Buffer.alloc(bytes);
  buffer.writeUIntBE(value, 0, bytes);
  return buffer;
}

function spki(key: KeyObject): Buffer {
  return key.export({ type: 'spki', format: 'der' });
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}

/** UTCTime. */
export function time(instant: number): string {
  return `${new Date(instant).toISOString().replace(/[-:T]/g, '').slice(2, 14)}Z`;
}

export function pem(label: string, bytes: Uint8Array): string {
  const lines =
    Buffer.from(bytes)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
