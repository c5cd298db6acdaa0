import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digestOf } from '#base/digest.ts';
import { evidence } from '#test/evidence.ts';
import { referrer } from '#test/fixtures/artifacts.ts';
import { INDEX_TAG, indexOf, type Registry, registry, run, SUBJECT } from '#test/fixtures/hostile-attaching.ts';
import { refuse } from '#test/fixtures/hostile-registry.ts';
import { MEDIA_TYPES } from '#test/fixtures/oci-layout.ts';

evidence('trust/attaching', 'self-made', 'an index that others write at the same time, and tags that lead elsewhere');

function listed(own: Registry): ReadonlySet<string | undefined> {
  return new Set(indexOf(own).map(({ digest }) => digest));
}

test('entries of others stay as they are, byte for byte of what they say', async (context) => {
  const own = registry();
  const theirs = {
    mediaType: MEDIA_TYPES.manifest,
    digest: digestOf('theirs'),
    size: 3,
    data: 'e30=',
    ['__proto__']: { kept: true },
  };
  const document = {
    schemaVersion: 2,
    mediaType: MEDIA_TYPES.index,
    manifests: [theirs, theirs],
    annotations: { a: 'b' },
    more: [1],
  };
  own.held.set(`manifests/${INDEX_TAG}`, { type: MEDIA_TYPES.index, bytes: Buffer.from(JSON.stringify(document)) });
  const [attached] = await (await run(context, own, [referrer(SUBJECT, 'x')])).attached;
  const text = own.held.get(`manifests/${INDEX_TAG}`)?.bytes.toString() ?? '';
  const after = JSON.parse(text) as typeof document;
  assert.ok(text.includes(JSON.stringify(theirs)));
  assert.deepEqual(
    after.manifests.map(({ digest }) => digest),
    [theirs.digest, theirs.digest, attached?.manifest],
  );
  assert.deepEqual([after.annotations, after.more], [document.annotations, document.more]);
});

test('a writer whose entry was lost to another who read before is listed by that other', async (context) => {
  const own = registry();
  const first = await (await run(context, own, [referrer(SUBJECT, 'first')])).attached;
  // As if the index had been written over by one who had read it before, and has not looked again yet.
  own.held.delete(`manifests/${INDEX_TAG}`);
  const second = await (await run(context, own, [referrer(SUBJECT, 'second')])).attached;
  assert.deepEqual(listed(own), new Set([first[0]?.manifest, second[0]?.manifest]));
});

test('who has written looks again, and writes again what was lost meanwhile', async (context) => {
  const own = registry();
  const other = referrer(SUBJECT, 'other');
  const [theirs] = await (await run(context, own, [other])).attached;
  own.held.delete(`manifests/${INDEX_TAG}`);
  const witness = [...own.held].find(([key]) => /^manifests\/sha256-[0-9a-f]{64}\.[0-9a-f]{32}$/.test(key));
  assert.ok(witness !== undefined);
  own.held.delete(witness[0]);
  let writes = 0;
  own.instead = (line) => {
    if (line === `PUT manifests/${INDEX_TAG}` && (writes += 1) === 1) {
      // Another has been done between the reading and the writing.
      own.held.set(...witness);
    }
    return false;
  };
  const [mine] = await (await run(context, own, [referrer(SUBJECT, 'mine')])).attached;
  assert.equal(writes, 2);
  assert.deepEqual(listed(own), new Set([theirs?.manifest, mine?.manifest]));
});

test('a tag that is listed and not there is not waited for', async (context) => {
  const own = registry();
  own.instead = (line, _, response) => {
    const tags = [...own.held.keys()].flatMap((key) => (key.startsWith('manifests/sha256-') ? [key.slice(10)] : []));
    const all = [...tags, `${INDEX_TAG}.${'0'.repeat(32)}`];
    return line === 'GET tags/list' && Boolean(response.end(JSON.stringify({ tags: all })));
  };
  const [attached] = await (await run(context, own, [referrer(SUBJECT, 'x')])).attached;
  assert.deepEqual(listed(own), new Set([attached?.manifest]));
});

