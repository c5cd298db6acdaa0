import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { type Digest, digestOf, hexOf, isDigest } from '#base/digest.ts';
import type { Lifecycle } from '#model/platform/state.ts';
import { changeState, setApproval } from '#stages/catalog/index.ts';
import { printableTar } from '#test/fixtures/printable-archives.ts';
import {
  type Answer,
  type Document,
  descriptorOf,
  documentOf,
  type ImageOptions,
  imageOf,
  indexOf,
  TYPES,
} from '#test/fixtures/registry-client.ts';
import { PEOPLE, type RegistryUnderTest, startRegistry, type Who } from '#test/fixtures/registry-under-test.ts';

let registry: RegistryUnderTest;
before(async () => {
  registry = await startRegistry();
});
after(async () => {
  await registry.stop();
});

let repository = '';
let count = 0;
/** Another one for each test. */
function nextRepository(): void {
  count += 1;
  repository = `team/state-${count}`;
}

const random = (length: number): Uint8Array => new Uint8Array(length).map(() => Math.floor(Math.random() * 256));
const EVERYBODY: readonly Who[] = ['alice', 'bob', 'vera', 'ann', 'dan', 'root'];

async function move(digest: string, to: Lifecycle, reason = 'for a test'): Promise<void> {
  assert.ok(isDigest(digest));
  await changeState({ ...registry, random }, PEOPLE.root, { repository, digest, to, reason });
}

async function approve(
  digest: Digest,
  decision: 'approved' | 'refused',
  validUntil: number | null = null,
): Promise<void> {
  const approval = { repository, digest, decision, reason: 'for a test', validUntil };
  await setApproval({ ...registry, random }, PEOPLE.root, { ...approval, environment: 'production' });
}

/** Who gets a thing, by GET and by HEAD alike. */
async function readers(path: string, people: readonly Who[] = EVERYBODY): Promise<readonly Who[]> {
  const found: Who[] = [];
  for (const who of people) {
    const got = await registry.as(who).ask('GET', `/v2/${repository}/${path}`);
    const head = await registry.as(who).ask('HEAD', `/v2/${repository}/${path}`);
    const comparable = ({ status, headers: { date: _, ...headers } }: Answer) => ({ status, headers });
    assert.deepEqual(comparable(head), comparable(got), `${who}, ${path}`);
    if (got.status === 200) {
      found.push(who);
    }
  }
  return found;
}

function blobsOf(image: Document): readonly string[] {
  const { config, layers } = JSON.parse(image.bytes.toString()) as {
    config: { digest: string };
    layers: { digest: string }[];
  };
  return [config, ...layers].map(({ digest }) => `blobs/${digest}`);
}

const push = async (options: ImageOptions = {}, who: Who = 'alice'): Promise<Document> =>
  await registry.as(who).pushImage(repository, { seed: repository, ...options });

describe('who may read an image, its manifest as its blobs', () => {
  beforeEach(nextRepository);
  const cases: readonly (readonly [lifecycle: Lifecycle, readonly Who[]])[] = [
    ['quarantined', ['alice', 'ann', 'root']],
    ['approved', ['alice', 'bob', 'vera', 'ann', 'root']],
    ['deprecated', ['alice', 'bob', 'vera', 'ann', 'root']],
    ['revoked', ['ann', 'root']],
  ];
  for (const [lifecycle, who] of cases) {
    it(`${lifecycle}: ${who.join(', ')}`, async () => {
      const image = await push({ tag: 'v1' });
      if (lifecycle !== 'quarantined') {
        await move(image.digest, 'approved');
      }
      if (lifecycle !== 'approved' && lifecycle !== 'quarantined') {
        await move(image.digest, lifecycle);
      }
      assert.deepEqual(await readers('manifests/v1'), who);
      assert.deepEqual(await readers(`manifests/${image.digest}`), who);
      for (const blob of blobsOf(image)) {
        // Whoever uploaded it has it anyway.
        assert.deepEqual(await readers(blob), who.includes('alice') ? who : ['alice', ...who]);
      }
    });
  }

  it('for an environment: those with an approval that holds', async () => {
    const image = await push();
    const path = `manifests/${image.digest}`;
    const [blob = ''] = blobsOf(image);
    const now = registry.clock.now();
    const expect = async (who: readonly Who[]): Promise<void> => {
      assert.deepEqual(await readers(path, ['dan']), who);
      assert.deepEqual(await readers(blob, ['dan']), who);
    };
    await approve(image.digest, 'approved');
    await expect([]);
    await move(image.digest, 'approved');
    await expect(['dan']);
    await approve(image.digest, 'refused');
    await expect([]);
    await approve(image.digest, 'approved', now + 1000);
    await expect(['dan']);
    registry.clock.set(now + 1000);
    await expect([]);
    registry.clock.set(now);
  });
});

