import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { type Digest, digestOf } from '#base/digest.ts';
import { LIMITS } from '#base/limits.ts';
import type { Discovery } from '#model/attachment.ts';
import { evidence } from '#test/evidence.ts';
import {
  attachment,
  blobPath,
  codes,
  type Described,
  described,
  digests,
  discover,
  discoverAt,
  GOOD,
  HASTY,
  HEX,
  IMAGE,
  LISTING,
  listOf,
  manifestPath,
  PART,
  PAYLOAD,
  registryOf,
  served,
} from '#test/fixtures/evidence-registry.ts';
import { type Answer, endless, refuse, startHostile } from '#test/fixtures/hostile-registry.ts';
import { MEDIA_TYPES } from '#test/fixtures/oci-layout.ts';

evidence(
  'trust/discovery',
  'self-made',
  'a registry that lies about subjects, digests and sizes, and has too much or too large',
);

test('what the registry lists need not hang on the image: the manifest says itself what it hangs on', async (context) => {
  const other = { ...described(IMAGE), digest: digestOf('another image') };
  const lies = [
    attachment([PART], null),
    attachment([PART], other),
    attachment([PART], { ...described(IMAGE), size: IMAGE.size + 1 }),
    attachment([PART], { ...described(IMAGE), mediaType: MEDIA_TYPES.index }),
  ];
  const content = [GOOD, PART, ...lies];
  const listed = await discover(context, { content, referrers: [...lies, GOOD] });
  assert.deepEqual(digests(listed), [GOOD.digest]);
  assert.deepEqual(
    codes(listed),
    lies.map(() => ['referrers', 'REFERRER_SUBJECT_MISMATCH']),
  );
  assert.match(
    listed.problems[1]?.reason ?? '',
    new RegExp(`expected subject ${IMAGE.digest} .*found ${other.digest}`),
  );
  const tagged = { [`sha256-${HEX}`]: served(MEDIA_TYPES.index, listOf([...lies, GOOD])) };
  const fallback = await discover(context, { content, tags: tagged });
  assert.deepEqual(digests(fallback), [GOOD.digest]);
  assert.deepEqual(
    codes(fallback),
    lies.map(() => ['fallback-tag', 'REFERRER_SUBJECT_MISMATCH']),
  );
  const foreign = await discover(context, { content, tags: { [`sha256-${HEX}.sig`]: lies[1] ?? GOOD } });
  assert.deepEqual([digests(foreign), codes(foreign)], [[], [['signature-tag', 'REFERRER_SUBJECT_MISMATCH']]]);
  const silent = await discover(context, { content, tags: { [`sha256-${HEX}.sig`]: lies[0] ?? GOOD } });
  assert.deepEqual([digests(silent), codes(silent)], [[lies[0]?.digest], []]);
});

test('a manifest or part with other bytes than its digest says is refused, and the others are read', async (context) => {
  const victim = attachment([served(PAYLOAD, 'other')]);
  const content = [GOOD, PART, victim, served(PAYLOAD, 'other')];
  const forged = { ...GOOD, bytes: Buffer.from(GOOD.bytes.toString().replace('vnd.example', 'vnd.exomple')) };
  const send =
    (bytes: Buffer): Answer =>
    (_request, response) =>
      void response.end(bytes);
  const cases: readonly (readonly [string, Answer, code: string, left: readonly Digest[]])[] = [
    [manifestPath(GOOD), send(forged.bytes), 'BLOB_DIGEST_MISMATCH', [victim.digest]],
    [manifestPath(GOOD), send(Buffer.concat([GOOD.bytes, Buffer.from(' ')])), 'BLOB_DIGEST_MISMATCH', [victim.digest]],
    [blobPath(PART), send(Buffer.from('SIGNED')), 'BLOB_DIGEST_MISMATCH', [GOOD.digest, victim.digest]],
    [blobPath(PART), send(Buffer.from('signed!')), 'BLOB_SIZE_MISMATCH', [GOOD.digest, victim.digest]],
    [blobPath(PART), send(Buffer.from('sign')), 'BLOB_SIZE_MISMATCH', [GOOD.digest, victim.digest]],
    [
      blobPath(PART),
      (_, response) => refuse(response, 404, 'BLOB_UNKNOWN', 'gone'),
      'BLOB_MISSING',
      [GOOD.digest, victim.digest],
    ],
    [
      blobPath(PART),
      (_, response) => refuse(response, 403, 'DENIED', 'no'),
      'REGISTRY_DENIED',
      [GOOD.digest, victim.digest],
    ],
    [
      manifestPath(GOOD),
      (_, response) => refuse(response, 404, 'MANIFEST_UNKNOWN', 'gone'),
      'BLOB_MISSING',
      [victim.digest],
    ],
  ];
  for (const [path, answer, code, left] of cases) {
    const found = await discover(context, { content, referrers: [GOOD, victim], instead: { [path]: answer } });
    assert.deepEqual(codes(found), [['referrers', code]], code);
    assert.equal(found.problems[0]?.digest, GOOD.digest);
    assert.deepEqual(digests(found), left);
    const part = found.attachments.find(({ digest }) => digest === GOOD.digest)?.blobs[0];
    assert.equal(part?.content ?? null, null);
    assert.equal(part?.reason, part === undefined ? undefined : found.problems[0]?.reason);
  }
});

