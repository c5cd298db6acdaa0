import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { digestOf } from '#base/digest.ts';
import {
  type Document,
  descriptorOf,
  documentOf,
  type ImageOptions,
  imageOf,
  indexOf,
  type RegistryClient,
  TYPES,
} from '#test/fixtures/registry-client.ts';
import { type RegistryUnderTest, startRegistry } from '#test/fixtures/registry-under-test.ts';

let registry: RegistryUnderTest;
let alice: RegistryClient;
before(async () => {
  registry = await startRegistry();
  alice = registry.as('alice');
});
after(async () => {
  await registry.stop();
});

const ARTIFACT = 'application/vnd.example.thing+json';
const OTHER = 'application/vnd.example.other+json';

/** What is pushed: manifests children first, and the blobs of each. */
interface Pushed {
  readonly documents: readonly Document[];
  readonly blobs: readonly string[];
}

const one = (options: ImageOptions): Pushed => {
  const { document, blobs } = imageOf(options);
  return { documents: [document], blobs };
};
const many = (pushed: readonly Pushed[], make: (children: readonly Document[]) => Document): Pushed => ({
  documents: [
    ...pushed.flatMap(({ documents }) => documents),
    make(pushed.flatMap(({ documents }) => documents.slice(-1))),
  ],
  blobs: pushed.flatMap(({ blobs }) => blobs),
});
const artifact = (seed: string, more: object = {}): Pushed =>
  one({ seed, configType: TYPES.empty, layerType: ARTIFACT, more: { artifactType: ARTIFACT, ...more } });
const PLATFORMS = ['linux/amd64', 'linux/arm64'];
const platforms = (seed: string): readonly Pushed[] => PLATFORMS.map((name) => one({ seed: `${seed} ${name}` }));

const DATA: Readonly<Record<string, () => Pushed>> = {
  image: () => one({ seed: 'image', layers: 3 }),
  'image, uncompressed': () => one({ seed: 'plain', layerType: 'application/vnd.oci.image.layer.v1.tar' }),
  'image of Docker': () =>
    one({
      seed: 'docker',
      configType: 'application/vnd.docker.container.image.v1+json',
      layerType: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
      more: { mediaType: TYPES.dockerManifest },
    }),
  'large manifest': () => one({ seed: 'large', more: { annotations: { large: 'A'.repeat(4 * 1024 * 1024 - 2048) } } }),
  index: () => many(platforms('index'), (children) => indexOf(children, PLATFORMS)),
  'list of Docker': () =>
    many(platforms('list'), (children) => indexOf(children, PLATFORMS, { mediaType: TYPES.dockerList })),
  'nested index': () =>
    many(
      ['a', 'b'].map((name) => many(platforms(name), (children) => indexOf(children, PLATFORMS))),
      (children) => indexOf(children),
    ),
  'empty index': () => ({ documents: [indexOf([])], blobs: [] }),
  artifact: () => artifact('artifact'),
  'artifact index': () =>
    many([artifact('x'), artifact('y')], (children) => indexOf(children, [], { artifactType: ARTIFACT })),
  'artifact without layers': () => ({
    documents: [
      documentOf({
        schemaVersion: 2,
        mediaType: TYPES.manifest,
        artifactType: ARTIFACT,
        config: descriptorOf('{}', TYPES.empty),
        layers: [descriptorOf('{}', TYPES.empty)],
      }),
    ],
    blobs: ['{}'],
  }),
  'no layers': () => one({ seed: 'none', layers: 0 }),
  'missing subject': () => artifact('orphan', { subject: descriptorOf(imageOf({ seed: 'never' }).document) }),
  'data field': () => {
    const { document, blobs } = imageOf({ seed: 'data' });
    const value = JSON.parse(document.bytes.toString()) as { readonly config: object };
    const data = Buffer.from(blobs[0] ?? '').toString('base64');
    return {
      documents: [documentOf({ mediaType: TYPES.manifest, ...value, config: { ...value.config, data } })],
      blobs,
    };
  },
  'layer that is not distributed': () => {
    const foreign = descriptorOf('elsewhere', 'application/vnd.oci.image.layer.nondistributable.v1.tar+gzip');
    const { document, blobs } = imageOf({ seed: 'foreign' });
    const value = JSON.parse(document.bytes.toString()) as { readonly layers: readonly object[] };
    const layers = [{ ...foreign, urls: ['https://store.example.com/x'] }, ...value.layers];
    return { documents: [documentOf({ mediaType: TYPES.manifest, ...value, layers })], blobs };
  },
  'custom fields': () => one({ seed: 'custom', more: { 'org.example.custom': { a: [1, 2.5, 'é'] } } }),
  'sparse index': () => {
    const present = one({ seed: 'present' });
    const absent = imageOf({ seed: 'absent' }).document;
    return { ...present, documents: [...present.documents, indexOf([...present.documents, absent], PLATFORMS)] };
  },
  sha512: () => one({ seed: 'long', algorithm: 'sha512' }),
};

