import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { systemClock } from '#base/clock.ts';
import type { Digest } from '#base/digest.ts';
import { readBounded } from '#base/limits.ts';
import type { DocumentStore } from '#model/ports.ts';
import { type HostileRegistry, serveImage, startHostile } from '#test/fixtures/hostile-registry.ts';
import { openOneForTest } from '#test/fixtures/open-images.ts';
import { sourceAccess } from '#test/fixtures/source-access.ts';
import { writeTar } from '#test/fixtures/tar-writer.ts';

const IMAGE = serveImage(writeTar([{ path: 'a', content: 'a' }]));
const OTHER = serveImage(writeTar([{ path: 'b', content: 'b' }]));

function memoryStore(): DocumentStore & { readonly held: Map<Digest, Uint8Array> } {
  const held = new Map<Digest, Uint8Array>();
  return {
    held,
    get: (digest) => Promise.resolve(held.get(digest) ?? null),
    put: (digest, bytes) => {
      held.set(digest, bytes);
      return Promise.resolve();
    },
  };
}

const access = sourceAccess({ clock: systemClock });

/** What a server was asked while something was done, without the name of the repository. */
async function askedFor(server: HostileRegistry, act: () => Promise<unknown>): Promise<readonly string[]> {
  const before = server.asked.length;
  await act();
  return server.asked.slice(before).map(({ line }) => line.replace('/v2/team/app/', ''));
}

async function warm(context: TestContext, documents: DocumentStore): Promise<HostileRegistry> {
  const server = await startHostile(context, IMAGE.answer);
  await openOneForTest(context, `${server.host}/team/app`, { access, documents });
  return server;
}

test('a tag whose documents are kept costs one HEAD, a digest nothing', async (context) => {
  const documents = memoryStore();
  const server = await warm(context, documents);
  assert.deepEqual([...documents.held.keys()], [IMAGE.manifestDigest, IMAGE.configDigest]);
  const byTag = (): Promise<unknown> => openOneForTest(context, `${server.host}/team/app`, { access, documents });
  assert.deepEqual(await askedFor(server, byTag), ['HEAD manifests/latest']);
  const byDigest = `${server.host}/team/app@${IMAGE.manifestDigest}`;
  for (const options of [{ access }, {}, { offline: true, access }]) {
    assert.deepEqual(await askedFor(server, () => openOneForTest(context, byDigest, { documents, ...options })), []);
  }
});

test('a tag that has moved is fetched anew, and one that HEAD does not tell as well', async (context) => {
  const documents = memoryStore();
  const server = await warm(context, documents);
  server.answer = OTHER.answer;
  const { digest } = await openOneForTest(context, `${server.host}/team/app`, { access, documents });
  assert.equal(digest, OTHER.manifestDigest);
  server.answer = (request, response) => {
    if (request.method === 'HEAD') {
      response.writeHead(405).end();
    } else {
      IMAGE.answer(request, response);
    }
  };
  const byTag = (): Promise<unknown> => openOneForTest(context, `${server.host}/team/app`, { access, documents });
  assert.deepEqual(await askedFor(server, byTag), ['HEAD manifests/latest', 'GET manifests/latest']);
});

test('a registry that has had too many requests is not asked again the other way', async (context) => {
  const documents = memoryStore();
  const server = await startHostile(context, (_request, response) => {
    response.writeHead(429, { 'retry-after': '9999' }).end();
  });
  const byTag = openOneForTest(context, `${server.host}/team/app`, { access, documents });
  await assert.rejects(byTag, { code: 'REGISTRY_RATE_LIMITED' });
  assert.deepEqual(
    server.asked.map(({ line }) => line),
    ['HEAD /v2/team/app/manifests/latest'],
  );
});

test('what a store holds is verified, and what has another digest is never put into it', async (context) => {
  const documents = memoryStore();
  const server = await warm(context, documents);
  documents.held.set(IMAGE.manifestDigest, OTHER.manifest);
  const byDigest = `${server.host}/team/app@${IMAGE.manifestDigest}`;
  const opened = (): Promise<unknown> => openOneForTest(context, byDigest, { access, documents });
  assert.deepEqual(await askedFor(server, opened), [`GET manifests/${IMAGE.manifestDigest}`]);
  assert.deepEqual(documents.held.get(IMAGE.manifestDigest), IMAGE.manifest);
  documents.held.clear();
  server.answer = (request, response) => {
    if (request.url?.endsWith(IMAGE.configDigest) === true) {
      response.end(Buffer.alloc(IMAGE.config.length, ' '));
    } else {
      IMAGE.answer(request, response);
    }
  };
  await assert.rejects(opened(), { code: 'BLOB_DIGEST_MISMATCH' });
  assert.deepEqual([...documents.held.keys()], [IMAGE.manifestDigest]);
});

