import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digestOf } from '#base/digest.ts';
import type { EvidenceSubject } from '#model/attachment.ts';
import { parseStatement } from './statement.ts';
import { bindSubject, type NotaryTarget, type SignedSubject } from './subject.ts';

const IMAGE = digestOf('image');
const IMAGE_512 = digestOf('image', 'sha512');
const OTHER = digestOf('other');

const MANIFEST: EvidenceSubject = {
  kind: 'manifest',
  digest: IMAGE,
  mediaType: 'application/vnd.oci.image.manifest.v1+json',
  size: 480,
  platform: { os: 'linux', architecture: 'amd64' },
  children: [],
};
const INDEX: EvidenceSubject = {
  ...MANIFEST,
  kind: 'index',
  digest: digestOf('index'),
  mediaType: 'application/vnd.oci.image.index.v1+json',
  platform: null,
  children: [IMAGE],
};

function statement(...subjects: readonly object[]): SignedSubject {
  const text = JSON.stringify({
    _type: 'https://in-toto.io/Statement/v1',
    subject: subjects,
    predicateType: 'https://example.com/x',
  });
  return { kind: 'statement', statement: parseStatement(Buffer.from(text), 'x') };
}

function simple(digest: typeof IMAGE): SignedSubject {
  return { kind: 'simple-signing', payload: { digest, reference: 'registry.example/app', optional: new Map() } };
}

function notary(target: Partial<NotaryTarget>): SignedSubject {
  const { mediaType, digest, size } = MANIFEST;
  return { kind: 'notary-payload', target: { mediaType, digest, size, ...target } };
}

const hex = (digest: string): string => digest.slice(digest.indexOf(':') + 1);

test('content is bound by the digest of the manifest that it hangs on', () => {
  const name = 'registry.example/app';
  assert.deepEqual(bindSubject(simple(IMAGE), MANIFEST, 'x'), { digest: IMAGE, kind: 'manifest', name });
  assert.deepEqual(bindSubject(notary({}), MANIFEST, 'x'), { digest: IMAGE, kind: 'manifest', name: null });
  const several = statement(
    { name: 'a', digest: { sha256: hex(OTHER) } },
    { name: 'b', digest: { sha1: 'ab', sha256: hex(IMAGE) } },
  );
  assert.deepEqual(bindSubject(several, MANIFEST, 'x'), { digest: IMAGE, kind: 'manifest', name: 'b' });
  const large = { ...MANIFEST, digest: IMAGE_512 };
  const bound = bindSubject(statement({ digest: { sha512: hex(IMAGE_512) } }), large, 'x');
  assert.deepEqual(bound, { digest: IMAGE_512, kind: 'manifest', name: null });
});

test('content about another image is refused, with both digests', () => {
  const cases: readonly (readonly [SignedSubject, RegExp])[] = [
    [simple(OTHER), new RegExp(`expected manifest ${IMAGE}, found ${OTHER}`)],
    [notary({ digest: OTHER }), new RegExp(`expected manifest ${IMAGE}, found ${OTHER}`)],
    [notary({ mediaType: 'application/vnd.oci.image.index.v1+json' }), /another media type/],
    [notary({ size: 481 }), /expected 480 bytes, found 481 bytes/],
    [statement({ name: IMAGE, digest: { sha256: hex(OTHER) } }), /found "sha256:/],
    // The right digits under another algorithm are another digest.
    [statement({ digest: { sha3_256: hex(IMAGE) } }), /sha3_256/],
    [statement({ digest: { SHA256: hex(IMAGE) } }), /SHA256/],
    [statement({ uri: `oci://registry.example/app@${IMAGE}`, digest: { gitCommit: 'ab' } }), /gitCommit:ab/],
    [statement(...Array.from({ length: 9 }, () => ({ digest: { sha256: hex(OTHER) } }))), / and 6 more$/],
  ];
  for (const [content, message] of cases) {
    assert.throws(() => bindSubject(content, MANIFEST, 'layer 1'), {
      code: 'SUBJECT_MISMATCH',
      object: 'layer 1',
      message,
    });
  }
});

test('a statement about a platform is not one about its index, nor the other way round', () => {
  const about = (digest: string): SignedSubject => statement({ digest: { sha256: hex(digest) } });
  assert.throws(() => bindSubject(about(IMAGE), INDEX, 'x'), { code: 'SUBJECT_MISMATCH' });
  assert.throws(() => bindSubject(about(INDEX.digest), MANIFEST, 'x'), { code: 'SUBJECT_MISMATCH' });
  assert.throws(() => bindSubject(simple(IMAGE), INDEX, 'x'), { code: 'SUBJECT_MISMATCH' });
  assert.equal(bindSubject(about(INDEX.digest), INDEX, 'x').kind, 'index');
});
