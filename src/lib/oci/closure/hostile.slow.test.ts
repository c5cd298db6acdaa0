import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { systemClock } from '#base/clock.ts';
import { digestOf } from '#base/digest.ts';
import { LIMITS } from '#base/limits.ts';
import { evidence } from '#test/evidence.ts';
import {
  attachment,
  blobPath,
  type Contents,
  described,
  GOOD,
  HASTY,
  HEX,
  IMAGE,
  json,
  LISTING,
  listOf,
  manifestPath,
  PART,
  registryOf,
  served,
} from '#test/fixtures/evidence-registry.ts';
import {
  type Answer,
  endless,
  type HostileRegistry,
  refusal,
  refuse,
  startHostile,
} from '#test/fixtures/hostile-registry.ts';
import { memoryIntake } from '#test/fixtures/memory-intake.ts';
import { MEDIA_TYPES } from '#test/fixtures/oci-layout.ts';
import { sourceAccess } from '#test/fixtures/source-access.ts';
import type { ClosurePlan } from './closure.ts';
import { copyClosure } from './copy.ts';
import { planClosure } from './plan.ts';
import { openUpstream, type Upstream } from './upstream.ts';

evidence(
  'acquire/closure',
  'self-made',
  'a registry that lies about digests, sizes and subjects, whose lists have no end, and that breaks off',
);

const { signal } = new AbortController();

async function upstreamAt(context: TestContext, server: HostileRegistry): Promise<Upstream> {
  const tuning = { slowness: HASTY, retries: { attempts: 3, baseMs: 1, capMs: 2 } };
  const access = sourceAccess({ clock: systemClock });
  const upstream = await openUpstream({ domain: server.host, path: 'team/app' }, { access, tuning });
  context.after(() => upstream.close());
  return upstream;
}

async function planned(context: TestContext, contents: Contents): Promise<ClosurePlan> {
  const server = await startHostile(context, registryOf(contents));
  return await planClosure(await upstreamAt(context, server), 'latest', { signal });
}

function codes({ problems }: ClosurePlan): readonly string[] {
  return problems.map(({ route, code }) => `${route} ${code}`);
}

const EMPTY = served('application/vnd.oci.empty.v1+json', '{}');
/** A list of referrers with this one, and a link to what comes next. */
const page =
  (next: string | null): Answer =>
  (_request, response) =>
    json(response, listOf([GOOD]), next === null ? {} : { link: `<${next}>; rel="next"` });
const PATH = `/v2/team/app/${LISTING}`;

test('a list of referrers without end, in a loop, that leads elsewhere, or that was filtered is not whole', async (context) => {
  const content = [GOOD, PART, EMPTY];
  let number = 0;
  const endlessPages: Answer = (request, response) => page(`${PATH}?n=${(number += 1)}`)(request, response);
  const cases: readonly (readonly [string, Answer, string])[] = [
    ['without end', endlessPages, 'REFERRERS_TOO_MANY'],
    ['a loop', page(`${PATH}?n=1`), 'REGISTRY_ANSWER_INVALID'],
    ['elsewhere', page('http://169.254.169.254/v2/'), 'REGISTRY_ANSWER_INVALID'],
    ['another subject', page(`/v2/team/app/referrers/${GOOD.digest}`), 'REGISTRY_ANSWER_INVALID'],
    ['garbled', page('<'), 'REGISTRY_ANSWER_INVALID'],
    [
      'filtered',
      (_, response) => json(response, listOf([GOOD]), { 'oci-filters-applied': 'artifactType' }),
      'REGISTRY_ANSWER_INVALID',
    ],
  ];
  for (const [name, answer, code] of cases) {
    const instead = Object.fromEntries(
      ['', ...Array.from({ length: 80 }, (_, at) => `?n=${at}`)].map((query) => [`${LISTING}${query}`, answer]),
    );
    const plan = await planned(context, { content, referrers: [], instead });
    assert.deepEqual(codes(plan), [`referrers ${code}`], name);
    assert.ok(
      plan.manifests.some(({ digest }) => digest === GOOD.digest),
      name,
    );
  }
});

test('all pages of an honest list count', async (context) => {
  const more = attachment([]);
  const instead = {
    [LISTING]: page(`${PATH}?n=1`),
    [`${LISTING}?n=1`]: ((_, response) => json(response, listOf([more]))) satisfies Answer,
  };
  const plan = await planned(context, { content: [GOOD, PART, EMPTY, more], referrers: [], instead });
  assert.deepEqual(codes(plan), []);
  assert.deepEqual(
    plan.manifests.map(({ digest }) => digest),
    [IMAGE.digest, GOOD.digest, more.digest],
  );
});

