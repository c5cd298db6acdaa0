import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { digestOf } from '#base/digest.ts';
import type { Artifact, Attached } from '#model/artifact.ts';
import type { EvidenceSubject } from '#model/attachment.ts';
import { evidence } from '#test/evidence.ts';
import {
  ARTIFACT_TYPE,
  attachOptions,
  hanging,
  referrer,
  subjectsOf,
  tagged,
  textsAt,
} from '#test/fixtures/artifacts.ts';
import { startRegistry } from '#test/fixtures/docker-registry.ts';
import { refusal } from '#test/fixtures/hostile-registry.ts';
import { MEDIA_TYPES } from '#test/fixtures/oci-layout.ts';
import { pushLayout } from '#test/fixtures/push-layout.ts';
import { startReferrersRegistry } from '#test/fixtures/referrers-registry.ts';
import { SUBJECTS, signedLayout } from '#test/fixtures/signed/index.ts';
import { missing } from '#test/prerequisites.ts';
import type { OpenOptions } from '../images/options.ts';
import { attach } from './attach.ts';

evidence(
  'trust/attaching',
  'real tool',
  'docker-registry, without the referrers API and with passwords, and the registry of go-containerregistry, with it',
);

interface Place {
  readonly reference: string;
  readonly options: OpenOptions;
  readonly subjects: readonly EvidenceSubject[];
}

async function placeAt(context: TestContext, reference: string, more: Partial<OpenOptions> = {}): Promise<Place> {
  const options = attachOptions(context, more);
  return { reference, options, subjects: await subjectsOf(reference, options) };
}

/** Referrers and both of cosign's tags on every subject, in two goes. */
async function attachAll({ reference, options, subjects }: Place): Promise<readonly Attached[]> {
  const round = (text: string): readonly Artifact[] =>
    subjects.flatMap((subject) => {
      const name = `${text} ${subject.kind} ${subject.digest}`;
      return [referrer(subject, name), tagged(subject, `${name} sig`), tagged(subject, `${name} att`, 'att')];
    });
  const first = await attach(round('first'), reference, options);
  const second = await attach(round('second'), reference, options);
  assert.equal(first.length, subjects.length * 3);
  return [...first, ...second];
}

async function assertAllFound(place: Place, attached: readonly Attached[]): Promise<void> {
  const { attachments, problems } = await hanging(place.reference, place.options);
  assert.deepEqual(problems, []);
  for (const { subject, manifest, route } of attached.slice(attached.length / 2)) {
    const found = attachments.find(({ digest }) => digest === manifest);
    assert.deepEqual([found?.subject, found?.route], [subject, route]);
  }
  const texts = attachments.flatMap(({ blobs }) =>
    blobs.map(
      ({ annotations, content }) =>
        annotations.get('dev.cosignproject.cosign/signature') ?? Buffer.from(content ?? []).toString(),
    ),
  );
  assert.equal(new Set(texts).size, place.subjects.length * 6);
  const one = attachments.find(({ artifactType }) => artifactType === ARTIFACT_TYPE);
  assert.equal(one?.annotations.get('org.example.text'), Buffer.from(one?.blobs[0]?.content ?? []).toString());
  assert.equal(one?.blobs[0]?.annotations.get('__proto__'), 'kept');
}

test('without the referrers API: index and manifest, the fallback tag lists what is attached, cosign tags accumulate', {
  skip: missing('docker-registry'),
}, async (context) => {
  const registry = await startRegistry();
  context.after(() => registry.stop());
  await pushLayout(signedLayout('cosign3-index'), registry.url, 'team/app');
  const before = await placeAt(context, `${registry.host}/team/app:1.0`);
  const found = (await hanging(before.reference, before.options)).attachments;
  assert.ok(before.subjects.length > 1 && found.length > 0);
  await attachAll({ ...before, subjects: before.subjects.slice(0, 1) });
  const after = (await hanging(before.reference, before.options)).attachments;
  // What was there is still there, and as it was.
  for (const each of found) {
    assert.deepEqual(
      after.find(({ digest }) => digest === each.digest),
      each,
    );
  }
  await pushLayout(signedLayout('cosign2-key'), registry.url, 'team/plain');
  const place = await placeAt(context, `${registry.host}/team/plain@${SUBJECTS.amd64}`);
  const attached = await attach(
    [referrer(place.subjects[0] as EvidenceSubject, 'again')],
    place.reference,
    place.options,
  );
  assert.equal(attached[0]?.route, 'fallback-tag');
  // The same again changes nothing.
  assert.deepEqual(
    await attach([referrer(place.subjects[0] as EvidenceSubject, 'again')], place.reference, place.options),
    attached,
  );
  const answer = await fetch(`${registry.url}/v2/team/plain/manifests/sha256-${SUBJECTS.amd64.slice(7)}`, {
    headers: { accept: MEDIA_TYPES.index },
  });
  const index = (await answer.json()) as { readonly manifests: readonly object[] };
  assert.deepEqual(index.manifests, [
    {
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      digest: attached[0]?.manifest,
      size: (index.manifests[0] as { readonly size: number }).size,
      artifactType: ARTIFACT_TYPE,
      annotations: { 'org.example.text': 'again' },
    },
  ]);
});

