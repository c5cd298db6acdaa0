import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { type TestContext, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { systemClock } from '#base/clock.ts';
import { digestOf } from '#base/digest.ts';
import { LIMITS } from '#base/limits.ts';
import { readImageFacts } from '#lib/layers/index.ts';
import type { Image } from '#model/image.ts';
import { evidence } from '#test/evidence.ts';
import {
  type Answer,
  accessWithPassword,
  endless,
  type HostileRegistry,
  refusal,
  refuse,
  serveImage,
  startHostile,
} from '#test/fixtures/hostile-registry.ts';
import { sourceAccess } from '#test/fixtures/source-access.ts';
import { writeTar } from '#test/fixtures/tar-writer.ts';
import type { OpenOptions } from '../../images/options.ts';
import { parseReference } from '../../reference.ts';
import type { TransportTuning } from '../../registry/endpoint.ts';
import { openRepository } from './open-repository.ts';

evidence('oci/registry', 'self-made', 'a registry that lies about lengths and digests, breaks off, bombs and refuses');

const RETRIES = { attempts: 3, baseMs: 1, capMs: 2 };
/** Random, so that it stays as long as it is, and several MiB, so that a connection can break on the way. */
const TAR = writeTar([{ path: 'random', content: randomBytes(3 << 20) }]);
const IMAGE = serveImage(TAR);

async function openFrom(
  context: TestContext,
  server: HostileRegistry,
  { name = 'team/app', ...options }: Partial<OpenOptions> & { readonly name?: string } = {},
  slowness: NonNullable<TransportTuning['slowness']> = {},
): Promise<Image> {
  const reference = parseReference(`${server.host}/${name}`);
  assert.ok(reference.source === 'registry');
  const opened = await openRepository(
    reference,
    {
      host: { os: 'linux', architecture: 'amd64' },
      integrity: 'require',
      temporaryFolder: '/nonexistent',
      access: sourceAccess({ clock: systemClock }),
      ...options,
    },
    { slowness, retries: RETRIES },
  );
  context.after(() => opened.close());
  const [image] = opened.images;
  return image ?? assert.fail('no image');
}

async function layerOf(image: Image): Promise<readonly Uint8Array[]> {
  const content = image.layers[0]?.content;
  assert.ok(content?.kind === 'tar');
  const chunks: Uint8Array[] = [];
  for await (const chunk of content.open()) {
    chunks.push(chunk);
  }
  return chunks;
}

/** The honest answer but for one path. */
function but(path: string, answer: Answer): Answer {
  return (request, response) => (request.url?.endsWith(path) === true ? answer : IMAGE.answer)(request, response);
}

function isRange(request: IncomingMessage): boolean {
  return request.headers.range !== undefined;
}

test('an image is read with one request for each thing, and layers only when they are read', async (context) => {
  const server = await startHostile(context, IMAGE.answer);
  const image = await openFrom(context, server);
  assert.deepEqual(
    server.asked.map(({ line }) => line),
    ['GET /v2/team/app/manifests/latest', `GET /v2/team/app/blobs/${IMAGE.configDigest}`],
  );
  assert.equal(image.digest, IMAGE.manifestDigest);
  assert.equal(image.source, 'registry');
  assert.equal(image.reference, `${server.host}/team/app`);
  const chunks = await layerOf(image);
  assert.deepEqual(Buffer.concat(chunks), IMAGE.layer);
  assert.ok(chunks.slice(0, -1).every(({ length }) => length >= 256 * 1024));
});

test('a manifest that never comes, or never ends, is given up', async (context) => {
  const server = await startHostile(context, () => undefined);
  const hasty = { answerMs: 250, idleMs: 250 };
  const error = await refusal(openFrom(context, server, {}, hasty), 'REGISTRY_TIMEOUT');
  assert.match(error.message, /^GET .*\/manifests\/latest: too slow: expected an answer within 250 ms, found none$/);
  server.answer = (_request, response) => void response.writeHead(200).write('{');
  await refusal(openFrom(context, server, {}, hasty), 'REGISTRY_TIMEOUT');
});

test('a layer whose connection breaks half way goes on where it ended', async (context) => {
  const half = IMAGE.layer.length / 2;
  const breaking: Answer = (request, response) => {
    if (isRange(request)) {
      IMAGE.answer(request, response);
    } else {
      response.writeHead(200, { 'content-length': IMAGE.layer.length, etag: '"a"' });
      response.write(IMAGE.layer.subarray(0, half), () => response.socket?.destroy());
    }
  };
  const server = await startHostile(context, but(IMAGE.layerDigest, breaking));
  const image = await openFrom(context, server);
  assert.deepEqual(Buffer.concat(await layerOf(image)), IMAGE.layer);
  const resumed = server.asked.filter(({ headers }) => headers.range !== undefined);
  assert.equal(resumed.length, 1);
  assert.match(resumed[0]?.headers.range ?? '', /^bytes=[1-9][0-9]*-$/);
  assert.equal(resumed[0]?.headers['if-range'], '"a"');
  assert.equal((await readImageFacts(image, [], { integrity: 'require' })).layers[0]?.actualDiffId, digestOf(TAR));
});

test('a layer that changes between two connections is found out, with and without a word of it', async (context) => {
  const half = IMAGE.layer.length / 2;
  const other = Buffer.from(IMAGE.layer);
  other.writeUInt8(other.readUInt8(9) ^ 1, 9);
  for (const status of [200, 206]) {
    const changing: Answer = (request, response) => {
      const start = Number(/[0-9]+/.exec(request.headers.range ?? '')?.[0] ?? -1);
      if (start === -1) {
        response.writeHead(200, { 'content-length': other.length, etag: '"a"' });
        response.write(other.subarray(0, half), () => response.socket?.destroy());
      } else if (status === 200) {
        response.writeHead(200, { 'content-length': IMAGE.layer.length, etag: '"b"' }).end(IMAGE.layer);
      } else {
        const range = `bytes ${start}-${IMAGE.layer.length - 1}/${IMAGE.layer.length}`;
        response.writeHead(206, { 'content-range': range, etag: '"b"' }).end(IMAGE.layer.subarray(start));
      }
    };
    const server = await startHostile(context, but(IMAGE.layerDigest, changing));
    await refusal(readImageFacts(await openFrom(context, server), [], { integrity: 'require' }), 'DIGEST_MISMATCH');
    assert.equal(server.asked.filter(({ headers }) => headers.range !== undefined).length, 1);
  }
});

test('answers that have no content where there has to be some are refused', async (context) => {
  for (const status of [204, 206, 304]) {
    const server = await startHostile(context, (_request, response) => void response.writeHead(status).end());
    assert.equal((await refusal(openFrom(context, server), 'REGISTRY_STATUS')).found, `${status}`);
    server.answer = but(IMAGE.layerDigest, (_request, response) => void response.writeHead(status).end());
    assert.equal((await refusal(layerOf(await openFrom(context, server)), 'REGISTRY_STATUS')).found, `${status}`);
  }
});

test('a layer is never fetched from the URLs that its manifest names', async (context) => {
  const elsewhere = await startHostile(context, (_request, response) => void response.end(IMAGE.layer));
  const manifest = IMAGE.manifest
    .toString()
    .replace(`"digest":"${IMAGE.layerDigest}"`, `"urls":["${elsewhere.origin}/layer"],$&`);
  const server = await startHostile(context, (request, response) => {
    if (request.url?.endsWith('/manifests/latest') === true) {
      response.end(manifest);
    } else if (request.url?.endsWith(IMAGE.layerDigest) === true) {
      refuse(response, 404, 'BLOB_UNKNOWN', 'blob unknown');
    } else {
      IMAGE.answer(request, response);
    }
  });
  await refusal(layerOf(await openFrom(context, server)), 'BLOB_MISSING');
  assert.equal(elsewhere.asked.length, 0);
});

test('a server that cannot resume, and one that resumes a little before, are handled', async (context) => {
  const { layer } = IMAGE;
  let turn = 0;
  const server = await startHostile(
    context,
    but(IMAGE.layerDigest, (request, response) => {
      turn += 1;
      const offset = Number(/[0-9]+/.exec(request.headers.range ?? '0')?.[0]);
      if (turn === 1) {
        response.writeHead(200).write(layer.subarray(0, layer.length / 3), () => response.socket?.destroy());
      } else if (turn === 2) {
        // From the start, and farther than before.
        response.writeHead(200).write(layer.subarray(0, (layer.length / 3) * 2), () => response.socket?.destroy());
      } else {
        const start = offset - 1000;
        const range = `bytes ${start}-${layer.length - 1}/*`;
        response.writeHead(206, { 'content-range': range }).end(layer.subarray(start));
      }
    }),
  );
  assert.deepEqual(Buffer.concat(await layerOf(await openFrom(context, server))), layer);
  assert.equal(turn, 3);
});

test('another part than the one asked for is refused', async (context) => {
  for (const range of ['bytes 2000000-3000000/*', 'bytes 0-5/6', 'lines 1-2/3', undefined]) {
    const server = await startHostile(
      context,
      but(IMAGE.layerDigest, (request, response) => {
        if (isRange(request)) {
          response.writeHead(206, range === undefined ? {} : { 'content-range': range }).end('hello');
        } else {
          response.writeHead(200).write(IMAGE.layer.subarray(0, 1000), () => response.socket?.destroy());
        }
      }),
    );
    const error = await refusal(layerOf(await openFrom(context, server)), 'REGISTRY_ANSWER_INVALID');
    const { length } = IMAGE.layer;
    assert.equal(error.expected, `Content-Range bytes 1000-${length - 1}/${length}`);
    assert.equal(error.found, range === undefined ? 'none' : `"${range}"`);
  }
});

test('a layer that never gets further ends after a few connections', async (context) => {
  const server = await startHostile(
    context,
    but(IMAGE.layerDigest, (_request, response) => {
      response.writeHead(200, { 'content-length': IMAGE.layer.length });
      response.write(IMAGE.layer.subarray(0, 5000), () => response.socket?.destroy());
    }),
  );
  const error = await refusal(layerOf(await openFrom(context, server)), 'REGISTRY_UNREACHABLE');
  assert.equal(error.expected, `${IMAGE.layer.length} bytes`);
  assert.equal(error.found, '5000 bytes, then 4 connections without progress');
  assert.equal(server.asked.filter(({ line }) => line.endsWith(IMAGE.layerDigest)).length, 4);
});

const LENGTHS: readonly (readonly [what: string, body: Buffer, declared: boolean, found: number])[] = [
  ['says that it is longer', Buffer.concat([IMAGE.layer, Buffer.alloc(9)]), true, IMAGE.layer.length + 9],
  ['says that it is shorter', IMAGE.layer.subarray(9), true, IMAGE.layer.length - 9],
  ['is shorter without saying so', IMAGE.layer.subarray(0, 1000), false, 1000],
];

for (const [what, body, declared, found] of LENGTHS) {
  test(`a layer that ${what} is refused`, async (context) => {
    const server = await startHostile(
      context,
      but(IMAGE.layerDigest, (_request, response) => {
        response.writeHead(200, declared ? { 'content-length': body.length } : {}).end(body);
      }),
    );
    const error = await refusal(layerOf(await openFrom(context, server)), 'BLOB_SIZE_MISMATCH');
    assert.equal(error.object, `blob ${server.host}/team/app@${IMAGE.layerDigest}`);
    assert.equal(error.expected, `${IMAGE.layer.length} bytes`);
    assert.equal(error.found, `${found} bytes`);
  });
}

test('a layer that goes on for ever is left once it is too long', async (context) => {
  const server = await startHostile(
    context,
    but(IMAGE.layerDigest, (_request, response) => endless(response)),
  );
  const error = await refusal(layerOf(await openFrom(context, server)), 'BLOB_SIZE_MISMATCH');
  assert.match(error.found ?? '', /^[0-9]+ bytes$/);
  assert.ok(Number.parseInt(error.found ?? '', 10) < IMAGE.layer.length + (2 << 20), error.message);
});

test('a layer with other content than its digest is found out by whoever reads it', async (context) => {
  const other = Buffer.from(IMAGE.layer);
  // The operating system in the gzip header: nothing but the digest tells.
  other.writeUInt8(other.readUInt8(9) ^ 1, 9);
  const server = await startHostile(
    context,
    but(IMAGE.layerDigest, (_request, response) => void response.writeHead(200).end(other)),
  );
  await refusal(readImageFacts(await openFrom(context, server), [], { integrity: 'require' }), 'DIGEST_MISMATCH');
});

test('a manifest has the digest that it was asked for by, whatever the registry says', async (context) => {
  const digest = digestOf('another');
  const server = await startHostile(context, (_request, response) => {
    response.writeHead(200, { 'docker-content-digest': digest }).end(IMAGE.manifest);
  });
  const error = await refusal(openFrom(context, server, { name: `team/app@${digest}` }), 'BLOB_DIGEST_MISMATCH');
  assert.equal(error.object, `manifest ${server.host}/team/app@${digest}`);
  assert.equal(error.expected, digest);
  assert.equal(error.found, `${IMAGE.manifestDigest} of ${IMAGE.manifest.length} bytes`);
  const lie = await refusal(openFrom(context, server), 'BLOB_DIGEST_MISMATCH');
  assert.equal(lie.expected, digest);
  server.answer = (_request, response) =>
    void response.writeHead(200, { 'docker-content-digest': 'x' }).end(IMAGE.manifest);
  assert.equal((await refusal(openFrom(context, server), 'BLOB_DIGEST_MISMATCH')).found, '"x"');
});

test('a config with other content than its digest is refused', async (context) => {
  const server = await startHostile(
    context,
    but(IMAGE.configDigest, (_request, response) => void response.end(Buffer.alloc(IMAGE.config.length, ' '))),
  );
  await refusal(openFrom(context, server), 'BLOB_DIGEST_MISMATCH');
});

test('a manifest of 5 GB is refused by what it says and by what it sends', async (context) => {
  const server = await startHostile(context, (_request, response) => {
    response.writeHead(200, { 'content-length': 5e9 });
    endless(response);
  });
  const error = await refusal(openFrom(context, server), 'LIMIT_EXCEEDED');
  assert.equal(error.object, `manifest ${server.host}/team/app:latest`);
  assert.equal(error.expected, `at most ${LIMITS.manifestBytes} bytes`);
  assert.equal(error.found, '5000000000 bytes');
  let sent = 0;
  server.answer = (_request, response) => {
    endless(response, (bytes) => {
      sent += bytes;
    });
  };
  assert.equal((await refusal(openFrom(context, server), 'LIMIT_EXCEEDED')).found, 'more');
  assert.ok(sent < 64 << 20, `${sent} bytes were taken`);
});

test('a gzip bomb as a manifest is not unpacked', async (context) => {
  const bomb = gzipSync(Buffer.alloc(20 << 20, ' '));
  const server = await startHostile(context, (_request, response) => {
    response.writeHead(200, { 'content-encoding': 'gzip', 'content-type': 'application/json' }).end(bomb);
  });
  const error = await refusal(openFrom(context, server), 'REGISTRY_ANSWER_INVALID');
  assert.equal(error.found, '"gzip"');
  server.answer = (_request, response) => void response.end(bomb);
  await refusal(openFrom(context, server), 'JSON_INVALID');
});

test('a registry that answers 401 in a loop is asked twice', async (context) => {
  const server = await startHostile(context, (_request, response) => {
    response.setHeader('www-authenticate', 'Basic realm="x"');
    refuse(response, 401, 'UNAUTHORIZED', 'authentication required');
  });
  const authorized = accessWithPassword(context, server.host);
  const error = await refusal(openFrom(context, server, { access: authorized }), 'REGISTRY_DENIED');
  assert.equal(error.found, '401 ("UNAUTHORIZED" "authentication required")');
  assert.deepEqual(
    server.asked.map(({ headers }) => headers.authorization !== undefined),
    [false, true],
  );
});

test('a password is not shown to the host that a layer is redirected to', async (context) => {
  const storage = await startHostile(context, (request, response) => {
    assert.equal(request.headers.authorization, undefined);
    response.end(IMAGE.layer);
  });
  const server = await startHostile(context, (request, response) => {
    if (request.headers.authorization === undefined) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end();
    } else if (request.url?.endsWith(IMAGE.layerDigest) === true) {
      response.writeHead(307, { location: `${storage.origin}/layer?signature=secret` }).end();
    } else {
      IMAGE.answer(request, response);
    }
  });
  const access = accessWithPassword(context, server.host);
  const image = await openFrom(context, server, { access });
  assert.deepEqual(Buffer.concat(await layerOf(image)), IMAGE.layer);
  assert.equal(storage.asked.length, 1);
  const realm = `${server.origin}/token`;
  storage.answer = (_request, response) =>
    void response.writeHead(401, { 'www-authenticate': `Bearer realm="${realm}"` }).end();
  const error = await refusal(layerOf(image), 'REGISTRY_DENIED');
  assert.equal(error.object, `GET ${storage.origin}/layer`);
  assert.equal(storage.asked.length, 2);
  assert.ok(!server.asked.some(({ line }) => line.includes('/token')));
});