test('manifests that are not what they are said to be are no part of a plan', async (context) => {
  const large = Buffer.alloc(LIMITS.manifestBytes + 1, ' ');
  const many = served(
    MEDIA_TYPES.index,
    listOf(Array.from({ length: LIMITS.indexManifests + 1 }, () => described(IMAGE))),
  );
  const cases: readonly (readonly [string, Partial<Contents>, string])[] = [
    [
      'other bytes',
      { instead: { [manifestPath(GOOD)]: (_, answer) => void answer.end(IMAGE.bytes) } },
      'referrers BLOB_DIGEST_MISMATCH',
    ],
    [
      'too large',
      { instead: { [manifestPath(GOOD)]: (_, answer) => void answer.end(large) } },
      'referrers LIMIT_EXCEEDED',
    ],
    ['without end', { instead: { [manifestPath(GOOD)]: (_, answer) => endless(answer) } }, 'referrers LIMIT_EXCEEDED'],
    [
      'an error',
      { instead: { [manifestPath(GOOD)]: (_, answer) => refuse(answer, 500, 'UNKNOWN', 'broken') } },
      'referrers REGISTRY_STATUS',
    ],
    [
      'denied',
      { instead: { [manifestPath(GOOD)]: (_, answer) => refuse(answer, 403, 'DENIED', 'no') } },
      'referrers REGISTRY_DENIED',
    ],
    ['a list of too many', { referrers: [], tags: { [`sha256-${HEX}`]: many } }, 'fallback-tag LIMIT_EXCEEDED'],
    [
      'a list that is an error',
      { instead: { [LISTING]: (_, answer) => refuse(answer, 500, 'UNKNOWN', 'broken') } },
      'referrers REGISTRY_STATUS',
    ],
    [
      'a tag that is an error',
      {
        referrers: [],
        instead: { [`manifests/sha256-${HEX}.sig`]: (_, answer) => refuse(answer, 503, 'UNAVAILABLE', 'later') },
      },
      'signature-tag REGISTRY_STATUS',
    ],
  ];
  for (const [name, contents, expected] of cases) {
    const plan = await planned(context, { content: [GOOD, PART, EMPTY], referrers: [GOOD], ...contents });
    assert.deepEqual(codes(plan), [expected], name);
    assert.deepEqual(
      plan.manifests.map(({ digest }) => digest),
      [IMAGE.digest],
      name,
    );
    await refusal(
      copyClosure(plan, none, memoryIntake(), { repository: 'mirror/app', acquisition: 'one', signal }),
      'CLOSURE_INCOMPLETE',
    );
  }
});

const none = { name: 'nothing', blob: () => assert.fail('asked') };

test('what was asked for is thrown when it is not what its digest says, or too large', async (context) => {
  const ask = async (answer: Answer, reference: string): Promise<ClosurePlan> => {
    const server = await startHostile(context, registryOf({ instead: { [`manifests/${reference}`]: answer } }));
    return await planClosure(await upstreamAt(context, server), reference, { signal });
  };
  await refusal(
    ask((_, answer) => void answer.end(GOOD.bytes), IMAGE.digest),
    'BLOB_DIGEST_MISMATCH',
  );
  const named = { 'docker-content-digest': digestOf('other'), 'content-type': MEDIA_TYPES.manifest };
  await refusal(
    ask((_, answer) => void answer.writeHead(200, named).end(GOOD.bytes), 'tag'),
    'BLOB_DIGEST_MISMATCH',
  );
  await refusal(
    ask((_, answer) => endless(answer), 'tag'),
    'LIMIT_EXCEEDED',
  );
});

test('a registry that knows no HEAD is asked for tags with GET', async (context) => {
  const signature = attachment([PART], null);
  const honest = registryOf({ content: [PART, EMPTY], tags: { [`sha256-${HEX}.sig`]: signature } });
  const server = await startHostile(context, (request, response) => {
    if (request.method === 'HEAD') {
      response.writeHead(405).end();
    } else {
      honest(request, response);
    }
  });
  const plan = await planClosure(await upstreamAt(context, server), 'latest', { signal });
  assert.deepEqual(codes(plan), []);
  assert.deepEqual(
    plan.manifests.map(({ tags }) => tags),
    [[], [`sha256-${HEX}.sig`]],
  );
});

