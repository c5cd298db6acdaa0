import assert from 'node:assert/strict';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type TestContext, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { systemClock } from '#base/clock.ts';
import { type Digest, digestOf } from '#base/digest.ts';
import { LIMITS } from '#base/limits.ts';
import type { AttachmentRoute, Discovery } from '#model/attachment.ts';
import { evidence } from '#test/evidence.ts';
import { type Answer, endless, type HostileRegistry, refuse, startHostile } from '#test/fixtures/hostile-registry.ts';
import { MEDIA_TYPES } from '#test/fixtures/oci-layout.ts';
import { sourceAccess } from '#test/fixtures/source-access.ts';
import { parseReference } from '../reference.ts';
import type { TransportTuning } from '../registry/endpoint.ts';
import { openRegistryEvidence } from './open-registry.ts';
import type { EvidenceSource } from './source.ts';

evidence(
  'trust/discovery',
  'self-made',
  'a registry that lists without end, links elsewhere, lies about subjects, digests and sizes, hangs and refuses',
);

const TUNING: TransportTuning = {
  slowness: { answerMs: 250, idleMs: 250, windowMs: 300 },
  retries: { attempts: 3, baseMs: 1, capMs: 2 },
};
const PAYLOAD = 'application/vnd.example.payload';

interface Described {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
}

interface Served extends Described {
  readonly bytes: Buffer;
}

function served(mediaType: string, content: object | string | Buffer): Served {
  const bytes = Buffer.isBuffer(content)
    ? content
    : Buffer.from(typeof content === 'string' ? content : JSON.stringify(content));
  return { mediaType, digest: digestOf(bytes), size: bytes.length, bytes };
}

function described({ mediaType, digest, size }: Described): Described {
  return { mediaType, digest, size };
}

const CONFIG = served(MEDIA_TYPES.config, { os: 'linux', architecture: 'amd64' });
const IMAGE = served(MEDIA_TYPES.manifest, {
  schemaVersion: 2,
  mediaType: MEDIA_TYPES.manifest,
  config: described(CONFIG),
  layers: [],
});
const [HEX] = IMAGE.digest.split(':').slice(1);

function attachment(layers: readonly Described[], subject: object | null = described(IMAGE)): Served {
  const config = { mediaType: 'application/vnd.oci.empty.v1+json', digest: digestOf('{}'), size: 2 };
  const members = {
    schemaVersion: 2,
    mediaType: MEDIA_TYPES.manifest,
    artifactType: 'application/vnd.example',
    config,
  };
  return served(MEDIA_TYPES.manifest, {
    ...members,
    layers: layers.map(described),
    ...(subject === null ? {} : { subject }),
  });
}

function listOf(manifests: readonly Described[]): object {
  return { schemaVersion: 2, mediaType: MEDIA_TYPES.index, manifests: manifests.map(described) };
}

interface Contents {
  /** What is served by digest, manifests and blobs alike. */
  readonly content?: readonly Served[];
  /** What the referrers API lists; 404 without. */
  readonly referrers?: readonly Described[];
  readonly tags?: Readonly<Record<string, Served>>;
  /** Answers before anything else, by the path below the repository. */
  readonly instead?: Readonly<Record<string, Answer>>;
}

/** An honest registry with this in it, but for what is answered instead. */
function registryOf({ content = [], referrers, tags = {}, instead = {} }: Contents): Answer {
  const known = new Map([IMAGE, CONFIG, ...content].map((each) => [each.digest as string, each]));
  return (request, response) => {
    const path = (request.url ?? '').replace('/v2/team/app/', '');
    const [kind = '', name = ''] = path.split('/');
    const answer = instead[path] ?? (request.url === '/v2/' ? (_, plain) => void plain.end('{}') : undefined);
    if (answer !== undefined) {
      answer(request, response);
    } else if (kind === 'referrers' && referrers !== undefined) {
      json(response, listOf(referrers));
    } else {
      const found = name === 'latest' ? IMAGE : (tags[name] ?? known.get(name));
      if (kind === 'referrers' || found === undefined) {
        refuse(response, 404, 'MANIFEST_UNKNOWN', 'not here');
      } else {
        response.writeHead(200, { 'content-type': found.mediaType }).end(found.bytes);
      }
    }
  };
}

function json(response: ServerResponse, document: object, headers: Record<string, string> = {}): void {
  response.writeHead(200, { 'content-type': MEDIA_TYPES.index, ...headers }).end(JSON.stringify(document));
}

const LISTING = `referrers/${IMAGE.digest}`;
const blobPath = ({ digest }: Described): string => `blobs/${digest}`;
const manifestPath = ({ digest }: Described): string => `manifests/${digest}`;

async function open(context: TestContext, server: HostileRegistry, registries = ''): Promise<EvidenceSource> {
  const reference = parseReference(`${server.host}/team/app`);
  assert.ok(reference.source === 'registry');
  const options = {
    host: { os: 'linux', architecture: 'amd64' },
    integrity: 'require',
    temporaryFolder: '/nonexistent',
    access: sourceAccess({ clock: systemClock, registries: { file: 'registries.yaml', text: registries } }),
  } as const;
  const source = await openRegistryEvidence(reference, options, TUNING);
  context.after(() => source.close());
  return source;
}

async function discover(context: TestContext, contents: Contents, signal?: AbortSignal): Promise<Discovery> {
  const server = await startHostile(context, registryOf(contents));
  return await discoverAt(context, server, signal);
}

async function discoverAt(context: TestContext, server: HostileRegistry, signal?: AbortSignal): Promise<Discovery> {
  const source = await open(context, server);
  const [subject] = source.subjects;
  assert.ok(subject?.digest === IMAGE.digest);
  return await source.attachments(subject, signal);
}

function codes({ problems }: Discovery): readonly (readonly [AttachmentRoute, string])[] {
  return problems.map(({ route, code }) => [route, code]);
}

function digests({ attachments }: Discovery): readonly Digest[] {
  return attachments.map(({ digest }) => digest);
}

const PART = served(PAYLOAD, 'signed');
const GOOD = attachment([PART]);

test('an image that nothing hangs on: five questions, no answer, no problem', async (context) => {
  const server = await startHostile(context, registryOf({}));
  assert.deepEqual(await discoverAt(context, server), { attachments: [], problems: [] });
  const asked = server.asked.map(({ line }) => line.replace('GET /v2/team/app/', ''));
  const tags = ['', '.sig', '.att', '.sbom'].map((suffix) => `manifests/sha256-${HEX}${suffix}`);
  assert.deepEqual(asked.slice(1).toSorted(), [...tags, LISTING].toSorted());
});

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
    lies.map(() => ['referrers', 'SUBJECT_MISMATCH']),
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
    lies.map(() => ['fallback-tag', 'SUBJECT_MISMATCH']),
  );
  const foreign = await discover(context, { content, tags: { [`sha256-${HEX}.sig`]: lies[1] ?? GOOD } });
  assert.deepEqual([digests(foreign), codes(foreign)], [[], [['signature-tag', 'SUBJECT_MISMATCH']]]);
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
    [(_, response) => json(response, { schemaVersion: 2, layers: [], config: described(CONFIG) }), 'MANIFEST_INVALID'],
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
    const found = await discover(context, { instead: Object.fromEntries(paths.map((path) => [path, answer])) });
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
  const source = await open(context, registry, settings);
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
  const found = await discoverAt(context, server);
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
  await assert.rejects(discover(context, { instead: { [LISTING]: hanging } }, stop.signal), reason);
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
