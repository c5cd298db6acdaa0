import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { type TestContext, test } from 'node:test';
import { digestOf } from '#base/digest.ts';
import { LIMITS } from '#base/limits.ts';
import type { Discovery } from '#model/attachment.ts';
import { evidence } from '#test/evidence.ts';
import {
  attachment,
  codes,
  type Described,
  described,
  digests,
  discover,
  discoverAt,
  GOOD,
  HASTY,
  HEX,
  json,
  LISTING,
  listOf,
  openImage,
  PART,
  PAYLOAD,
  registryOf,
  type Served,
  served,
} from '#test/fixtures/evidence-registry.ts';
import { type Answer, refuse, startHostile } from '#test/fixtures/hostile-registry.ts';
import { MEDIA_TYPES } from '#test/fixtures/oci-layout.ts';

evidence(
  'trust/discovery',
  'self-made',
  'a registry that lists without end, links elsewhere, hangs, refuses and has no referrers API',
);

test('an image that nothing hangs on: five questions, no answer, no problem', async (context) => {
  const server = await startHostile(context, registryOf({}));
  assert.deepEqual(await discoverAt(context, server), { attachments: [], problems: [] });
  const asked = server.asked.map(({ line }) => line.replace('GET /v2/team/app/', ''));
  const tags = ['', '.sig', '.att', '.sbom'].map((suffix) => `manifests/sha256-${HEX}${suffix}`);
  assert.deepEqual(asked.slice(1).toSorted(), [...tags, LISTING].toSorted());
});

/** A list on several pages: what `more` says links to the next, for as long as it says something. */
function pages(page: (number: number) => { readonly manifests: readonly Described[]; readonly link?: string }): Answer {
  return (request, response) => {
    const number = Number(/[?&]page=([0-9]+)/.exec(request.url ?? '')?.[1] ?? 0);
    const { manifests, link } = page(number);
    json(response, listOf(manifests), link === undefined ? {} : { link });
  };
}

/** The pages are told apart by their query, which `instead` does not know. */
async function discoverPages(
  context: TestContext,
  answer: Answer,
  content: readonly Served[],
): Promise<Discovery & { readonly asked: readonly string[] }> {
  const honest = registryOf({ content });
  const server = await startHostile(context, (request: IncomingMessage, response) => {
    (request.url?.includes('/referrers/') === true ? answer : honest)(request, response);
  });
  const found = await discoverAt(context, server);
  return { ...found, asked: server.asked.map(({ line }) => line).filter((line) => line.includes('/referrers/')) };
}

test('pages are followed by the query of their links, absolute, relative and with an escaped colon', async (context) => {
  const all = Array.from({ length: 5 }, (_, index) => attachment([served(PAYLOAD, `part ${index}`)]));
  const parts = all.map((_, index) => served(PAYLOAD, `part ${index}`));
  const forms = [
    (page: number): string => `</v2/team/app/${LISTING}?page=${page}>; rel="next"`,
    (page: number): string => `<?page=${page}&n=1>;rel=next`,
    (page: number): string =>
      `</first>; rel="first", </v2/team/app/referrers/sha256%3A${HEX}?page=${page}>; title="a,b"; rel="next last"`,
  ];
  for (const form of forms) {
    const answer = pages((page) => ({
      manifests: all.slice(page, page + 1),
      ...(page < 4 ? { link: form(page + 1) } : {}),
    }));
    const found = await discoverPages(context, answer, [...all, ...parts]);
    assert.deepEqual(found.problems, []);
    assert.deepEqual(
      digests(found),
      all.map(({ digest }) => digest),
    );
    assert.equal(found.asked.length, 5);
  }
});

test('a link to another host, repository or image is not followed', async (context) => {
  const other = await startHostile(context, registryOf({ content: [GOOD, PART], referrers: [GOOD] }));
  const links = [
    `<${other.origin}/v2/team/app/${LISTING}?page=1>; rel="next"`,
    `<//${other.host}/v2/team/app/${LISTING}?page=1>; rel="next"`,
    `</v2/team/other/${LISTING}?page=1>; rel="next"`,
    `</v2/team/app/referrers/${digestOf('other')}?page=1>; rel="next"`,
    `</v2/team/app/manifests/latest?page=1>; rel="next"`,
    '<http://[>; rel="next"',
    'page=1; rel="next"',
    '<?page=1>; rel="next',
  ];
  for (const link of links) {
    const found = await discoverPages(
      context,
      pages(() => ({ manifests: [GOOD], link })),
      [GOOD, PART],
    );
    assert.deepEqual(codes(found), [['referrers', 'REGISTRY_ANSWER_INVALID']], link);
    assert.deepEqual(digests(found), [GOOD.digest]);
    assert.equal(found.asked.length, 1);
  }
  assert.equal(other.asked.length, 0);
});