describe('every kind of data', () => {
  for (const [name, make] of Object.entries(DATA)) {
    const repository = `team/data/${name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}`;
    it(`${name}: is stored byte for byte, listed, and deleted at once`, async () => {
      const { documents, blobs } = make();
      for (const blob of blobs) {
        await alice.pushBlob(repository, blob, name === 'sha512' ? 'sha512' : 'sha256');
      }
      for (const document of documents) {
        const put = await alice.pushManifest(repository, document);
        assert.equal(put.headers['docker-content-digest'], document.digest);
        assert.equal(put.headers.location, `/v2/${repository}/manifests/${document.digest}`);
      }
      const top = documents.at(-1);
      assert.ok(top !== undefined);
      if (name !== 'sha512') {
        await alice.pushManifest(repository, top, 'latest');
      }
      const tag = name === 'sha512' ? [] : [['latest', top] as const];
      for (const [reference, document] of [...documents.map((each) => [each.digest, each] as const), ...tag]) {
        const path = `/v2/${repository}/manifests/${reference}`;
        const got = await alice.ask('GET', path, { headers: { accept: 'application/json' } });
        assert.ok(got.body.equals(document.bytes));
        for (const answer of [got, await alice.ask('HEAD', path)]) {
          assert.equal(answer.status, 200);
          assert.equal(answer.headers['content-type'], document.mediaType);
          assert.equal(answer.headers['content-length'], String(document.bytes.length));
          assert.equal(answer.headers['docker-content-digest'], document.digest);
        }
      }
      if (name !== 'sha512') {
        assert.deepEqual((await alice.ask('GET', `/v2/${repository}/tags/list`)).json(), {
          name: repository,
          tags: ['latest'],
        });
        assert.equal((await alice.ask('DELETE', `/v2/${repository}/manifests/latest`)).status, 202);
        assert.equal((await alice.ask('HEAD', `/v2/${repository}/manifests/latest`)).status, 404);
      }
      for (const document of documents.toReversed()) {
        const path = `/v2/${repository}/manifests/${document.digest}`;
        assert.equal((await alice.ask('HEAD', path)).status, 200);
        assert.equal((await alice.ask('DELETE', path)).status, 202);
        const gone = await alice.ask('GET', path);
        assert.deepEqual([gone.status, gone.codes()], [404, ['MANIFEST_UNKNOWN']]);
        assert.equal((await alice.ask('DELETE', path)).status, 404);
      }
    });
  }
});

describe('tags with a digest', () => {
  for (const algorithm of ['sha256', 'sha512'] as const) {
    it(`${algorithm}: all of them mean it`, async () => {
      const repository = `team/tags/${algorithm}`;
      const { document, blobs } = imageOf({ seed: algorithm, algorithm });
      for (const blob of blobs) {
        await alice.pushBlob(repository, blob, algorithm);
      }
      const tags = Array.from({ length: 12 }, (_, index) => `tag-${String(index).padStart(2, '0')}`);
      const query = tags.map((tag) => `tag=${tag}`).join('&');
      const put = await alice.pushManifest(repository, document, `${document.digest}?${query}`);
      assert.deepEqual(String(put.headers['oci-tag']).split(', '), tags);
      const { tags: listed } = (await alice.ask('GET', `/v2/${repository}/tags/list`)).json() as { tags: string[] };
      assert.deepEqual(listed, tags);
      const got = await alice.ask('GET', `/v2/${repository}/manifests/tag-11`);
      assert.equal(got.headers['docker-content-digest'], document.digest);
    });
  }

  it('do not go with a tag', async () => {
    const { document } = imageOf({ seed: 'sha256' });
    const headers = { 'content-type': TYPES.manifest };
    const answer = await alice.ask('PUT', '/v2/team/tags/sha256/manifests/a?tag=b', { body: document.bytes, headers });
    assert.equal(answer.status, 400);
  });
});