test('a layer that is redirected into the network is refused', async (context) => {
  const server = await startHostile(
    context,
    but(
      IMAGE.layerDigest,
      (_request, response) => void response.writeHead(307, { location: 'https://10.0.0.1/layer' }).end(),
    ),
  );
  const error = await refusal(layerOf(await openFrom(context, server)), 'REGISTRY_ADDRESS_REFUSED');
  assert.equal(error.found, '10.0.0.1 (private)');
});

test('a token realm inside the network is not asked', async (context) => {
  for (const host of ['10.0.0.1', '169.254.169.254', '[::ffff:192.168.0.1]']) {
    const server = await startHostile(context, (_request, response) => {
      response.writeHead(401, { 'www-authenticate': `Bearer realm="https://${host}/token",service="x"` }).end();
    });
    const error = await refusal(openFrom(context, server), 'REGISTRY_ADDRESS_REFUSED');
    assert.match(error.object ?? '', /\/token$/);
  }
});

test('what is not there is named', async (context) => {
  const server = await startHostile(context, IMAGE.answer);
  const tag = await refusal(openFrom(context, server, { name: 'team/app:nope' }), 'IMAGE_NOT_FOUND');
  assert.equal(
    tag.message,
    `repository ${server.host}/team/app: no image of this name: expected nope, found 404 ("MANIFEST_UNKNOWN" "manifest unknown")`,
  );
  server.answer = but(IMAGE.layerDigest, (_request, response) => refuse(response, 404, 'BLOB_UNKNOWN', 'blob unknown'));
  const layer = await refusal(layerOf(await openFrom(context, server)), 'BLOB_MISSING');
  assert.equal(layer.object, `blob ${IMAGE.layerDigest}`);
});
