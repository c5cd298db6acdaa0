import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { test } from 'node:test';
import { digestOf } from '#base/digest.ts';
import { LIMITS } from '#base/limits.ts';
import { evidence } from '#test/evidence.ts';
import { referrer, tagged } from '#test/fixtures/artifacts.ts';
import { INDEX_TAG, indexOf, registry, run, SUBJECT } from '#test/fixtures/hostile-attaching.ts';
import { accessWithPassword, refusal, refuse, startHostile } from '#test/fixtures/hostile-registry.ts';
import { MEDIA_TYPES } from '#test/fixtures/oci-layout.ts';
import type { OpenOptions } from '../images/options.ts';

/** What hangs is given up after this; what is honest before that comes sooner, on a busy machine as well. */
const HASTY = { answerMs: 2000 };

evidence('trust/attaching', 'self-made', 'a registry that names other servers, hangs, fails, refuses and lies');

test('an upload goes nowhere but to the registry, whatever Location says', async (context) => {
  const other = await startHostile(context, (_, response) => void response.writeHead(201).end());
  const locations = [
    `http://${other.host}/upload`,
    `//${other.host}/upload`,
    'http://10.0.0.1/upload',
    'http://169.254.169.254/latest',
    'https://registry.example/upload',
    'file:///etc/passwd',
    'http://',
    '',
  ];
  for (const location of locations) {
    const own = registry();
    own.instead = (line, _, response) =>
      line.startsWith('POST') && Boolean(response.writeHead(202, location === '' ? {} : { location }).end());
    const access = (host: string): Partial<OpenOptions> => ({ access: accessWithPassword(context, host) });
    const { attached } = await run(context, own, [referrer(SUBJECT, 'x')], access);
    const error = await refusal(attached, 'ATTACH_FAILED');
    assert.match(error.message, /an upload may not go to another server|no place for the upload/);
    assert.match(error.hint ?? '', /^Nothing was attached\./);
  }
  assert.deepEqual(other.asked, []);
});

test('what is written is not sent on by a redirect', async (context) => {
  const other = await startHostile(context, (_, response) => void response.writeHead(201).end());
  for (const method of ['POST', 'PUT /upload/', 'PUT manifests/']) {
    const own = registry();
    own.instead = (line, _, response) =>
      line.startsWith(method) && Boolean(response.writeHead(307, { location: `${other.origin}/` }).end());
    const { attached } = await run(context, own, [referrer(SUBJECT, 'x')]);
    const error = await refusal(attached, 'ATTACH_FAILED');
    assert.match(error.message, /redirect refused: expected to be taken where it was sent, found 307/);
  }
  assert.deepEqual(other.asked, []);
});

test('trouble that passes is outlived: 500, 429, a broken connection, an upload that is not known any more', async (context) => {
  const troubles: readonly ((response: ServerResponse) => unknown)[] = [
    (response) => response.writeHead(500).end(),
    (response) => response.writeHead(429, { 'retry-after': '0' }).end(),
    (response) => response.socket?.destroy(),
  ];
  const lines = [
    'HEAD blobs/',
    'POST',
    'PUT /upload/',
    'PUT manifests/sha256:',
    'PUT manifests/sha256-',
    'GET manifests/',
    'GET tags/',
  ];
  for (const trouble of troubles) {
    const own = registry();
    const left = new Set(lines);
    own.instead = (line, request, response) => {
      const fits = [...left].find((each) => line.startsWith(each));
      return fits !== undefined && left.delete(fits) && (request.resume(), trouble(response), true);
    };
    const { attached } = await run(context, own, [referrer(SUBJECT, 'x')]);
    const [result] = await attached;
    assert.deepEqual([indexOf(own).map(({ digest }) => digest), left.size], [[result?.manifest], 0]);
  }
  const own = registry();
  let times = 0;
  own.instead = (line, _, response) =>
    line.startsWith('PUT /upload/') &&
    (times += 1) === 1 &&
    (refuse(response, 404, 'BLOB_UPLOAD_UNKNOWN', 'gone'), true);
  assert.equal((await (await run(context, own, [referrer(SUBJECT, 'x')])).attached).length, 1);
});

test('a registry that refuses says which repository, what is missing, and what is there', async (context) => {
  const refusals = [
    ['POST', 403, 'ATTACH_DENIED', 'the right to push', /^Nothing was attached\./],
    ['POST', 401, 'ATTACH_DENIED', 'the right to push', /^Nothing was attached\./],
    ['PUT /upload/', 413, 'ATTACH_REFUSED', 'a registry that takes something of this size', /^Nothing was attached\./],
    ['PUT manifests/sha256:', 405, 'ATTACH_REFUSED', 'a repository that can be written to', /^Nothing was attached\./],
    [
      'PUT manifests/sha256:',
      413,
      'ATTACH_REFUSED',
      'a registry that takes something of this size',
      /^Nothing was attached\./,
    ],
    [
      `PUT manifests/${INDEX_TAG}`,
      403,
      'ATTACH_DENIED',
      'the right to push',
      /stored, but not listed as far as is known: sha256:/,
    ],
    [
      `PUT manifests/${INDEX_TAG}`,
      409,
      'ATTACH_REFUSED',
      'a registry that takes manifests and tags',
      /stored, but not listed/,
    ],
  ] as const;
  for (const [where, status, code, expected, hint] of refusals) {
    const own = registry();
    own.instead = (line, request, response) =>
      line.startsWith(where) && (request.resume(), refuse(response, status, 'DENIED', 'no'), true);
    const { attached } = await run(context, own, [referrer(SUBJECT, 'x')]);
    const error = await refusal(attached, code);
    assert.match(error.message, /^repository 127\.0\.0\.1:[0-9]+\/team\/app: /);
    assert.ok(error.message.includes(expected) && error.message.includes(`${status}`), error.message);
    assert.match(error.hint ?? '', hint);
    assert.deepEqual(indexOf(own), []);
  }
});