describe('a manifest that is not taken', () => {
  const { document, blobs } = imageOf({ seed: 'refused' });
  const cases: Readonly<Record<string, readonly [reference: string, body: Buffer, status: number, code: string]>> = {
    'with another digest': [document.digest, Buffer.concat([document.bytes, Buffer.from('  ')]), 400, 'DIGEST_INVALID'],
    'with something that is no digest': ['sha256:baddigeststring', document.bytes, 400, 'DIGEST_INVALID'],
    'without its blobs': ['v1', document.bytes, 400, 'MANIFEST_BLOB_UNKNOWN'],
    'that is too large': ['v1', Buffer.alloc(4 * 1024 * 1024 + 1, ' '), 413, 'SIZE_INVALID'],
    'that is no JSON': ['v1', Buffer.from('no'), 400, 'MANIFEST_INVALID'],
    'that says a thing twice': ['v1', Buffer.from('{"schemaVersion":2,"schemaVersion":2}'), 400, 'MANIFEST_INVALID'],
  };
  for (const [what, [reference, body, status, code]] of Object.entries(cases)) {
    for (const isStream of [false, true]) {
      it(`${what}${isStream ? ', of no length' : ''}`, async () => {
        const headers = { 'content-type': TYPES.manifest };
        const path = `/v2/team/refused/manifests/${reference}`;
        const answer = await alice.ask('PUT', path, { body, headers, isStream });
        assert.deepEqual([answer.status, answer.codes()], [status, [code]]);
      });
    }
  }

  it('with a layer of another size than it says', async () => {
    for (const blob of blobs) {
      await alice.pushBlob('team/refused', blob);
    }
    const value = JSON.parse(document.bytes.toString()) as { readonly layers: readonly object[] };
    const wrong = documentOf({ mediaType: TYPES.manifest, ...value, layers: [{ ...value.layers[0], size: 1 }] });
    const headers = { 'content-type': wrong.mediaType };
    const answer = await alice.ask('PUT', '/v2/team/refused/manifests/v1', { body: wrong.bytes, headers });
    assert.deepEqual([answer.status, answer.codes()], [400, ['MANIFEST_INVALID']]);
  });
});

it('what is not there', async () => {
  await alice.pushImage('team/there', { tag: 'v1' });
  const digest = digestOf('nothing');
  const cases = [
    [`/v2/team/there/manifests/${digest}`, 'MANIFEST_UNKNOWN'],
    ['/v2/team/there/manifests/missing', 'MANIFEST_UNKNOWN'],
    [`/v2/team/there/blobs/${digest}`, 'BLOB_UNKNOWN'],
    ['/v2/team/never/manifests/v1', 'MANIFEST_UNKNOWN'],
    ['/v2/team/never/tags/list', 'NAME_UNKNOWN'],
  ] as const;
  for (const [path, code] of cases) {
    const answer = await alice.ask('GET', path);
    assert.deepEqual([answer.status, answer.codes()], [404, [code]], path);
    assert.equal((await alice.ask('HEAD', path)).status, 404);
  }
});

