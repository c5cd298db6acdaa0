import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { digestOf, hexOf } from '#base/digest.ts';
import { isAppError } from '#base/error.ts';
import { LIMITS, readBounded } from '#base/limits.ts';
import type { Image } from '#model/image.ts';
import { evidence } from '#test/evidence.ts';
import { type FakeAnswers, fakeDaemon, memoryStore, refuseWith } from '#test/fixtures/fake-daemon.ts';
import { temporaryFolder } from '#test/fixtures/open-images.ts';
import { tarOf } from '#test/fixtures/tar-archive.ts';
import type { OpenOptions } from '../images/options.ts';
import type { DaemonReference } from '../reference.ts';
import { findDaemon } from './find-daemon.ts';
import { DAEMON_WAITS, getStream, socketError } from './http.ts';
import { parseInspection } from './inspect.ts';
import { DOCKER, PODMAN } from './kinds.ts';
import { openDaemonImage } from './open-image.ts';

evidence('images/docker', 'published', 'answers and errors as the documentation of the Docker Engine API has them');

const LAYERS = [tarOf([{ name: 'etc/a', content: 'one' }]), tarOf([{ name: 'etc/b', content: 'two' }])];
const CONFIG = Buffer.from(
  JSON.stringify({
    os: 'linux',
    architecture: 'amd64',
    rootfs: { type: 'layers', diff_ids: LAYERS.map((layer) => digestOf(layer)) },
  }),
);
const ID = digestOf(CONFIG);
/** For a daemon that hangs; the other waits stay as long as they are. */
const HASTY = { answer: { ...DAEMON_WAITS, answer: 200 }, export: { ...DAEMON_WAITS, exportStart: 200, idle: 200 } };

function dockerSave(layers: readonly Uint8Array[] = LAYERS, config: Uint8Array = CONFIG): Uint8Array {
  const names = layers.map((_, index) => `${index}/layer.tar`);
  return tarOf([
    ...layers.map((content, index) => ({ name: `${index}/layer.tar`, content })),
    { name: `${hexOf(digestOf(config))}.json`, content: config },
    {
      name: 'manifest.json',
      content: JSON.stringify([{ Config: `${hexOf(digestOf(config))}.json`, RepoTags: ['a:1'], Layers: names }]),
    },
  ]);
}

interface Setting {
  readonly images: readonly Image[];
  readonly asked: readonly string[];
}

async function open(
  context: TestContext,
  answers: FakeAnswers,
  options: Partial<OpenOptions> = {},
  waits = DAEMON_WAITS,
): Promise<Setting> {
  const daemon = await fakeDaemon(context, answers);
  const reference: DaemonReference = { source: 'docker', text: 'docker:a:1', name: 'docker.io/library/a:1' };
  const folder = temporaryFolder(context);
  const opened = await openDaemonImage(
    { kind: DOCKER, sockets: [daemon.socket], names: [reference.name], waits },
    reference,
    { host: { os: 'linux', architecture: 'amd64' }, integrity: 'require', temporaryFolder: folder, ...options },
  );
  context.after(() => opened.close());
  // The export has no name.
  assert.deepEqual(readdirSync(folder), []);
  return { images: opened.images, asked: daemon.asked };
}

async function readLayer(image: Image | undefined, index: number, signal?: AbortSignal): Promise<Uint8Array> {
  const content = image?.layers[index]?.content;
  assert.ok(content?.kind === 'tar');
  return await readBounded(content.open(signal), LIMITS.layerBytes, 'layer');
}

test('an image is exported by its id, once, and its config kept', async (context) => {
  const documents = memoryStore();
  const { images, asked } = await open(context, { inspect: { Id: ID }, export: dockerSave() }, { documents });
  const [image] = images;
  assert.deepEqual(asked, ['/images/docker.io/library/a:1/json?manifests=1', `/images/${ID}/get`]);
  assert.equal(image?.source, 'docker');
  assert.equal(image?.reference, 'docker:a:1');
  assert.equal(image?.digest, null);
  assert.equal(image?.configDigest, ID);
  assert.deepEqual(
    image?.layers.map(({ diffId }) => diffId),
    LAYERS.map((layer) => digestOf(layer)),
  );
  assert.deepEqual(await Promise.all([readLayer(image, 0), readLayer(image, 1)]), LAYERS);
  assert.equal(asked.length, 2);
  assert.deepEqual([...documents.kept.keys()], [ID]);
});

