import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Digest, digestOf } from '#base/digest.ts';
import { isAppError } from '#base/error.ts';
import { attachmentOf, closureWorld, tagOf } from '#test/fixtures/closure-world.ts';
import { memoryUpstream, UPSTREAM_NAME, type UpstreamContents } from '#test/fixtures/memory-upstream.ts';
import { type Document, documentOf, imageOf, indexOf, TYPES } from '#test/fixtures/registry-client.ts';
import type { ClosurePlan } from './closure.ts';
import { type PlanOptions, planClosure } from './plan.ts';

async function planned(
  contents: UpstreamContents,
  reference = 'latest',
  more: Partial<PlanOptions> = {},
): Promise<ClosurePlan> {
  return await planClosure(memoryUpstream(contents), reference, { signal: new AbortController().signal, ...more });
}

/** The names of manifests in their order; `list of NAME` for the lists of referrers. */
function namesIn(plan: ClosurePlan, documents: Readonly<Record<string, Document>>): readonly string[] {
  const names = new Map(Object.entries(documents).map(([name, { digest }]) => [digest, name]));
  return plan.manifests.map(
    ({ digest, hangsOn }) => names.get(digest) ?? `list of ${names.get(hangsOn as Digest) ?? '?'}`,
  );
}

function codes({ problems }: ClosurePlan): readonly string[] {
  return problems.map(({ route, code }) => `${route} ${code}`);
}

test('all that belongs to an image is found once, in an order in which it can be stored', async () => {
  const { documents, contents, withoutApi, blobs, index } = closureWorld();
  const own = ['amd64', 'arm64', 'attestation', 'index'];
  for (const each of [contents, withoutApi]) {
    const plan = await planned(each);
    assert.deepEqual(plan.problems, []);
    const names = namesIn(plan, documents);
    assert.deepEqual(names.slice(0, 4), own);
    const lists = each.hasReferrers ? [] : ['list of index', 'list of amd64', 'list of arm64', 'list of sbom'];
    assert.deepEqual(names.toSorted(), [...Object.keys(documents), ...lists].toSorted());
    assert.deepEqual(names.slice(names.length - lists.length).toSorted(), lists.toSorted());
    const at = (name: string): number => names.indexOf(name);
    assert.ok(at('sbom') < at('sbomSignature') && at('sbom') < at('cosignOnSbom'));
    assert.deepEqual(
      plan.blobs.map(({ digest }) => digest).toSorted(),
      [...new Set(blobs.map((blob) => digestOf(blob)))].toSorted(),
    );
    assert.deepEqual([plan.root, plan.tag, plan.upstream], [index.digest, 'latest', UPSTREAM_NAME]);
    for (const { digest, content } of plan.manifests) {
      assert.equal(digestOf(content), digest);
    }
  }
});

test('what was found says where it belongs: its tags, what it hangs on, its platform', async () => {
  const { documents, contents, withoutApi } = closureWorld();
  const found = async (each: UpstreamContents) => {
    const plan = await planned(each);
    const names = namesIn(plan, documents);
    return Object.fromEntries(
      plan.manifests.map(({ route, hangsOn, platform, tags }, at) => {
        const on = Object.entries(documents).find(([, { digest }]) => digest === hangsOn)?.[0] ?? null;
        return [names[at] ?? '', { route, on, platform, tags }];
      }),
    );
  };
  const { index, sbom } = documents;
  assert.ok(index !== undefined && sbom !== undefined);
  const none = { on: null, platform: null, tags: [] };
  const rest = {
    index: { ...none, route: 'root' },
    amd64: { ...none, route: 'child', platform: 'linux/amd64' },
    arm64: { ...none, route: 'child', platform: 'linux/arm64' },
    attestation: { ...none, route: 'child', platform: 'unknown/unknown' },
    cosign: { ...none, route: 'signature-tag', on: 'index', tags: [`${tagOf(index)}.sig`] },
    cosignOnSbom: { ...none, route: 'attestation-tag', on: 'sbom', tags: [`${tagOf(sbom)}.att`] },
  };
  const hanging = { bundle: 'index', notary: 'arm64', sbom: 'amd64', sbomSignature: 'sbom' };
  const by = (route: string) =>
    Object.fromEntries(Object.entries(hanging).map(([name, on]) => [name, { ...none, route, on }]));
  assert.deepEqual(await found(contents), { ...rest, ...by('referrers') });
  const lists = Object.fromEntries(
    Object.values(hanging).map((on) => {
      const { [on]: subject } = documents;
      return [
        `list of ${on}`,
        { ...none, route: 'fallback-tag', on, tags: subject === undefined ? [] : [tagOf(subject)] },
      ];
    }),
  );
  assert.deepEqual(await found(withoutApi), { ...rest, ...by('fallback-tag'), ...lists });
});