test('pages in a loop, and pages without end, are given up with what was listed', async (context) => {
  const loop = await discoverPages(
    context,
    pages((page) => ({ manifests: [GOOD], link: `<?page=${1 - page}>; rel="next"` })),
    [GOOD, PART],
  );
  assert.deepEqual([digests(loop), codes(loop)], [[GOOD.digest], [['referrers', 'REGISTRY_ANSWER_INVALID']]]);
  const same = await discoverPages(
    context,
    pages(() => ({ manifests: [GOOD], link: '<?>; rel="next"' })),
    [GOOD, PART],
  );
  assert.deepEqual([digests(same), codes(same)], [[GOOD.digest], [['referrers', 'REGISTRY_ANSWER_INVALID']]]);
  const empty = await discoverPages(
    context,
    pages((page) => ({ manifests: [], link: `<?page=${page + 1}>; rel="next"` })),
    [],
  );
  assert.deepEqual(codes(empty), [['referrers', 'REFERRERS_TOO_MANY']]);
  assert.ok(empty.asked.length <= LIMITS.referrerPages + 1);
  const many = (page: number): readonly Described[] =>
    Array.from({ length: 1000 }, (_, index) => ({ ...described(GOOD), digest: digestOf(`${page} ${index}`) }));
  const long = await discoverPages(
    context,
    pages((page) => ({ manifests: many(page), link: `<?page=${page + 1}>; rel="next"` })),
    [],
  );
  assert.ok(codes(long).filter(([, code]) => code === 'REFERRERS_TOO_MANY').length === 2);
  assert.ok(long.asked.length <= 6);
});

test('a page that cannot be had is a problem, and so is one that is no index', async (context) => {
  const broken: readonly (readonly [Answer, string])[] = [
    [(_, response) => refuse(response, 500, 'UNKNOWN', 'oh'), 'REGISTRY_STATUS'],
    [(_, response) => refuse(response, 403, 'DENIED', 'no'), 'REGISTRY_DENIED'],
    [(_, response) => void response.end('<html>'), 'JSON_INVALID'],
    [(_, response) => void response.end('{"schemaVersion":2,"manifests":[],"manifests":[]}'), 'JSON_DUPLICATE_KEY'],
    [(_, response) => json(response, { schemaVersion: 2, layers: [], config: described(PART) }), 'MANIFEST_INVALID'],
    [
      (_, response) => json(response, { schemaVersion: 2, manifests: [{ digest: 'sha256:1', size: 1 }] }),
      'DIGEST_INVALID',
    ],
  ];
  for (const [answer, code] of broken) {
    const second: Answer = (request, response) => {
      if (request.url?.includes('?') === true) {
        answer(request, response);
      } else {
        json(response, listOf([GOOD]), { link: '<?page=1>; rel="next"' });
      }
    };
    const found = await discoverPages(context, second, [GOOD, PART]);
    assert.deepEqual([digests(found), codes(found)], [[GOOD.digest], [['referrers', code]]]);
    const first = await discover(context, { instead: { [LISTING]: answer } });
    assert.deepEqual([digests(first), codes(first)], [[], [['referrers', code]]]);
  }
});