describe('what is said', () => {
  beforeEach(nextRepository);
  it('of a refusal in the events: who, what and why, the same once a minute', async () => {
    const image = await push();
    const path = `/v2/${repository}/manifests/${image.digest}`;
    const denials = async (): Promise<readonly object[]> => {
      const events = await registry.store.records.events.after(null, 10_000);
      return events.flatMap(({ event: { type, actor, data } }) =>
        type === 'access.denied.v1' && data['resource'] === `${repository}@${image.digest}` ? [{ actor, ...data }] : [],
      );
    };
    await registry.as('vera').ask('GET', path);
    await registry.as('vera').ask('GET', path);
    await registry.as(null).ask('GET', path);
    await registry.as('alice').ask('GET', path);
    const [first, ...others] = await denials();
    assert.deepEqual(others, []);
    assert.deepEqual(first, {
      actor: 'user:vera',
      action: 'GET pull',
      resource: `${repository}@${image.digest}`,
      reason: 'the image is in quarantine since 2026-01-01T00:00:00.000Z: pushed, and not looked at yet',
    });
    registry.clock.set(registry.clock.now() + 60_000);
    await registry.as('vera').ask('GET', path);
    assert.equal((await denials()).length, 2);
    registry.clock.set(registry.clock.now() - 60_000);
  });

  it('of what is withheld: why, and where the report is', async () => {
    const image = await push();
    for (const path of [`manifests/${image.digest}`, blobsOf(image)[1] ?? '']) {
      const answer = await registry.as('vera').ask('GET', `/v2/${repository}/${path}`);
      assert.equal(answer.status, 403);
      const { errors } = answer.json() as { errors: { code: string; message: string; detail: { report: string } }[] };
      assert.equal(errors[0]?.code, 'DENIED');
      assert.match(errors[0].message, /in quarantine since 20/);
      assert.match(
        errors[0].detail.report,
        new RegExp(`^http://registry.test/api/v1/repositories/${repository}/manifests/sha256:`),
      );
    }
  });

  it('of what is deprecated: a warning', async () => {
    const image = await push({ tag: 'old' });
    await move(image.digest, 'approved');
    await move(image.digest, 'deprecated', 'use "new"\r\nSet-Cookie: x');
    const { headers } = await registry.as('vera').ask('GET', `/v2/${repository}/manifests/old`);
    assert.match(String(headers.warning), /^299 - "the image is deprecated since [^"]*: use 'new'[^"]*"$/);
    assert.equal(headers['set-cookie'], undefined);
  });

  it('of what a publisher may not read: that it is to be uploaded', async () => {
    const image = await push();
    const answer = await registry.as('bob').ask('HEAD', `/v2/${repository}/${blobsOf(image)[1] ?? ''}`);
    assert.equal(answer.status, 404);
  });
});