describe('referrers', () => {
  const REPO = 'team/referrers';
  const subject = imageOf({ seed: 'subject' });
  const things = [
    artifact('one', { subject: descriptorOf(subject.document), annotations: { a: 'b', c: 'd' } }),
    artifact('two', { subject: descriptorOf(subject.document), artifactType: OTHER }),
  ];
  const signed = many([artifact('three')], (children) =>
    indexOf(children, [], { artifactType: OTHER, subject: descriptorOf(subject.document) }),
  );
  before(async () => {
    // The subject comes last: what hangs on it may be there before.
    for (const { documents, blobs } of [...things, signed, { documents: [subject.document], blobs: subject.blobs }]) {
      for (const blob of blobs) {
        await alice.pushBlob(REPO, blob);
      }
      for (const document of documents) {
        const { headers } = await alice.pushManifest(REPO, document);
        const { subject: named } = JSON.parse(document.bytes.toString()) as { subject?: { digest: string } };
        assert.equal(headers['oci-subject'], named?.digest);
      }
    }
  });
  const list = async (query = '', digest: string = subject.document.digest) => {
    const answer = await alice.ask('GET', `/v2/${REPO}/referrers/${digest}${query}`);
    assert.equal(answer.status, 200);
    assert.equal(answer.headers['content-type'], TYPES.index);
    const index = answer.json() as {
      schemaVersion: number;
      mediaType: string;
      manifests: { digest: string; artifactType: string }[];
    };
    assert.deepEqual([index.schemaVersion, index.mediaType], [2, TYPES.index]);
    return { headers: answer.headers, manifests: index.manifests };
  };

  it('has all of them with type, size and annotations', async () => {
    const { manifests, headers } = await list();
    assert.equal(headers['oci-filters-applied'], undefined);
    const first = things[0]?.documents[0];
    assert.deepEqual(
      manifests.map(({ digest }) => digest),
      [...things, signed].map(({ documents }) => documents.at(-1)?.digest ?? '').toSorted(),
    );
    assert.deepEqual(
      manifests.find(({ digest }) => digest === first?.digest),
      {
        mediaType: TYPES.manifest,
        digest: first?.digest,
        size: first?.bytes.length,
        artifactType: ARTIFACT,
        annotations: { a: 'b', c: 'd' },
      },
    );
  });

  it('has those of one type, and says so', async () => {
    const { manifests, headers } = await list(`?artifactType=${encodeURIComponent(OTHER)}`);
    assert.equal(headers['oci-filters-applied'], 'artifactType');
    assert.deepEqual(
      manifests.map(({ artifactType }) => artifactType),
      [OTHER, OTHER],
    );
    assert.equal((await list('?artifactType=application/none')).manifests.length, 0);
  });

  it('has none for what has none, is not there, or is in no repository yet', async () => {
    assert.deepEqual((await list('', digestOf('nothing'))).manifests, []);
    const answer = await alice.ask('GET', `/v2/team/none/referrers/${digestOf('x')}`);
    assert.deepEqual([answer.status, (answer.json() as { manifests: [] }).manifests], [200, []]);
  });

  it('has no deleted ones', async () => {
    const digest = things[1]?.documents[0]?.digest ?? '';
    await alice.ask('DELETE', `/v2/${REPO}/manifests/${digest}`);
    assert.equal((await list()).manifests.length, 2);
  });

  it('comes in parts when it is long', async () => {
    const large = 'x'.repeat(900_000);
    const all = await Promise.all(
      ['a', 'b', 'c', 'd', 'e'].map(async (seed) => {
        const pushed = artifact(seed, {
          annotations: { large },
          subject: descriptorOf(imageOf({ seed: 'long' }).document),
        });
        for (const blob of pushed.blobs) {
          await alice.pushBlob(REPO, blob);
        }
        const [document] = pushed.documents;
        assert.ok(document !== undefined);
        await alice.pushManifest(REPO, document);
        return document.digest;
      }),
    );
    const found: string[] = [];
    let query: string | undefined = '';
    let parts = 0;
    while (query !== undefined) {
      const { manifests, headers } = await list(query, imageOf({ seed: 'long' }).document.digest);
      found.push(...manifests.map(({ digest }) => digest));
      query = /<[^?]*(\?[^>]*)>; rel="next"/.exec(String(headers['link'] ?? ''))?.[1];
      parts += 1;
    }
    assert.deepEqual(found, all.toSorted());
    assert.equal(parts, 3);
  });
});
