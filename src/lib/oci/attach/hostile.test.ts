import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type TestContext, test } from 'node:test';
import { digestOf } from '#base/digest.ts';
import { LIMITS, readBounded } from '#base/limits.ts';
import type { Artifact, Attached } from '#model/artifact.ts';
import type { EvidenceSubject } from '#model/attachment.ts';
import { evidence } from '#test/evidence.ts';
import { attachOptions, referrer, tagged } from '#test/fixtures/artifacts.ts';
import { type Answer, accessWithPassword, refusal, refuse, startHostile } from '#test/fixtures/hostile-registry.ts';
import { MEDIA_TYPES } from '#test/fixtures/oci-layout.ts';
import type { OpenOptions } from '../images/options.ts';
import { parseReference } from '../reference.ts';
import { attachToRegistry } from './to-registry.ts';

evidence(
  'trust/attaching',
  'self-made',
  'a registry that names other servers, hangs, fails, refuses, forgets and lies',
);

const TUNING = {
  slowness: { answerMs: 300, idleMs: 300, windowMs: 300 },
  retries: { attempts: 3, baseMs: 1, capMs: 2 },
} as const;
const SUBJECT: EvidenceSubject = {
  kind: 'manifest',
  digest: digestOf('the image'),
  mediaType: MEDIA_TYPES.manifest,
  size: 9,
  platform: null,
  children: [],
};
const INDEX_TAG = `sha256-${SUBJECT.digest.slice(7)}`;

/** What a registry holds: `blobs/…`, `manifests/…` by tag and digest. */
type Held = Map<string, { readonly type: string; readonly bytes: Buffer }>;

interface Registry {
  readonly held: Held;
  /** Answers instead, by the beginning of `PUT manifests/…`; true when it has. */
  instead: (line: string, request: IncomingMessage, response: ServerResponse) => boolean;
  readonly answer: Answer;
}

/** A registry without the referrers API that takes what it is given. */
function registry(): Registry {
  const held: Held = new Map();
  const self: Registry = {
    held,
    instead: () => false,
    answer: (request, response) => {
      const path = (request.url ?? '').replace('/v2/team/app/', '').split('?')[0] ?? '';
      if (!self.instead(`${request.method} ${path}`, request, response)) {
        void honest(held, path, request, response);
      }
    },
  };
  return self;
}

async function honest(held: Held, path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const bytes = Buffer.from(await readBounded(request, 1 << 24, 'request'));
  const found = held.get(path);
  const query = new URL(request.url ?? '', 'http://x').searchParams;
  if (request.method === 'POST') {
    response.writeHead(202, { location: `/upload/${held.size}?state=a%2Bb` }).end();
  } else if (request.method === 'PUT' && path.startsWith('/upload/')) {
    assert.ok(request.url?.includes('?state=a%2Bb&digest=sha256:'));
    const digest = query.get('digest') ?? '';
    assert.equal(`sha256:${createHash('sha256').update(bytes).digest('hex')}`, digest);
    held.set(`blobs/${digest}`, { type: '', bytes });
    response.writeHead(201).end();
  } else if (request.method === 'PUT') {
    const type = request.headers['content-type'] ?? '';
    held.set(path, { type, bytes }).set(`manifests/${digestOf(bytes)}`, { type, bytes });
    response.writeHead(201).end();
  } else if (path === 'tags/list') {
    const tags = [...held.keys()].filter((key) => /^manifests\/sha256-/.test(key)).map((key) => key.slice(10));
    response.end(JSON.stringify({ name: 'team/app', tags }));
  } else if (request.url === '/v2/') {
    response.end('{}');
  } else if (found === undefined) {
    refuse(response, 404, 'UNKNOWN', 'not here');
  } else {
    response.writeHead(200, { 'content-type': found.type }).end(found.bytes);
  }
}