describe('the state of one thing is that of another', () => {
  beforeEach(nextRepository);
  const attached = async (
    more: object,
    options: ImageOptions = {},
    who: Who = 'alice',
    tag?: string,
  ): Promise<Document> =>
    await push(
      {
        seed: `${repository} attached`,
        configType: TYPES.empty,
        layerType: 'application/json',
        ...options,
        more,
        ...(tag === undefined ? {} : { tag }),
      },
      who,
    );

  it('of an artifact that of its subject, also one that comes later, along a chain', async () => {
    const { document: subject } = imageOf({ seed: repository });
    const artifact = await attached({ subject: descriptorOf(subject) });
    const signature = await attached({ subject: descriptorOf(artifact) }, { seed: `${repository} chain` });
    assert.deepEqual(await readers(`manifests/${signature.digest}`, ['vera', 'ann']), ['ann']);
    const image = await push();
    assert.equal(image.digest, subject.digest);
    assert.deepEqual(await readers(`manifests/${signature.digest}`, ['vera']), []);
    await move(image.digest, 'approved');
    assert.deepEqual(await readers(`manifests/${artifact.digest}`, ['vera']), ['vera']);
    assert.deepEqual(await readers(`manifests/${signature.digest}`, ['vera']), ['vera']);
    await move(image.digest, 'revoked');
    assert.deepEqual(await readers(`manifests/${signature.digest}`, ['vera', 'alice']), []);
  });

  it('not of an image with a subject: it is run', async () => {
    const image = await push();
    await move(image.digest, 'approved');
    const second = await push({ seed: `${repository} second`, more: { subject: descriptorOf(image) } });
    assert.deepEqual(await readers(`manifests/${second.digest}`, ['vera', 'dan']), []);
    const third = indexOf([second], ['linux/amd64'], { subject: descriptorOf(image) });
    await registry.as('alice').pushManifest(repository, third);
    assert.deepEqual(await readers(`manifests/${third.digest}`, ['vera']), []);
  });

  for (const suffix of ['', '.sig', '.att', '.sbom']) {
    it(`under the tag sha256-…${suffix} that of the digest in it`, async () => {
      const image = await push();
      await move(image.digest, 'approved');
      const tag = `sha256-${hexOf(image.digest)}${suffix}`;
      // As cosign has it: the config of an image, and layers of text.
      const { document, blobs } = imageOf({
        seed: `${repository} signature`,
        layerType: 'application/vnd.dev.cosign.simplesigning.v1+json',
        layers: 0,
      });
      const payload = '{"critical":{}}';
      const layer = descriptorOf(payload, 'application/vnd.dev.cosign.simplesigning.v1+json');
      const value = JSON.parse(document.bytes.toString()) as object;
      const bytes = Buffer.from(JSON.stringify({ ...value, layers: [layer] }));
      for (const blob of [...blobs, payload]) {
        await registry.as('alice').pushBlob(repository, blob);
      }
      await registry
        .as('alice')
        .pushManifest(repository, { digest: digestOf(bytes), mediaType: TYPES.manifest, bytes }, tag);
      assert.deepEqual(await readers(`manifests/${tag}`, ['vera']), ['vera']);
    });

    it(`under the tag sha256-…${suffix} not of what can be unpacked`, async () => {
      const image = await push();
      await move(image.digest, 'approved');
      const tag = `sha256-${hexOf(image.digest)}${suffix}`;
      await push({ seed: `${repository} hidden`, layerType: 'application/vnd.dev.cosign.simplesigning.v1+json', tag });
      assert.deepEqual(await readers(`manifests/${tag}`, ['vera']), []);
    });
  }

  it('not of an image whose layer is a tar that can be printed, whatever its config is called', async () => {
    const image = await push();
    await move(image.digest, 'approved');
    const layer = printableTar().toString();
    const config = JSON.stringify({ seed: repository });
    for (const [mediaType, configType] of [
      [TYPES.manifest, TYPES.config],
      [TYPES.manifest, 'application/octet-stream'],
      [TYPES.dockerManifest, TYPES.empty],
    ] as const) {
      const hidden = documentOf({
        schemaVersion: 2,
        mediaType,
        config: descriptorOf(config, configType),
        layers: [descriptorOf(layer, 'text/plain')],
        subject: descriptorOf(image),
      });
      for (const blob of [config, layer]) {
        await registry.as('alice').pushBlob(repository, blob);
      }
      await registry.as('alice').pushManifest(repository, hidden);
      assert.deepEqual(await readers(`manifests/${hidden.digest}`, ['vera']), [], configType);
    }
  });

  it('of an index of referrers that of the digest in its tag', async () => {
    const image = await push();
    await move(image.digest, 'approved');
    const artifact = await attached({ subject: descriptorOf(image) });
    const tag = `sha256-${hexOf(image.digest)}`;
    const index = indexOf([artifact]);
    await registry.as('alice').pushManifest(repository, index, tag);
    assert.deepEqual(await readers(`manifests/${tag}`, ['vera']), ['vera']);
    const sparse = indexOf([artifact, imageOf({ seed: `${repository} later` }).document]);
    await registry.as('alice').pushManifest(repository, sparse, tag);
    assert.deepEqual(await readers(`manifests/${tag}`, ['vera']), []);
  });

  it('is what decides which referrers are listed', async () => {
    const image = await push();
    await move(image.digest, 'approved');
    const artifact = await attached({ subject: descriptorOf(image) });
    const runnable = await push({ seed: `${repository} other`, more: { subject: descriptorOf(image) } });
    const listed = async (who: Who): Promise<readonly string[]> => {
      const answer = await registry.as(who).ask('GET', `/v2/${repository}/referrers/${image.digest}`);
      return (answer.json() as { manifests: { digest: string }[] }).manifests.map(({ digest }) => digest);
    };
    assert.deepEqual(await listed('vera'), [artifact.digest]);
    assert.deepEqual(await listed('alice'), [artifact.digest, runnable.digest].toSorted());
  });
});

