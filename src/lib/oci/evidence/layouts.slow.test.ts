import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { algorithmOf, type Digest, digestOf, hexOf } from '#base/digest.ts';
import type { Attachment, AttachmentBlob, Discovery } from '#model/attachment.ts';
import { evidence } from '#test/evidence.ts';
import { MEDIA_TYPES, writeBlob, writeDocument, writeLayoutIndex } from '#test/fixtures/oci-layout.ts';
import { temporaryFolder } from '#test/fixtures/open-images.ts';
import { SIGNED_FIXTURES, type SignedFixture, SUBJECTS, signedLayout } from '#test/fixtures/signed/index.ts';
import { data, missing } from '#test/prerequisites.ts';
import type { OpenOptions } from '../images/options.ts';
import { openEvidence } from './open-evidence.ts';
import type { EvidenceSource } from './source.ts';

evidence(
  'trust/discovery',
  'real tool',
  'layouts signed by cosign 2 and 3 and notation-go, saved by cosign and exported by BuildKit',
);

async function open(context: TestContext, reference: string, more: Partial<OpenOptions> = {}): Promise<EvidenceSource> {
  const source = await openEvidence(reference, {
    host: { os: 'linux', architecture: 'amd64' },
    integrity: 'require',
    temporaryFolder: temporaryFolder(context),
    ...more,
  });
  context.after(() => source.close());
  return source;
}

async function discover(source: EvidenceSource): Promise<ReadonlyMap<Digest, Discovery>> {
  const found = new Map<Digest, Discovery>();
  for (const subject of source.subjects) {
    found.set(subject.digest, await source.attachments(subject));
  }
  return found;
}

async function attachmentsOf(context: TestContext, reference: string, digest?: Digest): Promise<Discovery> {
  const source = await open(context, reference);
  const subject = source.subjects.find((each) => digest === undefined || each.digest === digest);
  return await source.attachments(subject ?? assert.fail('no such subject'));
}

/** What an attachment is, by where tools are known to put it. */
function formOf({ route, artifactType }: Attachment): SignedFixture['signatures'][number]['form'] | null {
  if (route === 'signature-tag' || artifactType === 'application/vnd.dev.cosign.artifact.sig.v1+json') {
    return 'cosign-signature';
  }
  if (route === 'attestation-tag') {
    return 'cosign-attestation';
  }
  const isBundle = artifactType?.startsWith('application/vnd.dev.sigstore.bundle') === true;
  return isBundle ? 'sigstore-bundle' : artifactType === 'application/vnd.cncf.notary.signature' ? 'notation' : null;
}

test('everything that cosign and notation hung on an image is found, under what it hangs on', async (context) => {
  let signatures = 0;
  for (const { id, signatures: expected } of SIGNED_FIXTURES) {
    const source = await open(context, `oci:${signedLayout(id)}`, { platform: 'all' });
    const found: string[] = [];
    for (const [subject, { attachments, problems }] of await discover(source)) {
      assert.deepEqual(problems, [], id);
      for (const attachment of attachments) {
        assert.equal(attachment.subject, subject);
        for (const { content, digest, size } of attachment.blobs) {
          assert.ok(content !== null, id);
          assert.equal(digestOf(content, algorithmOf(digest)), digest);
          assert.equal(content.length, size);
          found.push(`${subject} ${formOf(attachment)}`);
        }
      }
    }
    assert.deepEqual(found.toSorted(), expected.map(({ subject, form }) => `${subject} ${form}`).toSorted(), id);
    signatures += found.length;
  }
  context.diagnostic(`${signatures} signatures in ${SIGNED_FIXTURES.length} layouts`);
  assert.ok(signatures >= 60);
});

test('an index comes first, then the platforms asked for, and it says what it lists', async (context) => {
  const reference = `oci:${signedLayout('cosign3-recursive')}`;
  const all = await open(context, reference, { platform: 'all' });
  assert.deepEqual(
    all.subjects.map(({ kind, digest, platform }) => [kind, digest, platform?.architecture ?? null]),
    [
      ['index', SUBJECTS.index, null],
      ['manifest', SUBJECTS.amd64, 'amd64'],
      ['manifest', SUBJECTS.arm64, 'arm64'],
    ],
  );
  assert.deepEqual(all.subjects[0]?.children, [SUBJECTS.amd64, SUBJECTS.arm64]);
  assert.equal(all.subjects[0]?.size, 491);
  assert.equal(all.subjects[0]?.mediaType, MEDIA_TYPES.index);
  assert.equal(all.repository, null);
  const host = await open(context, reference);
  assert.deepEqual(
    host.subjects.map(({ digest }) => digest),
    [SUBJECTS.index, SUBJECTS.amd64],
  );
  const arm = await open(context, reference, { platform: { os: 'linux', architecture: 'arm64' } });
  assert.deepEqual(
    arm.subjects.map(({ digest }) => digest),
    [SUBJECTS.index, SUBJECTS.arm64],
  );
  const one = await open(context, `${reference}@${SUBJECTS.arm64}`, { platform: 'all' });
  assert.deepEqual(
    one.subjects.map(({ digest }) => digest),
    [SUBJECTS.arm64],
  );
});

