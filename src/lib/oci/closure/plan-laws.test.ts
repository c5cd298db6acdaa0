import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Digest, digestOf } from '#base/digest.ts';
import { attachmentOf, tagOf } from '#test/fixtures/closure-world.ts';
import { memoryIntake } from '#test/fixtures/memory-intake.ts';
import { memoryUpstream, type UpstreamContents } from '#test/fixtures/memory-upstream.ts';
import { type Document, imageOf, indexOf } from '#test/fixtures/registry-client.ts';
import { copyClosure } from './copy.ts';
import { planClosure } from './plan.ts';

/** One document after the other, each leading to some of those before it by their number. */
type Step =
  | { readonly kind: 'image' }
  | { readonly kind: 'index'; readonly of: readonly number[] }
  | { readonly kind: 'referrer'; readonly of: number }
  | { readonly kind: 'cosign'; readonly of: number; readonly suffix: 'sig' | 'att' | 'sbom' };

interface World {
  readonly steps: readonly Step[];
  /** What was asked for; counted from the end, so that much belongs to it. */
  readonly root: number;
  readonly hasReferrers: boolean;
  /** Documents that are not there. */
  readonly gone: readonly number[];
}

const number = fc.nat(40);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.constant({ kind: 'image' } as const),
  fc.record({ kind: fc.constant('index' as const), of: fc.array(number, { minLength: 1, maxLength: 3 }) }),
  fc.record({ kind: fc.constant('referrer' as const), of: number }),
  fc.record({ kind: fc.constant('cosign' as const), of: number, suffix: fc.constantFrom('sig', 'att', 'sbom') }),
);
const world: fc.Arbitrary<World> = fc.record({
  steps: fc.array(step, { maxLength: 12 }),
  root: number,
  hasReferrers: fc.boolean(),
  gone: fc.array(number, { maxLength: 2 }),
});

interface Built extends UpstreamContents {
  readonly root: Document;
  readonly documents: readonly Document[];
  /** What leads from each document to others, as the test knows it; a list of referrers leads to nothing. */
  readonly leads: ReadonlyMap<Digest, readonly Digest[]>;
}

function build({ steps, root, hasReferrers, gone }: World): Built {
  const documents: Document[] = [imageOf({ seed: 'first' }).document];
  const blobs = [...imageOf({ seed: 'first' }).blobs];
  const leads = new Map<Digest, Digest[]>();
  const tags: Record<string, Document> = {};
  const referrers = new Map<Document, Document[]>();
  const at = (index: number): Document => documents[index % documents.length] ?? assert.fail();
  const lead = (from: Document, to: Document): void => {
    leads.set(from.digest, [...(leads.get(from.digest) ?? []), to.digest]);
  };
  for (const [place, each] of steps.entries()) {
    const seed = `document ${place}`;
    if (each.kind === 'image') {
      const made = imageOf({ seed });
      documents.push(made.document);
      blobs.push(...made.blobs);
    } else if (each.kind === 'index') {
      const children = [...new Set(each.of.map(at))];
      const index = indexOf(children, [], { annotations: { seed } });
      children.forEach((child) => lead(index, child));
      documents.push(index);
    } else {
      const subject = at(each.of);
      const made = attachmentOf(seed, each.kind === 'referrer' ? subject : null);
      blobs.push(...made.blobs);
      documents.push(made.document);
      if (each.kind === 'referrer') {
        lead(subject, made.document);
        referrers.set(subject, [...(referrers.get(subject) ?? []), made.document]);
      } else if (tags[`${tagOf(subject)}.${each.suffix}`] === undefined) {
        lead(subject, made.document);
        tags[`${tagOf(subject)}.${each.suffix}`] = made.document;
      }
    }
  }
  if (!hasReferrers) {
    for (const [subject, hanging] of referrers) {
      const list = indexOf(hanging, [], { annotations: { list: subject.digest } });
      lead(subject, list);
      tags[tagOf(subject)] = list;
    }
  }
  const asked = documents[Math.max(0, documents.length - 1 - (root % documents.length))] ?? assert.fail();
  const missing = new Set(gone.map((index) => documents[index % documents.length]));
  const there = documents.filter((each) => each === asked || !missing.has(each));
  const named = Object.entries(tags).filter(([, document]) => document === asked || !missing.has(document));
  return {
    root: asked,
    leads,
    documents: there,
    blobs,
    hasReferrers,
    tags: { ...Object.fromEntries(named), latest: asked },
  };
}