test('a registry that hangs is given up in time, and the signal ends it at once', async (context) => {
  const steps = ['POST', 'PUT /upload/', 'PUT manifests/sha256:', `GET manifests/${INDEX_TAG}`];
  await Promise.all(
    steps.map(async (where) => {
      const own = registry();
      own.instead = (line) => line.startsWith(where);
      const { attached } = await run(context, own, [referrer(SUBJECT, 'x')], {}, HASTY);
      const error = await refusal(attached, 'ATTACH_FAILED');
      assert.match(error.message, /an answer within 20[0-9]{2} ms/);
    }),
  );
  const own = registry();
  const stop = new AbortController();
  own.instead = (line) => line.startsWith('PUT') && (stop.abort(new Error('enough')), true);
  await assert.rejects((await run(context, own, [referrer(SUBJECT, 'x')], { signal: stop.signal })).attached, /enough/);
});

test('a large part is sent for as long as the registry takes it, slower than an answer may be', async (context) => {
  const own = registry();
  const large = Buffer.alloc(4 << 20, 'a');
  own.instead = (line, request, response) => {
    if (!line.startsWith('PUT /upload/') || Number(request.headers['content-length']) < large.length) {
      return false;
    }
    setTimeout(() => request.resume(), HASTY.answerMs + 500);
    request.on('end', () => response.writeHead(201).end());
    return true;
  };
  const artifact = referrer(SUBJECT, 'x');
  const [part] = artifact.layers;
  assert.ok(part !== undefined);
  const artifacts = [{ ...artifact, layers: [{ ...part, content: large }] }];
  assert.equal((await (await run(context, own, artifacts, {}, HASTY)).attached).length, 1);
});

test('what could not be read back is not written at all', async (context) => {
  const own = registry();
  const artifact = referrer(SUBJECT, 'x');
  const [part] = artifact.layers;
  assert.ok(part !== undefined);
  const large = { ...artifact, layers: [{ ...part, content: Buffer.alloc(LIMITS.attachmentBlobBytes + 1) }] };
  await refusal((await run(context, own, [large])).attached, 'LIMIT_EXCEEDED');
  assert.equal(own.held.size, 0);
});

test('another digest than that of what was sent, and something else under the tag, are refused', async (context) => {
  const own = registry();
  own.instead = (line, request, response) =>
    line.startsWith('PUT manifests/') &&
    (request.resume(), response.writeHead(201, { 'docker-content-digest': digestOf('other') }).end(), true);
  const lied = await refusal((await run(context, own, [referrer(SUBJECT, 'x')])).attached, 'ATTACH_FAILED');
  assert.match(lied.message, /the registry has taken something else than was sent/);
  for (const [tag, artifact] of [
    [INDEX_TAG, referrer(SUBJECT, 'x')],
    [`${INDEX_TAG}.sig`, tagged(SUBJECT, 'x')],
  ] as const) {
    const second = registry();
    const isIndex = tag.endsWith('.sig');
    const bytes = Buffer.from(
      JSON.stringify(
        isIndex
          ? { schemaVersion: 2, manifests: [] }
          : { schemaVersion: 2, config: { mediaType: 'a', digest: digestOf(''), size: 0 }, layers: [] },
      ),
    );
    second.held.set(`manifests/${tag}`, { type: isIndex ? MEDIA_TYPES.index : MEDIA_TYPES.manifest, bytes });
    const error = await refusal((await run(context, second, [artifact])).attached, 'ATTACH_FAILED');
    assert.match(error.message, /something else has this name/);
    assert.deepEqual(second.held.get(`manifests/${tag}`)?.bytes, bytes);
  }
});

test('a registry that for a moment does not know what it has acknowledged is asked again', async (context) => {
  const own = registry();
  let times = 0;
  own.instead = (line, request, response) =>
    line.startsWith('PUT manifests/') &&
    (times += 1) < 4 &&
    (request.resume(), refuse(response, 400, 'MANIFEST_BLOB_UNKNOWN', 'blob unknown to registry'), true);
  assert.equal((await (await run(context, own, [referrer(SUBJECT, 'x')])).attached).length, 1);
  times = Number.NEGATIVE_INFINITY;
  const { attached } = await run(context, own, [referrer(SUBJECT, 'y')]);
  const error = await refusal(attached, 'ATTACH_REFUSED');
  assert.match(error.message, /MANIFEST_BLOB_UNKNOWN/);
});
