import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { systemClock } from '#base/clock.ts';
import type { Digest } from '#base/digest.ts';
import type { Discovery } from '#model/attachment.ts';
import type { DocumentStore } from '#model/ports.ts';
import { evidence } from '#test/evidence.ts';
import { startRegistry } from '#test/fixtures/docker-registry.ts';
import { temporaryFolder } from '#test/fixtures/open-images.ts';
import { pushLayout } from '#test/fixtures/push-layout.ts';
import { startReferrersRegistry } from '#test/fixtures/referrers-registry.ts';
import { SIGNED_FIXTURES, SUBJECTS, signedLayout } from '#test/fixtures/signed/index.ts';
import { sourceAccess } from '#test/fixtures/source-access.ts';
import { wholeLog } from '#test/fixtures/whole-log.ts';
import { missing } from '#test/prerequisites.ts';
import type { OpenOptions } from '../images/options.ts';
import { openEvidence } from './open-evidence.ts';

evidence(
  'trust/discovery',
  'real tool',
  'signatures of cosign and notation-go in docker-registry, without the referrers API, and in the registry of go-containerregistry, with it',
);

interface Found {
  readonly subjects: readonly Digest[];
  readonly discoveries: readonly Discovery[];
}

async function findAll(context: TestContext, reference: string, more: Partial<OpenOptions> = {}): Promise<Found> {
  const source = await openEvidence(reference, {
    host: { os: 'linux', architecture: 'amd64' },
    integrity: 'require',
    temporaryFolder: temporaryFolder(context),
    access: sourceAccess({ clock: systemClock }),
    platform: 'all',
    ...more,
  });
  context.after(() => source.close());
  const discoveries = await Promise.all(source.subjects.map((subject) => source.attachments(subject)));
  return { subjects: source.subjects.map(({ digest }) => digest), discoveries };
}

/** What was found without how, in an order of its own. */
function contents({ discoveries }: Found): readonly string[] {
  const all = discoveries.flatMap(({ attachments }) => attachments);
  return all
    .map(({ subject, digest, blobs }) => `${subject} ${digest} ${blobs.map((blob) => blob.digest).join(' ')}`)
    .toSorted();
}

function routes({ discoveries }: Found): readonly string[] {
  return [...new Set(discoveries.flatMap(({ attachments }) => attachments.map(({ route }) => route)))].toSorted();
}

/** Pushes every fixture, and compares what is found in the registry with what is in the layout. */
async function comparedWithLayouts(context: TestContext, url: string, host: string): Promise<readonly string[]> {
  const taken = new Set<string>();
  let attachments = 0;
  for (const { id } of SIGNED_FIXTURES) {
    const repository = `${id}-${randomUUID()}`;
    await pushLayout(signedLayout(id), url, repository);
    const found = await findAll(context, `${host}/${repository}:1.0`);
    const layout = await findAll(context, `oci:${signedLayout(id)}`);
    assert.deepEqual(found.subjects, layout.subjects, id);
    assert.deepEqual(contents(found), contents(layout), id);
    assert.deepEqual(
      found.discoveries.flatMap(({ problems }) => problems),
      [],
      id,
    );
    for (const route of routes(found)) {
      taken.add(route);
    }
    attachments += contents(found).length;
  }
  context.diagnostic(`${attachments} attachments of ${SIGNED_FIXTURES.length} images, by ${[...taken].join(', ')}`);
  assert.ok(attachments >= 50);
  return [...taken].toSorted();
}

test('a registry without the referrers API: tags, and the index under the fallback tag', {
  skip: missing('docker-registry'),
}, async (context) => {
  const registry = await startRegistry();
  context.after(() => registry.stop());
  assert.deepEqual(await comparedWithLayouts(context, registry.url, registry.host), [
    'attestation-tag',
    'fallback-tag',
    'signature-tag',
  ]);
});

test('a registry with the referrers API', { skip: missing('go') }, async (context) => {
  const registry = await startReferrersRegistry();
  context.after(() => registry.stop());
  const taken = await comparedWithLayouts(context, registry.url, registry.host);
  assert.ok(taken.includes('referrers') && taken.includes('signature-tag') && taken.includes('attestation-tag'));
});

test('an image in a registry that wants a password', {
  skip: missing('docker-registry', 'skopeo'),
}, async (context) => {
  const registry = await startRegistry({ auth: 'basic' });
  context.after(() => registry.stop());
  await registry.push(`${signedLayout('cosign2-key')}:1.0`, 'team/app:1.0');
  const tag = `sha256-${SUBJECTS.amd64.slice('sha256:'.length)}.sig`;
  await registry.push(`${signedLayout('cosign2-key')}:${tag}`, `team/app:${tag}`);
  const { discoveries } = await findAll(context, `${registry.host}/team/app:1.0`, { access: registry.access });
  assert.deepEqual(
    discoveries.map(({ attachments, problems }) => [attachments.map(({ route }) => route), problems]),
    [[['signature-tag'], []]],
  );
});

test('one journey for what there is, one for the manifests, one for their parts; manifests are kept and parts are not', {
  skip: missing('go'),
}, async (context) => {
  const registry = await startReferrersRegistry();
  context.after(() => registry.stop());
  await pushLayout(signedLayout('cosign3-two-keys'), registry.url, 'team/app');
  const held = new Map<Digest, Uint8Array>();
  const documents: DocumentStore = {
    get: (digest) => Promise.resolve(held.get(digest) ?? null),
    put: (digest, bytes) => Promise.resolve(void held.set(digest, bytes)),
  };
  const assertAsked = async (expected: readonly string[]): Promise<void> => {
    const before = (await wholeLog(registry)).length;
    const found = await findAll(context, `${registry.host}/team/app@${SUBJECTS.amd64}`, { documents });
    assert.equal(contents(found).length, 2);
    const lines = (await wholeLog(registry)).slice(before).split('\n');
    const asked = lines.flatMap(
      (line) => / (GET|HEAD) \/v2\/team\/app\/([a-z]+)\//.exec(line)?.slice(1, 3).join(' ') ?? [],
    );
    assert.deepEqual(asked.toSorted(), expected);
  };
  const listing = ['GET manifests', 'GET manifests', 'GET manifests', 'GET manifests', 'GET referrers'];
  await assertAsked(['GET blobs', 'GET blobs', 'GET manifests', 'GET manifests', 'GET manifests', ...listing]);
  await assertAsked(['GET blobs', 'GET blobs', ...listing]);
  assert.equal(held.size, 3);
});