test('with the config at hand nothing is exported until a layer is opened, and then once', async (context) => {
  const documents = memoryStore();
  await documents.put(ID, CONFIG);
  const { images, asked } = await open(context, { inspect: { Id: ID }, export: dockerSave() }, { documents });
  assert.equal(images[0]?.configDigest, ID);
  assert.equal(asked.length, 1);
  await Promise.all([readLayer(images[0], 1), readLayer(images[0], 0), readLayer(images[0], 1)]);
  assert.equal(asked.filter((path) => path.endsWith('/get')).length, 1);
});

test('a kept config with another digest is no config', async (context) => {
  const documents = memoryStore();
  await documents.put(ID, Buffer.from('{"rootfs":{}}'));
  const { images } = await open(context, { inspect: { Id: ID }, export: dockerSave() }, { documents });
  assert.equal(images[0]?.layers.length, 2);
});

test('a platform that the daemon has not', async (context) => {
  const platform = { os: 'linux', architecture: 's390x' };
  await assert.rejects(open(context, { inspect: { Id: ID }, export: dockerSave() }, { platform }), {
    code: 'PLATFORM_NOT_FOUND',
  });
});

test('a daemon that exports something else than it named', async (context) => {
  const other = Buffer.from(JSON.stringify({ os: 'linux', architecture: 'amd64', rootfs: { diff_ids: [] } }));
  const renamed = tarOf([
    { name: `${hexOf(ID)}.json`, content: other },
    { name: 'manifest.json', content: JSON.stringify([{ Config: `${hexOf(ID)}.json`, Layers: [] }]) },
  ]);
  const cases: readonly Uint8Array[] = [
    dockerSave(LAYERS, other),
    renamed,
    tarOf([{ name: 'manifest.json', content: '[]' }]),
    tarOf([{ name: 'etc/passwd', content: 'x' }]),
    tarOf([{ name: `blobs/sha256/${hexOf(ID)}`, content: other }]),
  ];
  for (const archive of cases) {
    await assert.rejects(open(context, { inspect: { Id: ID }, export: archive }), { code: 'DAEMON_ANSWER_INVALID' });
  }
});

/** As `podman save --format oci-archive` writes it. */
function layoutSave(config: Uint8Array = CONFIG): Uint8Array {
  const descriptor = (content: Uint8Array): object => ({ digest: digestOf(content), size: content.length });
  const blob = (content: Uint8Array): { name: string; content: Uint8Array } => ({
    name: `blobs/sha256/${hexOf(digestOf(content))}`,
    content,
  });
  const manifest = Buffer.from(
    JSON.stringify({ schemaVersion: 2, config: { ...descriptor(config), digest: ID }, layers: LAYERS.map(descriptor) }),
  );
  return tarOf([
    ...[...LAYERS, manifest].map(blob),
    { name: `blobs/sha256/${hexOf(ID)}`, content: config },
    { name: 'index.json', content: JSON.stringify({ schemaVersion: 2, manifests: [descriptor(manifest)] }) },
  ]);
}

test('an image that podman cannot write in the form of Docker is read out of its OCI archive', async (context) => {
  const refusal = refuseWith(500, 'zstd compression is not supported for docker images');
  const answers = { inspect: { Id: ID }, export: refusal, ociArchive: layoutSave() };
  const { images, asked } = await open(context, answers);
  for (const [index, layer] of LAYERS.entries()) {
    assert.deepEqual(Buffer.from(await readLayer(images[0], index)), Buffer.from(layer));
  }
  assert.deepEqual([images[0]?.digest, images[0]?.configDigest], [null, ID]);
  assert.deepEqual(asked.slice(-2), [`/images/${ID}/get`, `/v4.0.0/libpod/images/${ID}/get?format=oci-archive`]);
  await assert.rejects(open(context, { ...answers, ociArchive: layoutSave(Buffer.from('{}')) }), {
    code: 'DAEMON_ANSWER_INVALID',
    message: /another image than it named/,
  });
  const documents = memoryStore();
  await documents.put(ID, CONFIG);
  const forged = await open(context, { ...answers, ociArchive: layoutSave(Buffer.from('{}')) }, { documents });
  await assert.rejects(readLayer(forged.images[0], 0), { code: 'DAEMON_ANSWER_INVALID' });
  await assert.rejects(open(context, { inspect: { Id: ID }, export: refusal }), {
    code: 'DAEMON_REFUSED',
    message: /zstd compression is not supported/,
  });
});

test('an export with another number of layers than its config', async (context) => {
  const { images } = await open(context, { inspect: { Id: ID }, export: dockerSave(LAYERS.slice(0, 1)) });
  await assert.rejects(readLayer(images[0], 0), { code: 'DAEMON_ANSWER_INVALID', message: /2 layers, found 1/ });
});