async function run(
  context: TestContext,
  own: Registry,
  artifacts: readonly Artifact[],
  more: Partial<OpenOptions> | ((host: string) => Partial<OpenOptions>) = {},
): Promise<{ readonly asked: readonly string[]; readonly attached: Promise<readonly Attached[]> }> {
  const server = await startHostile(context, own.answer);
  const reference = parseReference(`${server.host}/team/app`);
  assert.ok(reference.source === 'registry');
  const options = attachOptions(context, typeof more === 'function' ? more(server.host) : more);
  const attached = attachToRegistry(artifacts, reference, options, TUNING);
  attached.catch(() => undefined);
  return {
    attached,
    get asked() {
      return server.asked.map(({ line }) => line);
    },
  };
}

function indexOf(own: Registry): readonly { readonly digest: string }[] {
  const bytes = own.held.get(`manifests/${INDEX_TAG}`)?.bytes;
  return bytes === undefined ? [] : (JSON.parse(bytes.toString()) as { manifests: { digest: string }[] }).manifests;
}

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
  for (const where of ['POST', 'PUT /upload/', 'PUT manifests/sha256:', `GET manifests/${INDEX_TAG}`]) {
    const own = registry();
    own.instead = (line) => line.startsWith(where);
    const error = await refusal((await run(context, own, [referrer(SUBJECT, 'x')])).attached, 'ATTACH_FAILED');
    assert.match(error.message, /an answer within 3[0-9]{2} ms/);
  }
  const own = registry();
  const stop = new AbortController();
  own.instead = (line) => line.startsWith('PUT') && (stop.abort(new Error('enough')), true);
  await assert.rejects((await run(context, own, [referrer(SUBJECT, 'x')], { signal: stop.signal })).attached, /enough/);
});

test('a large part is sent for as long as the registry takes it, slower than an answer may be', async (context) => {
  const own = registry();
  own.instead = (line, request, response) => {
    if (!line.startsWith('PUT /upload/')) {
      return false;
    }
    // 4 MiB in a second, and an answer may take 0.3 s.
    const timer = setInterval(() => void request.read(64 * 1024), 16);
    request.on('close', () => clearInterval(timer));
    request.on('end', () => response.writeHead(201).end());
    return true;
  };
  const artifact = referrer(SUBJECT, 'x');
  const [part] = artifact.layers;
  assert.ok(part !== undefined);
  const large = { ...artifact, layers: [{ ...part, content: Buffer.alloc(4 << 20, 'a') }] };
  assert.equal((await (await run(context, own, [large])).attached).length, 1);
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
    after.manifests.map(({ digest }) => digest as string),
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
  assert.deepEqual(
    indexOf(own)
      .map(({ digest }) => digest)
      .toSorted(),
    [first[0]?.manifest, second[0]?.manifest].toSorted(),
  );
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
  assert.deepEqual(
    indexOf(own)
      .map(({ digest }) => digest)
      .toSorted(),
    [theirs?.manifest, mine?.manifest].toSorted(),
  );
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
    indexOf(own).map(({ digest }) => digest as string),
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
  assert.deepEqual(
    indexOf(own)
      .map(({ digest }) => digest)
      .toSorted(),
    [first[0]?.manifest, second[0]?.manifest].toSorted(),
  );
  for (const tags of ['{"tags":[]}', '{"tags":null}', '[', '']) {
    const silent = registry();
    silent.instead = (line, _, response) =>
      line === 'GET tags/list' && (tags === '' ? refuse(response, 405, 'UNSUPPORTED', 'no') : response.end(tags), true);
    const warned: string[] = [];
    const quiet = (): void => undefined;
    const log = { debug: quiet, info: quiet, error: quiet, warn: (text: string) => void warned.push(text) };
    const [attached] = await (await run(context, silent, [referrer(SUBJECT, 'x')], { log })).attached;
    assert.deepEqual(
      indexOf(silent).map(({ digest }) => digest as string),
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