/** Some MiB, so that a connection can break on the way. */
const LAYER = served('application/vnd.oci.image.layer.v1.tar', randomBytes(3 << 20));
const CONFIG = served(MEDIA_TYPES.config, { os: 'linux', architecture: 'amd64' });
const LAYERED = served(MEDIA_TYPES.manifest, {
  schemaVersion: 2,
  mediaType: MEDIA_TYPES.manifest,
  config: described(CONFIG),
  layers: [described(LAYER)],
});

/** Copies the image with a layer; with `begun` so many bytes of it are there. */
async function copyLayered(context: TestContext, answer: Answer, begun = 0) {
  const server = await startHostile(
    context,
    registryOf({ content: [LAYERED, LAYER], instead: { [blobPath(LAYER)]: answer } }),
  );
  const upstream = await upstreamAt(context, server);
  const plan = await planClosure(upstream, LAYERED.digest, { signal });
  const intake = memoryIntake();
  if (begun > 0) {
    intake.uploads.set(LAYER.digest, LAYER.bytes.subarray(0, begun));
  }
  const copy = copyClosure(plan, upstream, intake, { repository: 'mirror/app', acquisition: 'one', signal });
  return { copy, intake, server };
}

test('a layer goes on where it ended: from there, or from its start where a registry knows no ranges', async (context) => {
  const ranges: string[] = [];
  const withRanges: Answer = (request, response) => {
    const range = request.headers.range ?? '';
    ranges.push(range);
    const start = Number(/^bytes=([0-9]+)-$/.exec(range)?.[1] ?? assert.fail(range));
    const rest = LAYER.bytes.subarray(start);
    response.writeHead(206, { 'content-range': `bytes ${start}-${LAYER.size - 1}/${LAYER.size}` }).end(rest);
  };
  const whole: Answer = (_request, response) => void response.end(LAYER.bytes);
  for (const answer of [withRanges, whole]) {
    const { copy, intake } = await copyLayered(context, answer, 1_000_000);
    await copy;
    assert.ok(intake.blobs.get(LAYER.digest)?.equals(LAYER.bytes));
  }
  assert.deepEqual(ranges, ['bytes=1000000-']);
});

test('a connection that breaks is followed by one for the rest', async (context) => {
  let cuts = 0;
  const breaking: Answer = (request, response) => {
    const start = Number(/^bytes=([0-9]+)-$/.exec(request.headers.range ?? 'bytes=0-')?.[1]);
    const end = cuts < 2 ? Math.min(LAYER.size, start + 1_200_000) : LAYER.size;
    cuts += 1;
    response.writeHead(start === 0 ? 200 : 206, {
      'content-length': String(LAYER.size - start),
      ...(start === 0 ? {} : { 'content-range': `bytes ${start}-${LAYER.size - 1}/${LAYER.size}` }),
    });
    response.write(LAYER.bytes.subarray(start, end), () => (end < LAYER.size ? response.destroy() : response.end()));
  };
  const { copy, intake } = await copyLayered(context, breaking);
  await copy;
  assert.ok(intake.blobs.get(LAYER.digest)?.equals(LAYER.bytes));
  assert.equal(cuts, 3);
});

test('a layer that is another, longer or shorter is an error that names it, and no manifest is stored', async (context) => {
  const cases: readonly (readonly [string, Answer, string])[] = [
    ['another', (_, response) => void response.end(randomBytes(LAYER.size)), 'BLOB_DIGEST_MISMATCH'],
    ['longer', (_, response) => void response.end(Buffer.alloc(LAYER.size + 1)), 'BLOB_SIZE_MISMATCH'],
    ['endless', (_, response) => endless(response), 'BLOB_SIZE_MISMATCH'],
    ['shorter', (_, response) => void response.end(LAYER.bytes.subarray(0, 100)), 'BLOB_SIZE_MISMATCH'],
    ['gone', (_, response) => refuse(response, 404, 'BLOB_UNKNOWN', 'not here'), 'BLOB_MISSING'],
  ];
  for (const [name, answer, code] of cases) {
    const { copy, intake } = await copyLayered(context, answer);
    const error = await refusal(copy, code);
    assert.ok(error.object?.includes(LAYER.digest), name);
    assert.deepEqual([intake.manifests.size, intake.blobs.has(LAYER.digest)], [0, false], name);
  }
});