test('a digest is planned as it is, without a tag, and a single manifest with what hangs on it', async () => {
  const { documents, contents } = closureWorld();
  const { amd64 } = documents;
  assert.ok(amd64 !== undefined);
  const plan = await planned(contents, amd64.digest);
  assert.deepEqual([plan.root, plan.tag], [amd64.digest, null]);
  assert.deepEqual(namesIn(plan, documents), ['amd64', 'sbom', 'sbomSignature', 'cosignOnSbom']);
});

test('each manifest is asked for once, and for tags with HEAD first', async () => {
  const { contents } = closureWorld();
  const upstream = memoryUpstream(contents);
  const { manifests } = await planClosure(upstream, 'latest', { signal: new AbortController().signal });
  const fetched = upstream.asked.filter((question) => question.startsWith('manifest '));
  assert.equal(new Set(fetched).size, fetched.length);
  assert.equal(fetched.length, manifests.length);
  assert.equal(upstream.asked.filter((question) => question.startsWith('tag ')).length, manifests.length * 4);
});

test('what was asked for itself has to be there, and be an image or a list of them', async () => {
  const { contents } = closureWorld();
  const schema1 = documentOf({
    schemaVersion: 1,
    mediaType: 'application/vnd.docker.distribution.manifest.v1+json',
    fsLayers: [],
  });
  const cases: readonly (readonly [string, UpstreamContents, string])[] = [
    ['none', contents, 'IMAGE_NOT_FOUND'],
    [digestOf('none'), contents, 'IMAGE_NOT_FOUND'],
    ['../../other/manifests/x', contents, 'REFERENCE_INVALID'],
    ['sha256:abc', contents, 'REFERENCE_INVALID'],
    ['latest', { ...contents, tags: { latest: schema1 } }, 'MANIFEST_INVALID'],
    [
      'latest',
      { ...contents, tags: { latest: documentOf({ mediaType: TYPES.index, schemaVersion: 2 }) } },
      'MANIFEST_INVALID',
    ],
  ];
  for (const [reference, each, code] of cases) {
    await assert.rejects(planned(each, reference), (error) => isAppError(error) && error.code === code, reference);
  }
});

test('a foreign layer is copied where the registry has it, and otherwise left where it is', async () => {
  const type = 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip';
  const { document, blobs } = imageOf({ seed: 'windows', layerType: type });
  const [config = '', layer = ''] = blobs;
  const held = async (there: readonly string[]) => {
    const plan = await planned({ documents: [], tags: { latest: document }, blobs: there, hasReferrers: false });
    assert.deepEqual(plan.problems, []);
    return plan.blobs.map(({ digest, isHeld, mediaType }) => [digest, isHeld, mediaType]);
  };
  const both = (isHeld: boolean) => [
    [digestOf(config), true, TYPES.config],
    [digestOf(layer), isHeld, type],
  ];
  assert.deepEqual(await held([config]), both(false));
  assert.deepEqual(await held(blobs), both(true));
});