test('what cosign save wrote is found: signatures by their kind, bundles though no index names them', async (context) => {
  const saved = (name: string): string => `oci:${join(import.meta.dirname, 'fixtures', name)}`;
  const two = await attachmentsOf(context, saved('cosign2-saved'));
  assert.deepEqual(two.attachments.map(formOf), ['cosign-signature']);
  assert.deepEqual(two.problems, []);
  const three = await attachmentsOf(context, saved('cosign3-saved'));
  assert.deepEqual(three.attachments.map(formOf), ['sigstore-bundle', 'sigstore-bundle']);
  const index = await attachmentsOf(context, saved('cosign2-saved-index'), SUBJECTS.index);
  assert.deepEqual(index.attachments.map(formOf), ['cosign-signature']);
  const platform = await attachmentsOf(context, saved('cosign2-saved-index'), SUBJECTS.amd64);
  assert.deepEqual(platform, { attachments: [], problems: [] });
});

test('signatures of the Notary Project in the layouts of its own tests', {
  skip: missing('shared-data'),
}, async (context) => {
  for (const [name, size] of [
    ['e2e', null],
    ['e2e-valid-signature', 2070],
    ['e2e-expired-signature', 2171],
    ['e2e-with-timestamped-signature', 10314],
  ] as const) {
    for (const tag of ['', ':v1']) {
      const source = await open(context, `oci:${data(`spec/notation/oci-layouts/${name}`)}${tag}`);
      const [subject, second] = source.subjects;
      assert.ok(subject !== undefined && second === undefined);
      const { attachments, problems } = await source.attachments(subject);
      assert.deepEqual(problems, []);
      assert.deepEqual(
        attachments.map((each) => [
          each.artifactType,
          each.blobs.map((blob) => [blob.mediaType, blob.content?.length]),
        ]),
        size === null ? [] : [['application/vnd.cncf.notary.signature', [['application/jose+json', size]]]],
        name,
      );
      assert.ok(attachments.every(({ declaredSubject }) => declaredSubject?.digest === subject.digest));
    }
  }
});

test('an attestation of BuildKit hangs on the platform beside it, out of a tar', {
  skip: missing('shared-data'),
}, async (context) => {
  const file = data('spec/images/containerd-archives/busybox-single-arch-with-attestation-manifest.tar');
  const source = await open(context, `oci-archive:${file}`);
  const found = await discover(source);
  assert.deepEqual(
    [...found.values()].map(({ attachments }) => attachments.map(({ route }) => route)),
    [[], ['index-entry']],
  );
  const attachment = [...found.values()][1]?.attachments[0];
  assert.deepEqual(
    attachment?.blobs.map(({ mediaType, annotations }) => [mediaType, annotations.get('in-toto.io/predicate-type')]),
    [['application/vnd.in-toto+json', 'https://slsa.dev/provenance/v0.2']],
  );
  assert.equal(attachment?.declaredSubject, null);
});

test('an attestation that the index names and the tar does not hold is a problem, not nothing', {
  skip: missing('shared-data'),
}, async (context) => {
  const source = await open(context, `oci-archive:${data('spec/images/containerd-archives/busybox.armv7.tar')}`);
  const discoveries = [...(await discover(source)).values()];
  assert.deepEqual(
    discoveries.flatMap(({ problems }) => problems.map(({ route, code }) => [route, code])),
    [['index-entry', 'BLOB_MISSING']],
  );
});

test('a tar of a layout has what the folder has', async (context) => {
  const file = join(temporaryFolder(context), 'image.tar');
  for (const folder of [signedLayout('cosign3-fallback'), join(import.meta.dirname, 'fixtures/cosign3-saved')]) {
    execFileSync('tar', ['-cf', file, '-C', folder, '.']);
    const packed = await attachmentsOf(context, `oci-archive:${file}`);
    assert.deepEqual(packed, await attachmentsOf(context, `oci:${folder}`));
    assert.equal(packed.attachments.length, 2);
    rmSync(file);
  }
});

/** A signed layout that may be changed. */
function copyOf(context: TestContext, id: string): string {
  const folder = join(temporaryFolder(context), 'layout');
  cpSync(signedLayout(id), folder, { recursive: true });
  return folder;
}

function blobFile(folder: string, digest: Digest): string {
  return join(folder, 'blobs/sha256', hexOf(digest));
}