test('exports that end too early, break off or stall', async (context) => {
  const whole = dockerSave();
  const half = whole.subarray(0, 700);
  const cases: readonly (readonly [FakeAnswers['export'], string])[] = [
    [half, 'ARCHIVE_INVALID'],
    [new Uint8Array(), 'ARCHIVE_INVALID'],
    [Buffer.from('{"message":"write: no space left on device"}'), 'ARCHIVE_INVALID'],
    [
      (answer) => {
        answer.writeHead(200, { 'content-length': whole.length });
        answer.end(half);
      },
      'DAEMON_DISCONNECTED',
    ],
    [(answer) => answer.write(half, () => answer.destroy()), 'DAEMON_DISCONNECTED'],
    [(answer) => answer.write(half), 'DAEMON_TIMEOUT'],
    [() => undefined, 'DAEMON_TIMEOUT'],
    [refuseWith(500, 'Error processing tar file'), 'DAEMON_REFUSED'],
  ];
  for (const [answer, code] of cases) {
    const waits = code === 'DAEMON_TIMEOUT' ? HASTY.export : DAEMON_WAITS;
    await assert.rejects(open(context, { inspect: { Id: ID }, export: answer ?? whole }, {}, waits), { code });
  }
});

test('an export that does not end is cut at the limit, and the connection closed', async (context) => {
  const closed = Promise.withResolvers<undefined>();
  const { socket } = await fakeDaemon(context, {
    export: (answer) => {
      answer.on('close', () => closed.resolve(undefined));
      const more = (): void => {
        while (!answer.destroyed && answer.write(Buffer.alloc(65_536))) {
          // until the reader is slower
        }
      };
      answer.on('drain', more);
      more();
    },
  });
  const api = { kind: DOCKER, object: 'Docker', socket, waits: DAEMON_WAITS };
  await assert.rejects(readBounded(getStream(api, '/images/x/get', 1_000_000), 1e9, 'x'), { code: 'LIMIT_EXCEEDED' });
  await closed.promise;
});

test('an abort closes the connection and is not an error of the daemon', async (context) => {
  const closed = Promise.withResolvers<undefined>();
  const controller = new AbortController();
  const opening = open(
    context,
    {
      inspect: { Id: ID },
      export: (answer) => {
        answer.on('close', () => closed.resolve(undefined));
        answer.write(dockerSave().subarray(0, 512));
        controller.abort(new Error('enough'));
      },
    },
    { signal: controller.signal },
  );
  await assert.rejects(opening, { message: 'enough' });
  await closed.promise;
});

test('what a daemon says of an image it has not, or when it fails', async (context) => {
  // Docker Engine API: ErrorResponse, and podman's form of it.
  const podman: FakeAnswers['inspect'] = (answer) => {
    answer.writeHead(404, { 'content-type': 'application/json' });
    answer.end('{"cause":"image not known","message":"a:1: image not known","response":404}');
  };
  const cases: readonly (readonly [FakeAnswers['inspect'], string, RegExp])[] = [
    [refuseWith(404, 'No such image: a:1'), 'IMAGE_NOT_FOUND', /found "No such image: a:1"/],
    [podman, 'IMAGE_NOT_FOUND', /found "a:1: image not known"/],
    [refuseWith(500, 'Something went wrong.'), 'DAEMON_REFUSED', /found 500: "Something went wrong."/],
    [refuseWith(400, '\u001b[2Jhidden'), 'DAEMON_REFUSED', /400: "\\u001b\[2Jhidden"/],
    [refuseWith(503, 'x'.repeat(10_000)), 'DAEMON_REFUSED', /"x{300}…"/],
    [(answer) => answer.end('OK'), 'DAEMON_ANSWER_INVALID', /description/],
    [{}, 'DAEMON_ANSWER_INVALID', /description/],
    [{ Id: 'sha256:123' }, 'DAEMON_ANSWER_INVALID', /description/],
    [{ Id: 7 }, 'DAEMON_ANSWER_INVALID', /description/],
    [(answer) => answer.destroy(), 'DAEMON_DISCONNECTED', /broke/],
    [() => undefined, 'DAEMON_TIMEOUT', /200 ms/],
  ];
  for (const [inspect, code, message] of cases) {
    const waits = code === 'DAEMON_TIMEOUT' ? HASTY.answer : DAEMON_WAITS;
    await assert.rejects(open(context, { inspect: inspect ?? {} }, {}, waits), { code, message });
  }
  await assert.rejects(open(context, { inspect: refuseWith(404, 'No such image') }), { hint: /docker pull/ });
});