test('what cannot be had is told, and nothing else is lost by it', async () => {
  const { documents, contents, withoutApi, index } = closureWorld();
  const { sbom, amd64, arm64, bundle, notary } = documents;
  assert.ok(
    sbom !== undefined && amd64 !== undefined && arm64 !== undefined && bundle !== undefined && notary !== undefined,
  );
  const without = (from: UpstreamContents, ...gone: readonly Document[]): UpstreamContents => ({
    ...from,
    documents: from.documents.filter((each) => !gone.includes(each)),
  });
  const listing = (
    subject: Document,
    listed: readonly { readonly digest: Digest; readonly size: number }[],
  ): UpstreamContents => ({
    ...contents,
    listed: new Map([[subject.digest, listed]]),
  });
  const pointer = ({ digest, bytes }: Document, more = 0) => ({ digest, size: bytes.length + more });
  const elsewhere = attachmentOf('elsewhere', imageOf({ seed: 'another image' }).document).document;
  const strange = {
    ...listing(amd64, [pointer(elsewhere)]),
    documents: [...contents.documents, elsewhere],
  };
  const cases: readonly (readonly [string, UpstreamContents, readonly string[]])[] = [
    ['a platform that is not there', without(contents, arm64), ['child REGISTRY_STATUS']],
    ['a referrer on a list that is not there', without(withoutApi, sbom), ['fallback-tag REGISTRY_STATUS']],
    ['a referrer of something that is not of it', strange, ['referrers REFERRER_SUBJECT_MISMATCH']],
    [
      'a size that no manifest has',
      listing(amd64, [{ digest: digestOf('large'), size: 2 ** 40 }]),
      ['referrers REGISTRY_STATUS'],
    ],
    [
      'a manifest as a list of referrers',
      { ...contents, tags: { ...contents.tags, [tagOf(amd64)]: sbom } },
      ['fallback-tag MANIFEST_INVALID'],
    ],
    [
      'the subject on its own list',
      { ...contents, tags: { ...contents.tags, [tagOf(amd64)]: indexOf([amd64]) } },
      ['fallback-tag REFERRER_SUBJECT_MISMATCH'],
    ],
    [
      'what hangs on something else under a tag of cosign',
      { ...contents, tags: { ...contents.tags, [`${tagOf(arm64)}.sig`]: sbom } },
      ['signature-tag REFERRER_SUBJECT_MISMATCH'],
    ],
  ];
  for (const [name, each, expected] of cases) {
    const plan = await planned(each);
    assert.deepEqual(codes(plan), expected, name);
    const gone =
      each.documents.length >= contents.documents.length
        ? []
        : name.includes('platform')
          ? ['arm64', 'notary']
          : ['sbom', 'sbomSignature', 'cosignOnSbom'];
    const names = namesIn(plan, documents).filter((one) => !one.startsWith('list of'));
    const left = Object.keys(documents).filter((one) => !gone.includes(one));
    if (name !== 'a size that no manifest has') {
      assert.deepEqual(names.toSorted(), left.toSorted(), name);
    }
  }
  const [absent] = (await planned(without(contents, arm64))).problems;
  assert.deepEqual(
    [absent?.isAbsent, absent?.isTemporary, absent?.digest, absent?.about],
    [true, false, arm64.digest, index.digest],
  );
});

test('what a registry lists under something else, or with another size, is found where it belongs', async () => {
  const { documents, contents, index } = closureWorld();
  const { sbom, cosign, arm64, bundle } = documents;
  assert.ok(sbom !== undefined && cosign !== undefined && arm64 !== undefined && bundle !== undefined);
  // Harbor lists all accessories, cosign's signatures as well, each with the size of all that belongs to it.
  const large = [sbom, cosign, arm64, bundle, index].map(({ digest }) => ({ digest, size: 2 ** 40 }));
  const listed = new Map([[index.digest, large]]);
  const plan = await planned({ ...contents, listed });
  assert.deepEqual(codes(plan), []);
  assert.equal(plan.manifests.find(({ digest }) => digest === cosign.digest)?.route, 'signature-tag');
  assert.equal(plan.manifests.length, Object.keys(documents).length);
  assert.equal(plan.manifests.find(({ digest }) => digest === sbom.digest)?.hangsOn, documents['amd64']?.digest);
});