test('what is damaged or gone is a problem that names it, and the rest is found', async (context) => {
  const { attachments } = await attachmentsOf(context, `oci:${signedLayout('cosign3-two-keys')}`);
  const [first, second] = attachments;
  const blob = first?.blobs[0];
  assert.ok(first !== undefined && second !== undefined && blob !== undefined);
  const damage: readonly (readonly [code: string, left: number, (folder: string) => void])[] = [
    ['BLOB_MISSING', 2, (folder) => rmSync(blobFile(folder, blob.digest))],
    ['BLOB_SIZE_MISMATCH', 2, (folder) => writeFileSync(blobFile(folder, blob.digest), '{}')],
    ['BLOB_DIGEST_MISMATCH', 2, (folder) => flip(blobFile(folder, blob.digest))],
    ['BLOB_MISSING', 1, (folder) => rmSync(blobFile(folder, first.digest))],
    ['BLOB_DIGEST_MISMATCH', 1, (folder) => flip(blobFile(folder, first.digest))],
  ];
  for (const [code, left, change] of damage) {
    const folder = copyOf(context, 'cosign3-two-keys');
    change(folder);
    const found = await attachmentsOf(context, `oci:${folder}:1.0`);
    assert.deepEqual(
      found.problems.map((problem) => [problem.code, problem.digest]),
      [[code, first.digest]],
    );
    assert.equal(found.attachments.length, left);
    assert.ok(found.attachments.some(({ digest, blobs }) => digest === second.digest && blobs[0]?.content !== null));
    const unread: AttachmentBlob | undefined = found.attachments.find(({ digest }) => digest === first.digest)
      ?.blobs[0];
    assert.equal(unread?.content, left === 2 ? null : undefined);
    assert.equal(unread?.reason, left === 2 ? found.problems[0]?.reason : undefined);
  }
});

function flip(file: string): void {
  const bytes = readFileSync(file);
  bytes.writeUInt8(bytes.readUInt8(bytes.length - 2) ^ 1, bytes.length - 2);
  writeFileSync(file, bytes);
}

interface SelfMade {
  readonly folder: string;
  readonly image: { readonly mediaType: string; readonly digest: Digest; readonly size: number };
}

async function selfMade(context: TestContext): Promise<SelfMade> {
  const folder = join(temporaryFolder(context), 'layout');
  const config = await writeDocument(folder, MEDIA_TYPES.config, { os: 'linux', architecture: 'amd64' });
  const image = await writeDocument(folder, MEDIA_TYPES.manifest, { schemaVersion: 2, config, layers: [] });
  return { folder, image };
}

test('a manifest listed under the fallback tag that hangs on something else is refused', async (context) => {
  const { folder, image } = await selfMade(context);
  const config = await writeBlob(folder, 'application/vnd.oci.empty.v1+json', '{}');
  const subjects: readonly (object | undefined)[] = [
    undefined,
    { ...image, digest: digestOf('another') },
    { ...image, size: image.size + 1 },
    { ...image, mediaType: MEDIA_TYPES.index },
    { digest: image.digest, size: image.size },
  ];
  const manifests: object[] = [];
  for (const subject of subjects) {
    manifests.push(
      await writeDocument(folder, MEDIA_TYPES.manifest, { schemaVersion: 2, config, layers: [], subject }),
    );
  }
  const good = await writeDocument(folder, MEDIA_TYPES.manifest, {
    schemaVersion: 2,
    config,
    layers: [],
    subject: image,
  });
  const list = await writeDocument(folder, MEDIA_TYPES.index, { schemaVersion: 2, manifests: [...manifests, good] });
  const named = (name: string): object => ({ annotations: { 'org.opencontainers.image.ref.name': name } });
  await writeLayoutIndex(folder, [
    { ...image, ...named('app') },
    { ...list, ...named(image.digest.replace(':', '-')) },
  ]);
  const { attachments, problems } = await attachmentsOf(context, `oci:${folder}`);
  assert.deepEqual(
    attachments.map(({ digest, declaredSubject }) => [digest, declaredSubject]),
    [[good.digest, image]],
  );
  assert.deepEqual(
    problems.map(({ code }) => code),
    Array.from(subjects, () => 'REFERRER_SUBJECT_MISMATCH'),
  );
});

test('an index that contains itself, and lists without end, are problems', async (context) => {
  const { folder, image } = await selfMade(context);
  const manifests = Array.from({ length: 1100 }, (_, index) => ({ ...image, digest: digestOf(String(index)) }));
  const list = await writeDocument(folder, MEDIA_TYPES.index, { schemaVersion: 2, manifests });
  await writeLayoutIndex(folder, [
    { ...image, annotations: { 'org.opencontainers.image.ref.name': 'app' } },
    { ...list, annotations: { 'org.opencontainers.image.ref.name': image.digest.replace(':', '-') } },
  ]);
  const { attachments, problems } = await attachmentsOf(context, `oci:${folder}:app`);
  assert.deepEqual(attachments, []);
  assert.deepEqual(
    problems.map(({ route, code }) => [route, code]),
    [
      ['referrers', 'LIMIT_EXCEEDED'],
      ['fallback-tag', 'LIMIT_EXCEEDED'],
    ],
  );
});