test('a registry whose listing says another size than the manifest has is not believed', async (context) => {
  const found = await discover(context, { content: [GOOD, PART], referrers: [{ ...GOOD, size: GOOD.size - 1 }] });
  assert.deepEqual([digests(found), codes(found)], [[], [['referrers', 'BLOB_SIZE_MISMATCH']]]);
});

test('of a thousand referrers as many are read as the limit allows, in their order, and the problem says how many were not', async (context) => {
  const all = Array.from({ length: 1000 }, (_, index) =>
    attachment([PART], { ...described(IMAGE), annotations: { index: `${index}` } }),
  );
  const signature = attachment([PART], null);
  const tags = { [`sha256-${HEX}.sig`]: signature };
  const server = await startHostile(context, registryOf({ content: [PART, ...all], referrers: all, tags }));
  const found = await discoverAt(context, server);
  const first = [signature, ...all].slice(0, LIMITS.attachments);
  assert.deepEqual(
    digests(found),
    first.map(({ digest }) => digest),
  );
  assert.deepEqual(codes(found), [['referrers', 'REFERRERS_TOO_MANY']]);
  assert.match(
    found.problems[0]?.reason ?? '',
    /expected at most 256 manifests, found 1001, of which the last 745 were not read$/,
  );
  // The same part of all of them is fetched once.
  assert.equal(server.asked.filter(({ line }) => line.includes('/blobs/')).length, 1);
  assert.equal(server.asked.filter(({ line }) => line.includes('/manifests/sha256:')).length, LIMITS.attachments - 1);
});

test('parts that are too large, too many or too much together are not read, and the attachment says why', async (context) => {
  const large = { mediaType: PAYLOAD, digest: digestOf('large'), size: LIMITS.attachmentBlobBytes + 1 };
  const server = await startHostile(context, registryOf({ content: [PART] }));
  const fetched = async (layers: readonly Described[]): Promise<Discovery & { readonly blobs: number }> => {
    const manifest = attachment(layers);
    server.answer = registryOf({ content: [PART, manifest], referrers: [manifest] });
    const before = server.asked.length;
    const found = await discoverAt(context, server);
    return { ...found, blobs: server.asked.slice(before).filter(({ line }) => line.includes('/blobs/')).length };
  };
  const one = await fetched([large, PART]);
  assert.deepEqual([codes(one), one.blobs], [[['referrers', 'LIMIT_EXCEEDED']], 1]);
  assert.deepEqual(
    one.attachments[0]?.blobs.map(({ content }) => content !== null),
    [false, true],
  );
  const wide = Array.from({ length: 5 }, (_, index) => ({
    ...large,
    digest: digestOf(`wide ${index}`),
    size: LIMITS.attachmentBlobBytes,
  }));
  const together = await fetched([PART, ...wide]);
  assert.ok(codes(together).some(([, code]) => code === 'ATTACHMENT_TOO_LARGE'));
  assert.equal(together.blobs, 1 + 3);
  const layer = { ...large, mediaType: `${MEDIA_TYPES.layer}+gzip` };
  const system = await fetched([layer, PART]);
  assert.deepEqual([codes(system), system.blobs], [[], 1]);
  assert.match(system.attachments[0]?.blobs[0]?.reason ?? '', /a layer of a file system/);
});

test('manifests that are listed as large are counted before they are fetched', async (context) => {
  const listed = Array.from({ length: 40 }, (_, index) => ({
    mediaType: MEDIA_TYPES.manifest,
    digest: digestOf(`${index}`),
    size: LIMITS.manifestBytes,
  }));
  const server = await startHostile(context, registryOf({ content: [GOOD, PART], referrers: [...listed, GOOD] }));
  const found = await discoverAt(context, server);
  const asked = server.asked.filter(({ line }) => line.includes('/manifests/sha256:')).length;
  assert.equal(asked, LIMITS.attachmentsBytes / LIMITS.manifestBytes);
  assert.equal(codes(found).filter(([, code]) => code === 'ATTACHMENT_TOO_LARGE').length, 41 - asked);
});