/** All that belongs to the root and is there, and whether something that an index or a list names is not. */
function expected({ root, leads, documents, tags, hasReferrers }: Built): {
  readonly there: ReadonlySet<Digest>;
  readonly isWhole: boolean;
} {
  const held = new Set([...documents, ...Object.values(tags)].map(({ digest }) => digest));
  const there = new Set<Digest>();
  let isWhole = true;
  const visit = (digest: Digest, from: Digest | null): void => {
    if (!held.has(digest)) {
      isWhole &&= from !== null && !isNamed(from, digest);
    } else if (!there.has(digest)) {
      there.add(digest);
      (leads.get(digest) ?? []).forEach((next) => visit(next, digest));
    }
  };
  const byDigest = new Map(
    [...documents, ...Object.values(tags)].map((each) => [each.digest, each.bytes.toString('utf8')]),
  );
  /** What the API or cosign's tags would lead to is gone without a trace; an entry of an index or list is not. */
  const isNamed = (from: Digest, digest: Digest): boolean => {
    const list = hasReferrers ? undefined : tags[tagOf({ digest: from })]?.bytes.toString('utf8');
    const isChild =
      byDigest.get(from)?.includes('"manifests":') === true && byDigest.get(from)?.includes(digest) === true;
    return isChild || list?.includes(digest) === true;
  };
  visit(root.digest, null);
  return { there, isWhole };
}

test('whatever hangs on whatever, a plan has all of it once, in order, or says what it has not', async () => {
  let problems = 0;
  await fc.assert(
    fc.asyncProperty(world, async (described) => {
      const built = build(described);
      const upstream = memoryUpstream(built);
      const { signal } = new AbortController();
      const plan = await planClosure(upstream, 'latest', { signal });
      const { there, isWhole } = expected(built);
      const planned = plan.manifests.map(({ digest }) => digest);
      assert.equal(new Set(planned).size, planned.length);
      assert.deepEqual(new Set(planned), there);
      assert.equal(plan.problems.length === 0, isWhole);
      assert.ok(plan.problems.every(({ isAbsent }) => isAbsent));
      problems += plan.problems.length;
      const place = new Map(planned.map((digest, at) => [digest, at]));
      for (const { digest, content, children, hangsOn, tags } of plan.manifests) {
        assert.equal(digestOf(content), digest);
        const at = place.get(digest) ?? assert.fail();
        assert.ok(children.every((child) => (place.get(child) ?? -1) < at));
        assert.ok(tags.every((tag) => built.tags[tag]?.digest === digest));
        assert.ok(hangsOn === null || place.has(hangsOn));
      }
      const intake = memoryIntake();
      const tolerates = (): boolean => true;
      await copyClosure(plan, upstream, intake, { repository: 'mirror/app', acquisition: 'one', signal, tolerates });
      assert.equal(intake.log.at(-1), 'tag latest');
      assert.deepEqual(new Set(intake.manifests.keys()), there);
    }),
    { numRuns: 300 },
  );
  assert.ok(problems > 0);
});

test('whatever a registry sends as manifests and lists, planning ends with a plan or an error that says what', async () => {
  const { document: image, blobs } = imageOf({ seed: 'image' });
  const noise = fc.oneof(
    fc.json({ maxDepth: 3 }),
    fc.string(),
    fc
      .record({
        schemaVersion: fc.constantFrom(2, 1, '2', null),
        mediaType: fc.constantFrom(image.mediaType, 'application/vnd.oci.image.index.v1+json', 'text/html', null),
        manifests: fc.array(
          fc.record({
            mediaType: fc.string(),
            digest: fc.constantFrom(image.digest, 'sha256:x', ''),
            size: fc.double(),
          }),
        ),
        subject: fc.option(
          fc.record({ digest: fc.constant(image.digest), size: fc.integer(), mediaType: fc.string() }),
        ),
      })
      .map((value) => JSON.stringify(value)),
  );
  await fc.assert(
    fc.asyncProperty(noise, fc.constantFrom('', '.sig', '.att', '.sbom'), async (text, suffix) => {
      const bytes = Buffer.from(text);
      const stray: Document = { digest: digestOf(bytes), mediaType: image.mediaType, bytes };
      const listed = new Map([[image.digest, [{ digest: stray.digest, size: bytes.length }]]]);
      const honest = memoryUpstream({ documents: [], tags: { latest: image }, blobs, hasReferrers: false });
      const { signal } = new AbortController();
      const lying = {
        ...honest,
        hasTag: (tag: string) => Promise.resolve(tag === `${tagOf(image)}${suffix}`),
        referrers: (digest: Digest) => Promise.resolve({ descriptors: listed.get(digest) ?? [], incomplete: null }),
        manifest: (reference: string) =>
          reference === image.digest || reference === 'latest'
            ? honest.manifest(reference, signal)
            : Promise.resolve(stray),
      };
      const plan = await planClosure(lying, 'latest', { signal });
      assert.ok(plan.manifests.some(({ digest }) => digest === image.digest));
      assert.ok(plan.problems.length > 0 || plan.manifests.length > 1);
    }),
    { numRuns: 300 },
  );
});