test('an answer that trickles or does not end', async (context) => {
  const trickle: FakeAnswers['inspect'] = (answer) => {
    const timer = setInterval(() => answer.write(' '), 20);
    answer.on('close', () => clearInterval(timer));
  };
  await assert.rejects(open(context, { inspect: trickle }, {}, HASTY.answer), { code: 'DAEMON_TIMEOUT' });
  const endless: FakeAnswers['inspect'] = (answer) => {
    const more = (): void => {
      while (!answer.destroyed && answer.write(Buffer.alloc(1_048_576, 0x20))) {
        // until the reader is slower
      }
    };
    answer.on('drain', more);
    more();
  };
  const daemon = await fakeDaemon(context, { inspect: endless });
  const slow = { answer: 30_000, exportStart: 1, idle: 1 };
  const request = { kind: DOCKER, sockets: [daemon.socket], names: ['a'], waits: slow };
  const options = { host: { os: 'linux', architecture: 'amd64' }, integrity: 'require', temporaryFolder: '/' } as const;
  const reference: DaemonReference = { source: 'docker', text: 'docker:a', name: 'a' };
  await assert.rejects(openDaemonImage(request, reference, options), { code: 'LIMIT_EXCEEDED' });
});

test('the first socket that answers is the daemon; without one all are named', async (context) => {
  const { socket } = await fakeDaemon(context, {});
  const folder = temporaryFolder(context);
  const [absent, file] = [join(folder, 'absent.sock'), join(folder, 'file.sock')];
  writeFileSync(file, '');
  assert.equal((await findDaemon(PODMAN, [absent, file, socket])).socket, socket);
  await assert.rejects(findDaemon(PODMAN, [absent, file]), {
    code: 'DAEMON_NOT_FOUND',
    message: `podman: podman is not running: expected a socket that somebody listens on, found nobody at ${absent}, ${file}`,
    hint: /podman system service/,
  });
  await assert.rejects(findDaemon(DOCKER, [absent]), { hint: /systemctl start docker/ });
});

test('without a socket of this machine nobody is asked', async () => {
  await assert.rejects(findDaemon(DOCKER, []), {
    code: 'DAEMON_NOT_FOUND',
    message: 'Docker: only a daemon of this machine can be asked: expected a unix socket, found none in DOCKER_HOST',
    hint: /DOCKER_HOST=unix:/,
  });
});

test('a daemon that is there but does not work is not passed off as absent', async (context) => {
  const hangs = await fakeDaemon(context, { ping: () => undefined });
  const fails = await fakeDaemon(context, { ping: refuseWith(500, 'shutting down') });
  await assert.rejects(findDaemon(DOCKER, ['/nothing.sock', hangs.socket], undefined, HASTY.answer), {
    code: 'DAEMON_TIMEOUT',
  });
  await assert.rejects(findDaemon(DOCKER, [fails.socket, '/nothing.sock']), {
    code: 'DAEMON_REFUSED',
    message: /shutting down/,
  });
  const api = { kind: DOCKER, object: 'Docker at /x', socket: '/x', waits: DAEMON_WAITS };
  for (const code of ['EACCES', 'EPERM']) {
    const error = socketError(api, Object.assign(new Error(code), { code }));
    assert.deepEqual([error.code, error.hint], ['DAEMON_FORBIDDEN', DOCKER.permissionHint]);
  }
});

test('a daemon that switches protocols, which nobody asked it to, is an error at once', async (context) => {
  const switches = await fakeDaemon(context, {
    ping: (answer) => {
      answer.socket?.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n');
    },
  });
  await assert.rejects(findDaemon(DOCKER, [switches.socket]), { code: 'DAEMON_DISCONNECTED' });
});

test('no answer makes the parser throw anything but an error of ours', () => {
  const names = fc.constantFrom('Id', 'Manifests', 'ID', 'Available', '__proto__');
  const leaf = fc.constantFrom<unknown>(ID, 'x', 1, true, null, {});
  const manifest = fc.dictionary(names, leaf, { maxKeys: 4 });
  const value = fc.oneof(leaf, manifest, fc.array(fc.oneof(leaf, manifest), { maxLength: 3 }));
  const document = fc.dictionary(names, value, { maxKeys: 5 }).map((answer) => Buffer.from(JSON.stringify(answer)));
  fc.assert(
    fc.property(fc.oneof(document, fc.uint8Array()), (bytes) => {
      try {
        assert.match(parseInspection(bytes, 'x').id, /^sha(256|512):/);
      } catch (error) {
        assert.ok(isAppError(error) && error.code === 'DAEMON_ANSWER_INVALID', String(error));
      }
    }),
    { numRuns: 1000 },
  );
});