test('in every place of a registry that wants a password, each subject by itself', {
  skip: missing('docker-registry', 'skopeo'),
}, async (context) => {
  const registry = await startRegistry({ auth: 'basic' });
  context.after(() => registry.stop());
  await registry.push(`${signedLayout('cosign3-key')}:1.0`, 'team/app:1.0');
  const place = await placeAt(context, `${registry.host}/team/app:1.0`, { access: registry.access });
  await assertAllFound(place, await attachAll(place));
  const nobody = attachOptions(context);
  const [subject] = place.subjects as readonly [EvidenceSubject];
  const error = await refusal(attach([referrer(subject, 'x')], place.reference, nobody), 'ATTACH_DENIED');
  assert.match(
    error.message,
    /^repository 127\.0\.0\.1:[0-9]+\/team\/app: may not be written to: expected the right to push/,
  );
  assert.match(error.hint ?? '', /^Nothing was attached\. No credentials for /);
});

test('a registry with tokens is asked for one to pull and push, once', {
  skip: missing('docker-registry', 'openssl', 'skopeo'),
}, async (context) => {
  const registry = await startRegistry({ auth: 'token' });
  context.after(() => registry.stop());
  await registry.push(`${signedLayout('cosign3-key')}:1.0`, 'team/app:1.0');
  const place = await placeAt(context, `${registry.host}/team/app:1.0`, { access: registry.access });
  await assertAllFound(place, await attachAll(place));
});

test('with the referrers API nothing but referrers and the tags of cosign is written', {
  skip: missing('go'),
}, async (context) => {
  const registry = await startReferrersRegistry();
  context.after(() => registry.stop());
  await pushLayout(signedLayout('cosign3-key'), registry.url, 'team/app');
  const place = await placeAt(context, `${registry.host}/team/app:1.0`);
  const before = (await textsAt(place.reference, place.options)).length;
  const [subject] = place.subjects as readonly [EvidenceSubject];
  const [one, two] = await attach([referrer(subject, 'one'), tagged(subject, 'two')], place.reference, place.options);
  assert.deepEqual([one?.route, two?.route], ['referrers', 'signature-tag']);
  assert.equal((await textsAt(place.reference, place.options)).length, before + 2);
  const { tags } = (await (await fetch(`${registry.url}/v2/team/app/tags/list`)).json()) as { readonly tags: string[] };
  assert.deepEqual(tags.filter((tag) => !tag.startsWith('sha256:')).toSorted(), [
    '1.0',
    `sha256-${subject.digest.slice(7)}.sig`,
  ]);
});

test('a cache that takes no pushes refuses with a reason', {
  skip: missing('docker-registry', 'skopeo'),
}, async (context) => {
  const registry = await startRegistry();
  context.after(() => registry.stop());
  await registry.push(`${signedLayout('cosign3-key')}:1.0`, 'team/app:1.0');
  const cache = await startRegistry({ proxyOf: registry });
  context.after(() => cache.stop());
  const place = await placeAt(context, `${cache.host}/team/app:1.0`);
  const [subject] = place.subjects as readonly [EvidenceSubject];
  const error = await refusal(attach([referrer(subject, 'x')], place.reference, place.options), 'ATTACH_REFUSED');
  assert.match(error.message, /expected a repository that can be written to.*405/);
  assert.match(error.hint ?? '', /^Nothing was attached\./);
});

test('what is no place to attach to says so', async (context) => {
  const options = attachOptions(context);
  const subject = {
    kind: 'manifest',
    digest: digestOf('x'),
    mediaType: 'x',
    size: 1,
    platform: null,
    children: [],
  } as const;
  for (const reference of ['oci-archive:image.tar', 'docker-archive:image.tar', 'docker:alpine', 'rootfs:/tmp']) {
    await refusal(attach([referrer(subject, 'x')], reference, options), 'ATTACH_UNSUPPORTED');
  }
  await refusal(
    attach([referrer(subject, 'x')], 'registry.example/app', { ...options, offline: true }),
    'REGISTRY_OFFLINE',
  );
});

test('an entry of the index whose manifest was deleted does not keep others from attaching', {
  skip: missing('docker-registry'),
}, async (context) => {
  const registry = await startRegistry({ deletes: true });
  context.after(() => registry.stop());
  await pushLayout(signedLayout('cosign2-key'), registry.url, 'team/app');
  const place = await placeAt(context, `${registry.host}/team/app:1.0`);
  const [subject] = place.subjects as readonly [EvidenceSubject];
  const artifacts = ['one', 'two', 'three'].map((text) => referrer(subject, text));
  const [one] = await attach(artifacts.slice(0, 2), place.reference, place.options);
  const url = `${registry.url}/v2/team/app/manifests/${one?.manifest}`;
  assert.equal((await fetch(url, { method: 'DELETE' })).status, 202);
  await attach(artifacts.slice(2), place.reference, place.options);
  const texts = await textsAt(place.reference, place.options);
  assert.deepEqual(
    ['one', 'two', 'three'].map((text) => texts.includes(text)),
    [false, true, true],
  );
});