test('a registry that cannot be asked is never taken for one that has nothing', async (context) => {
  const failures: readonly (readonly [Answer, string])[] = [
    [(_, response) => refuse(response, 500, 'UNKNOWN', 'oh'), 'REGISTRY_STATUS'],
    [(_, response) => refuse(response, 503, 'UNAVAILABLE', 'later'), 'REGISTRY_STATUS'],
    [(_, response) => refuse(response, 501, 'UNSUPPORTED', 'never'), 'REGISTRY_STATUS'],
    [(_, response) => refuse(response, 401, 'UNAUTHORIZED', 'who'), 'REGISTRY_DENIED'],
    [(_, response) => refuse(response, 403, 'DENIED', 'no'), 'REGISTRY_DENIED'],
    [(_, response) => refuse(response, 429, 'TOOMANYREQUESTS', 'slow'), 'REGISTRY_RATE_LIMITED'],
    [(_, response) => void response.socket?.destroy(), 'REGISTRY_UNREACHABLE'],
    [() => undefined, 'REGISTRY_TIMEOUT'],
  ];
  const paths = [
    `manifests/sha256-${HEX}.sig`,
    `manifests/sha256-${HEX}.att`,
    `manifests/sha256-${HEX}.sbom`,
    LISTING,
    `manifests/sha256-${HEX}`,
  ];
  for (const [answer, code] of failures) {
    const instead = Object.fromEntries(paths.map((path) => [path, answer]));
    const found = await discover(context, { instead }, { slowness: code === 'REGISTRY_TIMEOUT' ? HASTY : {} });
    assert.deepEqual(codes(found), [
      ['signature-tag', code],
      ['attestation-tag', code],
      ['sbom-tag', code],
      ['referrers', code],
      ['fallback-tag', code],
    ]);
    assert.deepEqual(found.attachments, []);
  }
});

test('a registry without the API may say so as registries do: the fallback tag counts', async (context) => {
  const website = await startHostile(context, (_request, response) => void response.end('<html>'));
  const tags = { [`sha256-${HEX}`]: served(MEDIA_TYPES.index, listOf([GOOD])) };
  const without: readonly Answer[] = [
    ...[400, 404, 405].map(
      (status): Answer =>
        (_, response) =>
          refuse(response, status, 'UNSUPPORTED', 'no'),
    ),
    (_, response) => void response.writeHead(303, { location: `${website.origin}/login` }).end(),
  ];
  for (const answer of without) {
    const found = await discover(context, { content: [GOOD, PART], tags, instead: { [LISTING]: answer } });
    assert.deepEqual([digests(found), codes(found)], [[GOOD.digest], []]);
    assert.deepEqual(
      found.attachments.map(({ route }) => route),
      ['fallback-tag'],
    );
  }
  assert.equal(website.asked.length, 0);
  const both = await discover(context, { content: [GOOD, PART], tags, referrers: [] });
  assert.deepEqual([digests(both), codes(both)], [[GOOD.digest], []]);
  const twice = await discover(context, { content: [GOOD, PART], tags, referrers: [GOOD] });
  assert.deepEqual(
    twice.attachments.map(({ route }) => route),
    ['referrers'],
  );
});

test('what a mirror does not know its registry may', async (context) => {
  const tags = { [`sha256-${HEX}.sig`]: attachment([PART], null) };
  const registry = await startHostile(context, registryOf({ content: [GOOD, PART], referrers: [GOOD], tags }));
  const mirror = await startHostile(context, registryOf({ referrers: [] }));
  const settings = `registries:
  "${registry.host}": {tls: none, mirrors: ["${mirror.host}"]}
  "${mirror.host}": {tls: none}
`;
  const source = await openImage(context, registry, { registries: settings });
  const [subject] = source.subjects;
  const found = await source.attachments(subject ?? assert.fail('no subject'));
  assert.deepEqual([found.attachments.map(({ route }) => route), codes(found)], [['signature-tag', 'referrers'], []]);
  assert.ok(mirror.asked.some(({ line }) => line.includes('/referrers/')));
  registry.answer = (_, response) => refuse(response, 500, 'UNKNOWN', 'oh');
  const unsure = await source.attachments(subject ?? assert.fail('no subject'));
  assert.deepEqual(codes(unsure), [
    ['signature-tag', 'REGISTRY_STATUS'],
    ['attestation-tag', 'REGISTRY_STATUS'],
    ['sbom-tag', 'REGISTRY_STATUS'],
    ['referrers', 'REGISTRY_STATUS'],
    ['fallback-tag', 'REGISTRY_STATUS'],
  ]);
});

test('too many requests once is waited for', async (context) => {
  let turns = 0;
  const once: Answer = (request, response) => {
    turns += 1;
    (turns === 1
      ? (): void => refuse(response, 429, 'TOOMANYREQUESTS', 'slow')
      : (): void => json(response, listOf([GOOD])))();
  };
  const found = await discover(context, { content: [GOOD, PART], instead: { [LISTING]: once } });
  assert.deepEqual([digests(found), codes(found), turns], [[GOOD.digest], [], 2]);
});