test('tags that are no witnesses are passed over', async (context) => {
  const own = registry();
  const put = (tag: string, text: string): void =>
    void own.held.set(`manifests/${tag}`, { type: MEDIA_TYPES.manifest, bytes: Buffer.from(text) });
  put(`${INDEX_TAG}.${'0'.repeat(32)}`, '{}');
  put(`${INDEX_TAG}.${digestOf('{').slice(7, 39)}`, '{');
  put(`${INDEX_TAG}.${'1'.repeat(32)}`, JSON.stringify({ schemaVersion: 2, manifests: [] }));
  put(`${INDEX_TAG}.sbom`, '{');
  const [attached] = await (await run(context, own, [referrer(SUBJECT, 'x')])).attached;
  assert.deepEqual(
    indexOf(own).map(({ digest }) => digest),
    [attached?.manifest],
  );
});

test('tags in pages are all seen, and a registry that does not list them is written to with care', async (context) => {
  const own = registry();
  const first = await (await run(context, own, [referrer(SUBJECT, 'first')])).attached;
  own.held.delete(`manifests/${INDEX_TAG}`);
  own.instead = (line, request, response) => {
    const last = new URL(request.url ?? '', 'http://x').searchParams.get('last');
    const all = [...own.held.keys()]
      .flatMap((key) => (key.startsWith('manifests/sha256-') ? [key.slice(10)] : []))
      .toSorted();
    const at = last === null ? 0 : all.indexOf(last) + 1;
    const link = at + 1 < all.length ? { link: `</v2/team/app/tags/list?n=1&last=${all[at]}>; rel="next"` } : {};
    return (
      line === 'GET tags/list' &&
      Boolean(response.writeHead(200, link).end(JSON.stringify({ tags: all.slice(at, at + 1) })))
    );
  };
  const second = await (await run(context, own, [referrer(SUBJECT, 'second')])).attached;
  assert.deepEqual(listed(own), new Set([first[0]?.manifest, second[0]?.manifest]));
  for (const tags of ['{"tags":[]}', '{"tags":null}', '[', '']) {
    const silent = registry();
    silent.instead = (line, _, response) =>
      line === 'GET tags/list' && (tags === '' ? refuse(response, 405, 'UNSUPPORTED', 'no') : response.end(tags), true);
    const warned: string[] = [];
    const quiet = (): void => undefined;
    const log = { debug: quiet, info: quiet, error: quiet, warn: (text: string) => void warned.push(text) };
    const [attached] = await (await run(context, silent, [referrer(SUBJECT, 'x')], { log })).attached;
    assert.deepEqual(
      indexOf(silent).map(({ digest }) => digest),
      [attached?.manifest],
    );
    assert.ok(warned.some((text) => text.startsWith('tags cannot be listed')));
  }
});

test('a registry that claims to list referrers and does not have the API gets the index', async (context) => {
  const own = registry();
  own.instead = (line, _, response) => {
    if (line.startsWith('PUT manifests/')) {
      response.setHeader('oci-subject', SUBJECT.digest);
    }
    return false;
  };
  const [claimed] = await (await run(context, own, [referrer(SUBJECT, 'x')])).attached;
  assert.deepEqual([claimed?.route, indexOf(own).length], ['fallback-tag', 1]);
  const silent = registry();
  silent.instead = (line, _, response) =>
    line.startsWith('GET referrers/') &&
    Boolean(response.end(JSON.stringify({ schemaVersion: 2, mediaType: MEDIA_TYPES.index, manifests: [] })));
  const [unlisted] = await (await run(context, silent, [referrer(SUBJECT, 'x')])).attached;
  assert.deepEqual([unlisted?.route, indexOf(silent).length], ['fallback-tag', 1]);
});
