import { quote } from '#base/error.ts';
import { matching } from '../../../keyless/identity.ts';
import { parsePublicKey } from '../../../keys/public-key.ts';
import { predicateSelector } from '../../predicate-type.ts';
import type { RequirementEntry, SignerEntry, TextEntry } from '../../schema.ts';
import { matchesAnything } from '../../texts.ts';
import type { Draft } from '../draft.ts';
import type { Authority, Identity, KeyRef } from './schema.ts';

/** Names of predicate types that cosign knows (cmd/cosign/cli/options/predicate.go). */
const PREDICATE_TYPES: ReadonlyMap<string, string> = new Map([
  ['custom', 'https://cosign.sigstore.dev/attestation/v1'],
  ['slsaprovenance', 'https://slsa.dev/provenance/v0.2'],
  ['slsaprovenance02', 'https://slsa.dev/provenance/v0.2'],
  ['slsaprovenance1', 'https://slsa.dev/provenance/v1'],
  ['spdx', 'https://spdx.dev/Document'],
  ['spdxjson', 'https://spdx.dev/Document'],
  ['cyclonedx', 'https://cyclonedx.org/bom'],
  ['link', 'https://in-toto.io/Link/v1'],
  ['vuln', 'https://cosign.sigstore.dev/attestation/vuln/v1'],
  ['openvex', 'https://openvex.dev/ns'],
]);

const PUBLIC_GOOD = 'public-good';
const PUBLIC_REKOR = 'https://rekor.sigstore.dev';
const PUBLIC_FULCIO = 'https://fulcio.sigstore.dev';
/** A bound that every time keeps, so that there has to be a time. */
const ANY_TIME = '1970-01-01T00:00:00Z';

/** What passes an authority: one signature by one of these, or all of these statements by one of them. */
export type AuthorityNeeds =
  | { readonly kind: 'signature'; readonly signers: readonly string[] }
  | { readonly kind: 'attestations'; readonly require: readonly RequirementEntry[] };

/** Null when the authority cannot be said; it is noted then, and nobody passes by it. `name` is for signers. */
export function importAuthority(entry: Authority, name: string, where: string, draft: Draft): AuthorityNeeds | null {
  noteDifferences(entry, where, draft);
  const signers =
    entry.key === undefined
      ? keylessSigners(entry, name, where, draft)
      : keySigner(entry, entry.key, name, where, draft);
  if (signers.length === 0) {
    return null;
  }
  if (entry.attestations === undefined || entry.attestations.length === 0) {
    return { kind: 'signature', signers };
  }
  const require: RequirementEntry[] = [];
  for (const [index, { predicateType, policy }] of entry.attestations.entries()) {
    const at = `${where}.attestations[${index}]`;
    const uri = PREDICATE_TYPES.get(predicateType) ?? predicateType;
    if (policy !== undefined) {
      draft.note(
        `${policy.type} policy`,
        `${at}.policy`,
        'Policies in CUE and Rego are not read. Nothing passes by this authority.',
      );
      return null;
    }
    if (!uri.includes(':') || predicateSelector(uri) === null) {
      draft.note(
        `predicate type ${quote(uri)}`,
        `${at}.predicateType`,
        'It is no URI. Nothing passes by this authority.',
      );
      return null;
    }
    require.push({ attestation: { predicateType: uri, signers: [...signers] } });
  }
  return { kind: 'attestations', require };
}

function keySigner(entry: Authority, key: KeyRef, name: string, where: string, draft: Draft): readonly string[] {
  const source = keySource(key, name, where, draft);
  const tsa = entry.rfc3161timestamp?.trustRootRef;
  if (tsa !== undefined && tsa !== '') {
    // There a timestamp is needed and the log is not asked: a root of nothing but timestamp authorities.
    const file = `${tsa}.tsa.pem`;
    const root = draft.root(`${tsa}-tsa`, { timestampAuthorities: [file] });
    noteFile(file, `the timestamp authority of the TrustRoot ${quote(tsa)}, its certificates in PEM`, where, draft);
    return [draft.signer(name, { key: { ...source, root, transparency: 'none', validFrom: ANY_TIME } })];
  }
  if (entry.ctlog === undefined) {
    return [draft.signer(name, { key: { ...source, transparency: 'none' } })];
  }
  const root = rootOf(entry.ctlog.trustRootRef, entry.ctlog.url ?? PUBLIC_REKOR, PUBLIC_REKOR, where, draft);
  return [draft.signer(name, { key: { ...source, root, transparency: 'required' } })];
}