test('a closure has its limits, and past them it is not whole', async () => {
  const { contents } = closureWorld();
  const cases: readonly (readonly [PlanOptions['limits'], readonly string[]])[] = [
    [{ manifests: 3 }, ['child LIMIT_EXCEEDED']],
    [{ bytes: 1000 }, ['child LIMIT_EXCEEDED']],
    [{ depth: 1 }, ['referrers LIMIT_EXCEEDED', 'attestation-tag LIMIT_EXCEEDED']],
  ];
  for (const [limits = {}, expected] of cases) {
    assert.deepEqual(codes(await planned(contents, 'latest', { limits })), expected);
  }
  const few = await planned(contents, 'latest', { limits: { blobs: 3 } });
  assert.ok(few.problems.length > 0 && few.problems.every(({ code }) => code === 'LIMIT_EXCEEDED'));
  assert.equal(few.blobs.length, 3);
});

test('indexes inside each other are followed so far, and a chain of signatures on signatures', async () => {
  const nested = (levels: number): readonly Document[] => {
    const documents = [imageOf({}).document];
    for (let level = 0; level < levels; level += 1) {
      documents.unshift(indexOf(documents.slice(0, 1)));
    }
    return documents;
  };
  const [top, ...below] = nested(8);
  assert.ok(top !== undefined);
  const plan = await planned({ documents: below, tags: { latest: top }, hasReferrers: true });
  assert.deepEqual([codes(plan), plan.manifests.length], [[], 9]);
  const [deep, ...rest] = nested(9);
  assert.ok(deep !== undefined);
  assert.deepEqual(codes(await planned({ documents: rest, tags: { latest: deep }, hasReferrers: true })), [
    'child LIMIT_EXCEEDED',
  ]);
  const chain = [imageOf({}).document];
  for (let level = 0; level < 9; level += 1) {
    chain.push(attachmentOf(`signature ${level}`, chain.at(-1) ?? null).document);
  }
  const [image, ...signatures] = chain;
  assert.ok(image !== undefined);
  const signed = await planned({ documents: signatures, tags: { latest: image }, hasReferrers: true });
  assert.deepEqual([codes(signed), signed.manifests.length], [['referrers LIMIT_EXCEEDED'], 9]);
});

test('lists that name the same again and again come to an end', async () => {
  const { contents, index } = closureWorld();
  const descriptors = Array.from({ length: 4096 }, (_, at) => ({ digest: digestOf(String(at)), size: 2 }));
  const all = [...contents.documents, ...Object.values(contents.tags)];
  const listed = new Map(all.map(({ digest }) => [digest, descriptors]));
  const plan = await planned({ ...contents, listed }, index.digest, { limits: { manifests: 100_000 } });
  assert.ok(plan.problems.length > 0 && plan.problems.length <= 65_536);
});

test('one digest with two sizes is a lie of one of two manifests', async () => {
  const [a, b] = [imageOf({ seed: 'same' }), imageOf({ seed: 'same' })];
  const honest = JSON.parse(b.document.bytes.toString('utf8')) as {
    readonly layers: readonly { readonly size: number }[];
  };
  const other = documentOf({ ...honest, layers: honest.layers.map((layer) => ({ ...layer, size: layer.size + 1 })) });
  const index = indexOf([a.document, other], ['linux/amd64', 'linux/arm64']);
  const plan = await planned({
    documents: [a.document, other],
    tags: { latest: index },
    blobs: a.blobs,
    hasReferrers: true,
  });
  assert.deepEqual(codes(plan), ['child BLOB_SIZE_MISMATCH']);
});

test('an end that is asked for ends it', async () => {
  const stop = new AbortController();
  const reason = new Error('enough');
  stop.abort(reason);
  await assert.rejects(planned(closureWorld().contents, 'latest', { signal: stop.signal }), reason);
});