test('a manifest of gigabytes, an endless list and a part that is a bomb cost no more than the limit', async (context) => {
  let sent = 0;
  const count = (bytes: number): void => {
    sent += bytes;
  };
  const gigabytes: Answer = (_request, response) => {
    response.writeHead(200, { 'content-length': 5 * 1024 ** 3 });
    endless(response, count);
  };
  const unending: Answer = (_request, response) => {
    response.writeHead(200);
    endless(response, count);
  };
  const bomb = gzipSync(Buffer.alloc(8 << 20));
  const squeezed: Answer = (_request, response) =>
    void response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb);
  for (const [path, answer, code] of [
    [`manifests/sha256-${HEX}.sig`, gigabytes, 'LIMIT_EXCEEDED'],
    [LISTING, unending, 'LIMIT_EXCEEDED'],
    [manifestPath(GOOD), gigabytes, 'LIMIT_EXCEEDED'],
    [blobPath(PART), unending, 'BLOB_SIZE_MISMATCH'],
  ] as const) {
    sent = 0;
    const found = await discover(context, { content: [GOOD, PART], referrers: [GOOD], instead: { [path]: answer } });
    assert.deepEqual(
      found.problems.map((problem) => problem.code),
      [code],
    );
    assert.ok(sent < 16 * LIMITS.manifestBytes, `${sent} bytes`);
  }
  const found = await discover(context, {
    content: [GOOD, PART],
    referrers: [GOOD],
    instead: { [blobPath(PART)]: squeezed },
  });
  assert.equal(found.problems.length, 1);
  assert.equal(found.attachments[0]?.blobs[0]?.content, null);
});

test('a registry that has hung three times is not asked for the rest', async (context) => {
  const all = Array.from({ length: 60 }, (_, index) =>
    attachment([], { ...described(IMAGE), annotations: { index: `${index}` } }),
  );
  const instead = Object.fromEntries(
    all.map((each): readonly [string, Answer] => [manifestPath(each), () => undefined]),
  );
  const server = await startHostile(context, registryOf({ referrers: all, instead }));
  const found = await discoverAt(context, server, { slowness: HASTY });
  assert.deepEqual(
    codes(found),
    all.map(() => ['referrers', 'REGISTRY_TIMEOUT']),
  );
  assert.ok(server.asked.filter(({ line }) => line.includes('/manifests/sha256:')).length <= 2 * 16);
});

test('the signal ends a discovery that hangs', async (context) => {
  const stop = new AbortController();
  const reason = new Error('enough');
  const hanging: Answer = () => stop.abort(reason);
  await assert.rejects(discover(context, { instead: { [LISTING]: hanging } }, { signal: stop.signal }), reason);
});

test('manifests that are no attachments at all are problems', async (context) => {
  const documents: readonly (readonly [object | string, string])[] = [
    ['{', 'JSON_INVALID'],
    [`{"a":1,"a":2}`, 'JSON_DUPLICATE_KEY'],
    ['['.repeat(100_000), 'JSON_TOO_DEEP'],
    [{ schemaVersion: 2 }, 'MANIFEST_INVALID'],
    [{ ...JSON.parse(GOOD.bytes.toString()), subject: 'x' }, 'MANIFEST_INVALID'],
    [{ ...JSON.parse(GOOD.bytes.toString()), Subject: described(IMAGE) }, 'MANIFEST_INVALID'],
    [{ ...JSON.parse(GOOD.bytes.toString()), annotations: { a: 1 } }, 'MANIFEST_INVALID'],
    [{ ...JSON.parse(GOOD.bytes.toString()), manifests: [] }, 'MANIFEST_INVALID'],
  ];
  for (const [document, code] of documents) {
    const manifest = served(MEDIA_TYPES.manifest, document);
    const found = await discover(context, { content: [manifest, GOOD, PART], referrers: [manifest, GOOD] });
    assert.deepEqual([digests(found), codes(found)], [[GOOD.digest], [['referrers', code]]]);
  }
  const proto = served(
    MEDIA_TYPES.manifest,
    GOOD.bytes.toString().replace('"layers"', '"annotations":{"__proto__":"x"},"layers"'),
  );
  const found = await discover(context, { content: [proto, PART], referrers: [proto] });
  assert.equal(found.attachments[0]?.annotations.get('__proto__'), 'x');
});