function keySource(
  { data, kms, secretRef }: KeyRef,
  name: string,
  where: string,
  draft: Draft,
): { pem: string } | { file: string } {
  if (data !== undefined) {
    parsePublicKey(data, `${where}.key.data`);
    return { pem: data };
  }
  const file = `${name.replaceAll(/[^0-9A-Za-z._-]+/g, '-')}.pub`;
  noteFile(file, `the public key of ${quote(kms ?? `secret ${secretRef?.name ?? ''}`)} in PEM`, `${where}.key`, draft);
  return { file };
}

function keylessSigners(entry: Authority, name: string, where: string, draft: Draft): readonly string[] {
  const { keyless } = entry;
  if (keyless === undefined) {
    return [];
  }
  const unsaid =
    keyless['ca-cert'] === undefined
      ? entry.rfc3161timestamp === undefined
        ? null
        : 'A timestamp in place of a log entry cannot be asked of keyless signers.'
      : 'A certificate of its own needs logs of its own. Write a root with its parts.';
  if (unsaid !== null) {
    draft.note('keyless', `${where}.keyless`, `${unsaid} Nothing passes by this authority.`);
    return [];
  }
  const reference = keyless.trustRootRef ?? entry.ctlog?.trustRootRef;
  const root = rootOf(reference, keyless.url ?? PUBLIC_FULCIO, PUBLIC_FULCIO, where, draft);
  return keyless.identities.flatMap((identity, index) => {
    const at = `${where}.keyless.identities[${index}]`;
    const issuer = textOf(identity, 'issuer', at, draft);
    const subject = textOf(identity, 'subject', at, draft);
    if (issuer === null || subject === null) {
      return [];
    }
    const signer: SignerEntry = { keyless: { root, issuer, subject } };
    return [draft.signer(name, signer)];
  });
}

/** Exact, or a pattern that now has to match all; null for one that would be met by anybody. */
function textOf(identity: Identity, name: 'issuer' | 'subject', where: string, draft: Draft): TextEntry | null {
  const pattern = identity[`${name}RegExp`];
  if (pattern === undefined) {
    return identity[name] ?? null;
  }
  const at = `${where}.${name}RegExp`;
  if (matchesAnything(matching(pattern, at))) {
    draft.note(`${name}RegExp ${quote(pattern)}`, at, 'It matches anybody. Nothing passes by this identity.');
    return null;
  }
  if (!/^(?:\^|\.\*)[^]*(?:\$|\.\*)$/.test(pattern)) {
    draft.note(
      `${name}RegExp ${quote(pattern)}`,
      at,
      'There it is looked for anywhere in the text; here it has to match all of it. Write .* where something may stand.',
    );
  }
  return { matches: pattern };
}

/** A root by the name of the TrustRoot, or by the host of the instance; the user has to put its file there. */
function rootOf(reference: string | undefined, url: string, publicUrl: string, where: string, draft: Draft): string {
  const named = reference !== undefined && reference !== '';
  const isPublic = url.replace(/\/$/, '').replace(/^http:/, 'https:') === publicUrl;
  const name = named ? reference : isPublic ? PUBLIC_GOOD : (URL.parse(url)?.hostname ?? url);
  const file = `${name.replaceAll(/[^0-9A-Za-z._-]+/g, '-')}.trusted_root.json`;
  const root = draft.root(name, { file });
  noteFile(
    file,
    named ? `the TrustRoot ${quote(reference)} as trusted_root.json` : `the trusted_root.json of ${quote(url)}`,
    where,
    draft,
  );
  return root;
}

function noteFile(file: string, what: string, where: string, draft: Draft): void {
  draft.note(`file ${quote(file)}`, where, `Put ${what} there; until then the configuration cannot be read.`);
}

/** Where more is asked for here than there, or less is looked at. */
function noteDifferences(entry: Authority, where: string, draft: Draft): void {
  const { key, keyless, source, signatureFormat } = entry;
  if (source !== undefined && source.length > 0) {
    draft.note('source', `${where}.source`, 'Signatures are looked for beside the image alone.');
  }
  if (key?.hashAlgorithm !== undefined && key.hashAlgorithm !== 'sha256') {
    draft.note(`hashAlgorithm ${key.hashAlgorithm}`, `${where}.key`, 'The key decides which hash its signatures have.');
  }
  if (keyless?.insecureIgnoreSCT === true) {
    draft.note('insecureIgnoreSCT', `${where}.keyless`, 'Certificates have to be in a certificate transparency log.');
  }
  if (signatureFormat !== undefined) {
    draft.note(
      `signatureFormat ${signatureFormat}`,
      where,
      'Signatures of the same signer count in every format that is read.',
    );
  }
}