describe('an index', () => {
  beforeEach(nextRepository);
  const platforms = ['linux/amd64', 'linux/arm64', 'unknown/unknown'];

  it('is read when all its platforms may be', async () => {
    const [first, second, attestation] = [
      await push({ seed: `${repository} 1` }),
      await push({ seed: `${repository} 2` }),
      await push({ seed: `${repository} 3` }),
    ];
    const index = indexOf([first, second, attestation], platforms);
    const outer = indexOf([index]);
    await registry.as('alice').pushManifest(repository, index);
    await registry.as('alice').pushManifest(repository, outer);
    // What follows an index is approved with it; here it is decided one by one.
    for (const { digest } of [outer, first]) {
      await move(digest, 'approved');
    }
    for (const { digest } of [second, attestation]) {
      await move(digest, 'revoked');
    }
    for (const { digest } of [index, outer]) {
      assert.deepEqual(await readers(`manifests/${digest}`, ['vera', 'ann']), ['ann']);
    }
    assert.deepEqual(await readers(`manifests/${first.digest}`, ['vera']), ['vera']);
    await move(second.digest, 'approved');
    assert.deepEqual(await readers(`manifests/${index.digest}`, ['vera']), ['vera']);
    assert.deepEqual(await readers(`manifests/${outer.digest}`, ['vera']), ['vera']);
  });

  it('is read without the platforms that are not there', async () => {
    const first = await push();
    const index = indexOf([first, imageOf({ seed: `${repository} absent` }).document], platforms);
    await registry.as('alice').pushManifest(repository, index);
    await move(index.digest, 'approved');
    assert.deepEqual(await readers(`manifests/${index.digest}`, ['vera']), ['vera']);
  });
});

describe('what somebody else pushed', () => {
  beforeEach(nextRepository);
  it('does not become readable by naming its blobs in a manifest', async () => {
    const image = await push();
    const answer = await registry.as('bob').ask('PUT', `/v2/${repository}/manifests/mine`, {
      body: image.bytes,
      headers: { 'content-type': TYPES.manifest },
    });
    assert.deepEqual([answer.status, answer.codes()], [400, ['MANIFEST_BLOB_UNKNOWN']]);
  });

  it('can be pushed by another who has it, and takes nothing from the first', async () => {
    const image = await push();
    const [, layer = ''] = blobsOf(image);
    for (const blob of imageOf({ seed: repository }).blobs) {
      await registry.as('bob').pushBlob(repository, blob);
    }
    assert.deepEqual(await readers(layer, ['alice', 'bob', 'vera']), ['alice', 'bob']);
    await registry.as('bob').pushManifest(repository, image);
  });

  it('is in quarantine again when it was deleted and comes back', async () => {
    const image = await push({ tag: 'v1' });
    await move(image.digest, 'approved');
    await registry.as('alice').ask('DELETE', `/v2/${repository}/manifests/${image.digest}`);
    assert.deepEqual(await readers(`manifests/${image.digest}`), []);
    await push({ tag: 'v1' });
    assert.deepEqual(await readers('manifests/v1', ['vera', 'alice']), ['alice']);
  });
});

it('a publisher can push over what another one has in quarantine: to who may push it is not there, and says why', async () => {
  const first = await push({ tag: 'latest' });
  const path = `/v2/${repository}/manifests/latest`;
  const answer = await registry.as('bob').ask('GET', path);
  assert.equal(answer.status, 404);
  assert.match(answer.body.toString(), /MANIFEST_UNKNOWN.*in quarantine.*report: http/);
  assert.deepEqual(await readers('manifests/latest', ['alice', 'bob', 'vera']), ['alice']);
  assert.equal((await registry.as('vera').ask('HEAD', path)).status, 403);
  const second = await push({ tag: 'latest', seed: 'of bob' }, 'bob');
  assert.notEqual(second.digest, first.digest);
  assert.deepEqual(await readers('manifests/latest', ['alice', 'bob']), ['bob']);
});
