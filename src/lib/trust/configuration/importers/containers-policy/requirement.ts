import { quote } from '#base/error.ts';
import { describe, type Fields } from '../../../attestations/fields.ts';
import { decodeBase64 } from '../../../encoding/base64.ts';
import type { FileEntry, RequirementEntry, SignatureEntry, SignerEntry } from '../../schema.ts';
import { type Draft, refusal } from '../draft.ts';

const TYPES = ['insecureAcceptAnything', 'reject', 'signedBy', 'sigstoreSigned', 'signedBaseLayer'] as const;
const SOURCES = ['keyPath', 'keyPaths', 'keyData', 'keyDatas', 'fulcio', 'pki'] as const;
const REKOR = ['rekorPublicKeyPath', 'rekorPublicKeyPaths', 'rekorPublicKeyData', 'rekorPublicKeyDatas'] as const;

/** One requirement of a scope; null for the one that requires nothing. What has no counterpart refuses, and is noted. */
export function importRequirement(fields: Fields, where: string, draft: Draft): RequirementEntry | null {
  const type = fields.word('type', TYPES);
  switch (type) {
    case 'insecureAcceptAnything':
      fields.only(['type']);
      return null;
    case 'reject':
      fields.only(['type']);
      return refusal('The containers policy rejects these images.');
    case 'signedBy':
    case 'signedBaseLayer':
      return notImported(type, where, 'It is about OpenPGP signatures, which are not verified here.', draft);
    case 'sigstoreSigned':
      return sigstoreSigned(fields, where, draft);
  }
}

function sigstoreSigned(fields: Fields, where: string, draft: Draft): RequirementEntry {
  fields.only(['type', ...SOURCES, ...REKOR, 'signedIdentity']);
  const [source, second] = SOURCES.filter((member) => fields.has(member));
  if (source === undefined || second !== undefined) {
    throw fields.invalid(second ?? 'keyPath', `exactly one of ${SOURCES.join(', ')}`, second ?? 'none');
  }
  if (source === 'pki') {
    return notImported(
      'pki',
      where,
      'Certificates of other authorities than Fulcio are not accepted for such signatures.',
      draft,
    );
  }
  const signedReference = signedReferenceOf(fields.optionalFields('signedIdentity'));
  if (typeof signedReference === 'object' && 'unsaid' in signedReference) {
    return notImported('signedIdentity', `${where}.signedIdentity`, signedReference.unsaid, draft);
  }
  const rekorKeys = REKOR.flatMap((member) => filesOf(fields, member));
  const entries =
    source === 'fulcio'
      ? [fulcioSigner(fields, rekorKeys, where, draft)]
      : keySigners(fields, source, rekorKeys, draft);
  const signers = entries.map(([name, entry]) => draft.signer(name, entry));
  return { signature: { signers: [...new Set(signers)], signedReference } };
}

type NamedSigner = readonly [name: string, entry: SignerEntry];

function keySigners(
  fields: Fields,
  source: 'keyPath' | 'keyPaths' | 'keyData' | 'keyDatas',
  rekorKeys: readonly FileEntry[],
  draft: Draft,
): readonly NamedSigner[] {
  const root = rekorKeys.length === 0 ? null : draft.root('rekor', { rekorKeys: [...rekorKeys] });
  return filesOf(fields, source).map((file) => {
    const [name, key] = typeof file === 'string' ? [baseName(file), { file }] : ['key', file];
    return [
      name,
      { key: root === null ? { ...key, transparency: 'none' } : { ...key, root, transparency: 'required' } },
    ];
  });
}

function fulcioSigner(fields: Fields, rekorKeys: readonly FileEntry[], where: string, draft: Draft): NamedSigner {
  const fulcio = fields.fields('fulcio');
  fulcio.only(['caPath', 'caData', 'oidcIssuer', 'subjectEmail']);
  const certificateAuthorities = [...filesOf(fulcio, 'caPath'), ...filesOf(fulcio, 'caData')];
  if (certificateAuthorities.length !== 1) {
    throw fulcio.invalid('caPath', 'exactly one of caPath and caData', String(certificateAuthorities.length));
  }
  if (rekorKeys.length === 0) {
    throw fields.invalid('rekorPublicKeyPath', 'the key of a log beside fulcio', 'none');
  }
  const root = draft.root('fulcio', { certificateAuthorities, rekorKeys: [...rekorKeys] });
  draft.note(
    `root ${root} without ctKeys`,
    `${where}.fulcio`,
    'Certificates have to be in a certificate transparency log here, which is not checked there. Add the keys of the logs as ctKeys; until then nothing passes.',
  );
  const subject = fulcio.text('subjectEmail');
  return [subject, { keyless: { root, issuer: fulcio.text('oidcIssuer'), subject } }];
}

/** Files and texts of a member whose name says which it is: `…Path`, `…Paths`, `…Data`, `…Datas`. */
function filesOf(fields: Fields, member: string): readonly FileEntry[] {
  if (!fields.has(member)) {
    return [];
  }
  const texts = member.endsWith('s') ? fields.texts(member) : [fields.text(member)];
  if (texts.length === 0) {
    throw fields.invalid(member, 'at least one', describe(fields.value(member)));
  }
  return texts.map((text) =>
    member.includes('Path')
      ? text
      : { pem: decodeBase64(text, `${member} of the containers policy`).toString('latin1') },
  );
}

/** What the signed payload has to call the image; why it cannot be said where it cannot. */
function signedReferenceOf(
  fields: Fields | null,
): NonNullable<SignatureEntry['signedReference']> | { readonly unsaid: string } {
  if (fields === null) {
    return 'same-reference';
  }
  const type = fields.word('type', [
    'matchExact',
    'matchRepoDigestOrExact',
    'matchRepository',
    'exactReference',
    'exactRepository',
    'remapIdentity',
  ]);
  switch (type) {
    case 'matchRepoDigestOrExact':
      fields.only(['type']);
      return 'same-reference';
    case 'matchRepository':
      fields.only(['type']);
      return 'same-repository';
    case 'exactRepository':
      fields.only(['type', 'dockerRepository']);
      return { repository: fields.text('dockerRepository') };
    case 'matchExact':
      return { unsaid: 'matchExact refuses every image that is asked for by digest, which cannot be said here.' };
    case 'exactReference':
      return { unsaid: 'exactReference asks for one tag whatever the image is, which cannot be said here.' };
    case 'remapIdentity':
      return {
        unsaid:
          'remapIdentity cannot be said here. Write a rule with signedReference: { repository: … } for each repository.',
      };
  }
}

function notImported(what: string, where: string, why: string, draft: Draft): RequirementEntry {
  draft.note(what, where, `${why} The images that it is about are refused.`);
  return refusal(`${where} of the containers policy cannot be said here: ${quote(what)}.`);
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).replace(/\.(?:pub|pem|key)$/, '');
}