test('without the network, what is not kept is named', async (context) => {
  const documents = memoryStore();
  const server = await warm(context, documents);
  const name = `${server.host}/team/app`;
  const offline = { access, documents, offline: true };
  const image = await openOneForTest(context, `${name}@${IMAGE.manifestDigest}`, offline);
  const content = image.layers[0]?.content;
  assert.ok(content?.kind === 'tar');
  await assert.rejects(async () => await content.open()[Symbol.asyncIterator]().next(), {
    code: 'REGISTRY_OFFLINE',
    object: `blob ${IMAGE.layerDigest} of repository ${name}`,
  });
  const missing: readonly (readonly [reference: string, object: string])[] = [
    [name, `tag latest of repository ${name}`],
    [`${name}@${OTHER.manifestDigest}`, `manifest ${OTHER.manifestDigest} of repository ${name}`],
  ];
  for (const [reference, object] of missing) {
    await assert.rejects(openOneForTest(context, reference, offline), { code: 'REGISTRY_OFFLINE', object });
    await assert.rejects(openOneForTest(context, reference, { documents }), { code: 'REGISTRY_OFFLINE', object });
  }
  documents.held.delete(IMAGE.configDigest);
  await assert.rejects(openOneForTest(context, `${name}@${IMAGE.manifestDigest}`, offline), {
    object: `blob ${IMAGE.configDigest} of repository ${name}`,
  });
});

test('a mirror may have a prefix for repositories; one that fails is asked no more', async (context) => {
  const mirror = await startHostile(context, (request, response) => {
    if (request.url?.endsWith(IMAGE.configDigest) === true) {
      response.writeHead(403).end();
    } else {
      IMAGE.answer(request, response);
    }
  });
  const server = await startHostile(context, IMAGE.answer);
  const text = JSON.stringify({ registries: { [server.host]: { mirrors: [`${mirror.host}/hub/cache`] } } });
  const mirrored = { ...access, registries: { file: 'registries.yaml', text } };
  const image = await openOneForTest(context, `${server.host}/team/app`, { access: mirrored });
  assert.deepEqual(
    mirror.asked.map(({ line }) => line),
    ['GET /v2/hub/cache/team/app/manifests/latest', `GET /v2/hub/cache/team/app/blobs/${IMAGE.configDigest}`],
  );
  const content = image.layers[0]?.content;
  assert.ok(content?.kind === 'tar');
  assert.deepEqual(await readBounded(content.open(), 1 << 20, 'layer'), IMAGE.layer);
  assert.deepEqual(
    server.asked.map(({ line }) => line),
    [`GET /v2/team/app/blobs/${IMAGE.configDigest}`, `GET /v2/team/app/blobs/${IMAGE.layerDigest}`],
  );
});

test('a layer that a mirror breaks off is completed by the registry', async (context) => {
  let broken = 0;
  const mirror = await startHostile(context, (request, response) => {
    if (request.url?.endsWith(IMAGE.layerDigest) === true) {
      broken += 1;
      response.writeHead(200).write(IMAGE.layer.subarray(0, 50), () => response.socket?.destroy());
    } else {
      IMAGE.answer(request, response);
    }
  });
  const server = await startHostile(context, IMAGE.answer);
  const text = JSON.stringify({ registries: { [server.host]: { mirrors: [mirror.host] } } });
  const mirrored = { ...access, registries: { file: 'registries.yaml', text } };
  const image = await openOneForTest(context, `${server.host}/team/app`, { access: mirrored });
  const content = image.layers[0]?.content;
  assert.ok(content?.kind === 'tar');
  assert.deepEqual(await readBounded(content.open(), 1 << 20, 'layer'), IMAGE.layer);
  assert.equal(broken, 4);
  assert.deepEqual(
    server.asked.map(({ headers }) => headers.range),
    ['bytes=50-'],
  );
});
