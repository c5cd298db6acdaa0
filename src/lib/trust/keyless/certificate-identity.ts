import { quote } from '#base/error.ts';
import { parseDer, TAG } from '../encoding/der.ts';
import { textOf } from '../encoding/der-values.ts';
import { TrustError } from '../error.ts';
import { type Certificate, parseCertificate } from '../x509/certificate.ts';
import type { KeylessSigner } from './identity.ts';

/** Fulcio's arc (sigstore/fulcio docs/oid-info.md). */
const FULCIO = '1.3.6.1.4.1.57264.1';
const ISSUER_RAW = `${FULCIO}.1`;
const USER_NAME = `${FULCIO}.7`;
const ISSUER = `${FULCIO}.8`;

/** Text as it is, without DER around it. */
const RAW_CLAIMS: ReadonlyMap<string, string> = new Map([
  [`${FULCIO}.2`, 'githubWorkflowTrigger'],
  [`${FULCIO}.3`, 'githubWorkflowSHA'],
  [`${FULCIO}.4`, 'githubWorkflowName'],
  [`${FULCIO}.5`, 'githubWorkflowRepository'],
  [`${FULCIO}.6`, 'githubWorkflowRef'],
]);

/** A UTF8String in DER. */
const CLAIMS: ReadonlyMap<string, string> = new Map([
  [`${FULCIO}.9`, 'buildSignerURI'],
  [`${FULCIO}.10`, 'buildSignerDigest'],
  [`${FULCIO}.11`, 'runnerEnvironment'],
  [`${FULCIO}.12`, 'sourceRepositoryURI'],
  [`${FULCIO}.13`, 'sourceRepositoryDigest'],
  [`${FULCIO}.14`, 'sourceRepositoryRef'],
  [`${FULCIO}.15`, 'sourceRepositoryIdentifier'],
  [`${FULCIO}.16`, 'sourceRepositoryOwnerURI'],
  [`${FULCIO}.17`, 'sourceRepositoryOwnerIdentifier'],
  [`${FULCIO}.18`, 'buildConfigURI'],
  [`${FULCIO}.19`, 'buildConfigDigest'],
  [`${FULCIO}.20`, 'buildTrigger'],
  [`${FULCIO}.21`, 'runInvocationURI'],
  [`${FULCIO}.22`, 'sourceRepositoryVisibilityAtSigning'],
  [`${FULCIO}.23`, 'deploymentEnvironment'],
  [`${FULCIO}.24`, 'tokenSubject'],
]);

/** The names of all claims that a trust configuration can ask for. */
export const CLAIM_NAMES: ReadonlySet<string> = new Set([...RAW_CLAIMS.values(), ...CLAIMS.values()]);

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Who a certificate of Fulcio's kind was issued to: one alternative name (mail address, URI or Fulcio's user name), the
 * OIDC issuer that vouched, and the claims of its token. The issuer has two extensions: the one in DER counts, and the
 * older one must not say anything else. Throws `IDENTITY_UNCLEAR`, `DER_INVALID`.
 */
export function signerOf(leaf: Certificate): KeylessSigner {
  const claims = new Map<string, string>();
  for (const { oid, value } of leaf.extensions.values()) {
    const rawName = RAW_CLAIMS.get(oid);
    const name = CLAIMS.get(oid);
    if (rawName !== undefined) {
      claims.set(rawName, rawText(value, rawName, leaf.object));
    } else if (name !== undefined) {
      claims.set(name, derText(value, name, leaf.object));
    }
  }
  return { kind: 'keyless', subject: subjectOf(leaf), issuer: issuerOf(leaf), claims };
}

function subjectOf(leaf: Certificate): string {
  const [name, ...others] = leaf.subjectAltNames;
  if (name === undefined || others.length > 0) {
    throw unclear(leaf, 'exactly one subject alternative name', `${leaf.subjectAltNames.length}`);
  }
  if (name.kind !== 'email' && name.kind !== 'uri' && !(name.kind === 'other' && name.type === USER_NAME)) {
    throw unclear(
      leaf,
      'a mail address, a URI or a user name of Fulcio',
      name.kind === 'other' ? name.type : name.kind,
    );
  }
  if (name.value === '') {
    throw unclear(leaf, 'a name', 'an empty one');
  }
  return name.value;
}

function issuerOf(leaf: Certificate): string {
  const older = leaf.extensions.get(ISSUER_RAW);
  const newer = leaf.extensions.get(ISSUER);
  const olderText = older === undefined ? null : rawText(older.value, 'issuer', leaf.object);
  const newerText = newer === undefined ? null : derText(newer.value, 'issuer', leaf.object);
  if (olderText !== null && newerText !== null && olderText !== newerText) {
    throw unclear(leaf, `the issuer ${quote(newerText)} in both extensions`, quote(olderText));
  }
  const issuer = newerText ?? olderText;
  if (issuer === null || issuer === '') {
    throw unclear(leaf, `an OIDC issuer (extension ${ISSUER})`, 'none');
  }
  return issuer;
}

function derText(value: Uint8Array, name: string, object: string): string {
  return textOf(parseDer(value, `${name} of ${object}`).expect(TAG.utf8String, 'a UTF8String'));
}

function rawText(value: Uint8Array, name: string, object: string): string {
  try {
    return utf8.decode(value);
  } catch (error) {
    throw new TrustError('IDENTITY_UNCLEAR', 'not text', {
      object: `${name} of ${object}`,
      expected: 'UTF-8',
      found: 'other bytes',
      cause: error,
    });
  }
}

function unclear(leaf: Certificate, expected: string, found: string): TrustError {
  return new TrustError('IDENTITY_UNCLEAR', 'a certificate that does not say who signed', {
    object: leaf.object,
    expected,
    found,
  });
}

/** Whom a certificate in DER was issued to. Throws as `signerOf` does, and what reading the certificate throws. */
export function identityOf(der: Uint8Array, object: string): { readonly issuer: string; readonly subject: string } {
  const { issuer, subject } = signerOf(parseCertificate(der, object));
  return { issuer, subject };
}
