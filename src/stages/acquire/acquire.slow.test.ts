import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { digestOf } from '#base/digest.ts';
import { ANONYMOUS, type Role, type Subject } from '#model/platform/access.ts';
import type { Acquisition } from '#model/platform/acquisition.ts';
import { type AcquireWorld, jobOf, openAcquireWorld, sourceOf } from '#test/fixtures/acquire-stage.ts';
import { ADMIN, DAY, eventsOf, faultsOfManifest, repositoryOf, signal } from '#test/fixtures/catalog-world.ts';
import {
  type HostileRegistry,
  refusal,
  refuse,
  type ServedImage,
  serveImage,
  startHostile,
} from '#test/fixtures/hostile-registry.ts';
import { tarOf } from '#test/fixtures/tar-archive.ts';
import { requestAcquisition } from './request.ts';
import { runAcquisition } from './run.ts';
import type { AcquisitionStatement } from './statement.ts';

const REPOSITORY = 'mirror/team/app';

interface Scene extends AcquireWorld {
  readonly image: ServedImage;
  readonly upstream: HostileRegistry;
  readonly reference: string;
}

/** Of a registry without the referrers API. */
function imageOf(text: string): ServedImage {
  const image = serveImage(tarOf([{ name: 'etc/text', content: text }]));
  return {
    ...image,
    answer: (request, response) =>
      request.url?.includes('/referrers/') === true
        ? refuse(response, 404, 'NOT_FOUND', 'no such page')
        : image.answer(request, response),
  };
}

/** One image upstream, and a source that takes it. */
async function open(context: TestContext): Promise<Scene> {
  const image = imageOf('one');
  const upstream = await startHostile(context, image.answer);
  const world = await openAcquireWorld(context, [sourceOf(upstream.host)]);
  return { ...world, image, upstream, reference: `${upstream.host}/team/app:latest` };
}

function person(role: Role, scope = 'mirror/*', id = `user:${role}`): Subject {
  return { ...ANONYMOUS, id, grants: [{ role, scope, environment: '*' }] };
}

async function finished(world: Scene, state: 'promoted' | 'held', reason = ''): Promise<Acquisition> {
  const asked = await requestAcquisition(world, ADMIN, { reference: world.reference });
  await world.work(asked);
  await world.judge(asked, state, reason);
  return await world.find(asked);
}

function blobRequests({ upstream, image }: Scene): number {
  return upstream.asked.filter(({ line }) => line === `GET /v2/team/app/blobs/${image.layerDigest}`).length;
}

describe('an image that is asked for', () => {
  it('comes whole into quarantine, by the subject of its source, and is to be judged', async (context) => {
    const world = await open(context);
    const asked = await requestAcquisition(world, ADMIN, { reference: world.reference });
    assert.deepEqual(
      [asked.state, asked.upstream, asked.reference],
      ['waiting', `${world.upstream.host}/team/app`, 'latest'],
    );
    await world.work(asked);
    const row = await world.find(asked);
    assert.deepEqual([row.state, row.reason, row.digest], ['judging', '', world.image.manifestDigest]);
    const { blobs, blobsDone, bytes, bytesDone, manifests, manifestsDone } = row.progress;
    const size = world.image.config.length + world.image.layer.length;
    assert.deepEqual([blobs, blobsDone, bytes, bytesDone, manifests, manifestsDone], [2, 2, size, size, 1, 1]);
    const repository = await repositoryOf(world, REPOSITORY);
    assert.deepEqual(await faultsOfManifest(world, repository, world.image.manifestDigest), []);
    const here = await world.store.records.manifests.resolve(REPOSITORY, { tag: 'latest' }, null);
    assert.deepEqual([here?.standing.state?.lifecycle, here?.pushedBy], ['quarantined', 'source:upstream']);
    assert.deepEqual(Buffer.from(here?.content ?? []), world.image.manifest);
    assert.equal((await world.store.records.judgements.due()).rest, 1);
    const [requested] = await eventsOf(world, 'acquisition.requested.v1');
    assert.deepEqual(
      [requested?.actor, requested?.data['id'], requested?.data['repository']],
      ['user:admin', asked.id, REPOSITORY],
    );
  });

  it('is not taken twice at a time: who asks for the same joins', async (context) => {
    const world = await open(context);
    const all = await Promise.all(
      Array.from({ length: 20 }, async () => await requestAcquisition(world, ADMIN, { reference: world.reference })),
    );
    assert.equal(new Set(all.map(({ id }) => id)).size, 1);
    assert.equal((await eventsOf(world, 'acquisition.requested.v1')).length, 1);
    assert.equal((await world.store.jobs.counts()).waiting, 1);
  });

  it('is fetched once: the same job again, and another tag of the same, ask for no blob', async (context) => {
    const world = await open(context);
    const first = await finished(world, 'promoted');
    await world.work(first);
    const digest = `${world.upstream.host}/team/app@${world.image.manifestDigest}`;
    const again = await requestAcquisition(world, ADMIN, { reference: digest });
    assert.notEqual(again.id, first.id);
    await world.work(again);
    assert.equal((await world.find(again)).state, 'judging');
    assert.equal(blobRequests(world), 1);
  });
});

describe('who may ask', () => {
  const may: readonly (readonly [Role, string, boolean])[] = [
    ['publisher', 'mirror/*', true],
    ['approver', 'mirror/*', true],
    ['admin', '*', true],
    ['viewer', 'mirror/*', false],
    ['developer', 'mirror/*', false],
    ['auditor', '*', false],
    ['publisher', 'other/*', false],
  ];
  for (const [role, scope, isAllowed] of may) {
    it(`${role} of ${scope}: ${isAllowed ? 'yes' : 'no'}`, async (context) => {
      const world = await open(context);
      const asked = requestAcquisition(world, person(role, scope), { reference: world.reference });
      if (isAllowed) {
        await asked;
      } else {
        await refusal(asked, 'ACQUIRE_DENIED');
        assert.deepEqual(await eventsOf(world, 'acquisition.requested.v1'), []);
      }
    });
  }

  it('and for what: nothing outside of a source, and that is told', async (context) => {
    const world = await open(context);
    await refusal(
      requestAcquisition(world, ADMIN, { reference: 'registry.example/evil/app:1' }),
      'ACQUIRE_OUTSIDE_SOURCES',
    );
    const [denied, ...more] = await eventsOf(world, 'acquisition.denied.v1');
    const { upstream, reference } = denied?.data ?? {};
    assert.deepEqual([denied?.actor, upstream, reference, more], ['user:admin', 'registry.example/evil/app', '1', []]);
    // Who may ask for nothing leaves no trace, and learns nothing.
    await refusal(
      requestAcquisition(world, person('viewer', '*'), { reference: 'registry.example/a:1' }),
      'ACQUIRE_DENIED',
    );
    assert.equal((await eventsOf(world, 'acquisition.denied.v1')).length, 1);
    for (const reference of ['oci:/etc', 'https://registry.example/a', 'A B', '', `a:${'x'.repeat(5000)}`]) {
      await refusal(requestAcquisition(world, ADMIN, { reference }), 'ACQUIRE_REFERENCE_INVALID');
    }
  });
});

describe('what was decided before', () => {
  it('stands: a digest that was held is not taken again, by digest or by tag', async (context) => {
    const world = await open(context);
    world.sources.changedAt = world.hand.time - 1;
    await finished(world, 'held', 'a critical finding');
    world.hand.time += DAY;
    const reference = `${world.upstream.host}/team/app@${world.image.manifestDigest}`;
    const error = await refusal(requestAcquisition(world, ADMIN, { reference }), 'ACQUIRE_DECIDED_BEFORE');
    assert.match(error.message, /it was held before: a critical finding/);
    const tag = await requestAcquisition(world, ADMIN, { reference: world.reference });
    world.upstream.asked.length = 0;
    await world.work(tag);
    const row = await world.find(tag);
    assert.deepEqual([row.state, row.reason], ['held', 'it was held before: a critical finding']);
    assert.ok(world.upstream.asked.every(({ line }) => line.includes('/manifests/latest')));
    const ended = (await eventsOf(world, 'acquisition.finished.v1')).map(({ data }) => [data['id'], data['state']]);
    assert.deepEqual(ended, [[tag.id, 'held']]);
  });

  it('until something changes that decides, or an approver wants it by its digest', async (context) => {
    const world = await open(context);
    await finished(world, 'held', 'a critical finding');
    const reference = `${world.upstream.host}/team/app@${world.image.manifestDigest}`;
    await refusal(requestAcquisition(world, person('publisher'), { reference, force: true }), 'ACQUIRE_DENIED');
    await refusal(requestAcquisition(world, ADMIN, { reference: world.reference, force: true }), 'ACQUIRE_DENIED');
    const forced = await requestAcquisition(world, person('approver'), { reference, force: true });
    await world.work(forced);
    await world.judge(forced, 'held', 'a critical finding');
    world.hand.time += DAY;
    world.sources.changedAt = world.hand.time;
    const again = await requestAcquisition(world, person('publisher'), { reference });
    await world.work(again);
    assert.equal((await world.find(again)).state, 'judging');
  });
});

describe('a tag that is served', () => {
  it('means what it meant until the other image is let in', async (context) => {
    const world = await open(context);
    await finished(world, 'promoted');
    const other = imageOf('two');
    world.upstream.answer = other.answer;
    const asked = await requestAcquisition(world, ADMIN, { reference: world.reference });
    await world.work(asked);
    const tagged = async (): Promise<string | undefined> =>
      (await world.store.records.manifests.resolve(REPOSITORY, { tag: 'latest' }, null))?.digest;
    assert.equal(await tagged(), world.image.manifestDigest);
    await world.judge(asked, 'promoted');
    assert.equal(await tagged(), other.manifestDigest);
  });
});

describe('what goes wrong upstream', () => {
  it('once is tried again, and goes on; in the row is why', async (context) => {
    const world = await open(context);
    const asked = await requestAcquisition(world, ADMIN, { reference: world.reference });
    world.upstream.answer = (_request, response) => refuse(response, 503, 'UNAVAILABLE', 'come again');
    await assert.rejects(world.work(asked, { attempt: 1 }));
    const row = await world.find(asked);
    assert.equal(row.state, 'copying');
    assert.match(row.reason, /^attempt 1 of 8: .*503/);
    world.upstream.answer = world.image.answer;
    await world.work(asked, { attempt: 2 });
    assert.equal((await world.find(asked)).state, 'judging');
  });

  it('as often as it is tried ends it', async (context) => {
    const world = await open(context);
    const asked = await requestAcquisition(world, ADMIN, { reference: world.reference });
    world.upstream.answer = (_request, response) => refuse(response, 503, 'UNAVAILABLE', 'come again');
    await world.work(asked, { attempt: 8 });
    const row = await world.find(asked);
    assert.deepEqual([row.state, row.finishedAt], ['failed', world.hand.time]);
    assert.equal((await eventsOf(world, 'acquisition.finished.v1')).length, 1);
  });

  it('for good ends it at once: nothing there, other bytes than the digest says, a part that is missing', async (context) => {
    const world = await open(context);
    const { image } = world;
    const wrong: readonly HostileRegistry['answer'][] = [
      (_request, response) => refuse(response, 404, 'MANIFEST_UNKNOWN', 'manifest unknown'),
      (request, response) =>
        request.url?.endsWith(image.layerDigest) === true
          ? response.writeHead(200, { 'content-length': image.layer.length }).end(Buffer.alloc(image.layer.length, 'x'))
          : image.answer(request, response),
      (request, response) =>
        request.url?.endsWith(image.layerDigest) === true
          ? refuse(response, 404, 'BLOB_UNKNOWN', 'blob unknown')
          : image.answer(request, response),
      (request, response) =>
        request.url?.endsWith(image.manifestDigest) === true
          ? response.writeHead(200, { 'content-type': 'application/json' }).end('{"schemaVersion":2}')
          : image.answer(request, response),
    ];
    for (const answer of wrong) {
      world.upstream.answer = answer;
      const asked = await requestAcquisition(world, ADMIN, { reference: world.reference });
      await world.work(asked);
      const row = await world.find(asked);
      assert.equal(row.state, 'failed', row.reason);
      assert.equal(await world.store.records.manifests.resolve(REPOSITORY, { tag: 'latest' }, null), null);
      world.hand.time += DAY;
    }
  });

  it('is not whole when something that hangs on it is refused; what is listed and was deleted is said', async (context) => {
    const world = await open(context);
    const { image } = world;
    const listed = digestOf('signature');
    const mediaType = 'application/vnd.oci.image.index.v1+json';
    const manifests = [{ mediaType: 'application/vnd.oci.image.manifest.v1+json', digest: listed, size: 9 }];
    const list = JSON.stringify({ schemaVersion: 2, mediaType, manifests });
    let status = 403;
    world.upstream.answer = (request, response) => {
      if (request.url?.includes('/referrers/') === true) {
        response.writeHead(200, { 'content-type': mediaType }).end(list);
      } else if (request.url?.endsWith(listed) === true) {
        refuse(response, status, status === 404 ? 'MANIFEST_UNKNOWN' : 'DENIED', 'not this one');
      } else {
        image.answer(request, response);
      }
    };
    const first = await requestAcquisition(world, ADMIN, { reference: world.reference });
    await world.work(first);
    const failed = await world.find(first);
    assert.equal(failed.state, 'failed');
    assert.match(failed.reason, /not all that belongs to the image can be had/);
    assert.equal(await world.store.records.manifests.resolve(REPOSITORY, { tag: 'latest' }, null), null);
    status = 404;
    const stated: AcquisitionStatement[] = [];
    const attach = (_: unknown, statement: AcquisitionStatement): Promise<void> => {
      stated.push(statement);
      return Promise.resolve();
    };
    const second = await requestAcquisition(world, ADMIN, { reference: world.reference });
    await runAcquisition({ ...world, attach }, jobOf(second.id), signal);
    const row = await world.find(second);
    assert.deepEqual(
      [row.state, row.reason],
      ['judging', '1 of what is listed upstream as hanging on it is not there any more'],
    );
    assert.deepEqual(stated[0]?.predicate.gone, [{ digest: listed, subject: image.manifestDigest }]);
  });

  it('an address that the source does not allow is not asked', async (context) => {
    const world = await open(context);
    world.sources.all = [sourceOf(world.upstream.host, { network: 'public' })];
    const asked = await requestAcquisition(world, ADMIN, { reference: world.reference });
    await world.work(asked);
    const row = await world.find(asked);
    assert.deepEqual([row.state, world.upstream.asked], ['failed', []]);
    assert.match(row.reason, /may not be asked by this source/);
  });

  it('a source that does not allow it any more ends it', async (context) => {
    const world = await open(context);
    const asked = await requestAcquisition(world, ADMIN, { reference: world.reference });
    world.sources.all = [];
    await world.work(asked);
    assert.deepEqual([(await world.find(asked)).state, world.upstream.asked], ['refused', []]);
  });
});

it('credentials are sent upstream, and are in no row, event or job', async (context) => {
  const SECRET = 'correct horse battery';
  const image = imageOf('one');
  const seen: (string | undefined)[] = [];
  const upstream = await startHostile(context, (request, response) => {
    seen.push(request.headers.authorization);
    if (request.headers.authorization === undefined) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="upstream"' }).end();
    } else if (request.url?.endsWith(image.layerDigest) === true) {
      refuse(response, 401, 'UNAUTHORIZED', `wrong password ${SECRET.length}`);
    } else {
      image.answer(request, response);
    }
  });
  const credentials = { username: 'env:NAME', password: 'env:PASSWORD' };
  const secrets: Record<string, string> = { 'env:NAME': 'voyager', 'env:PASSWORD': SECRET };
  const world = await openAcquireWorld(context, [sourceOf(upstream.host, { credentials })], secrets);
  const asked = await requestAcquisition(world, ADMIN, { reference: `${upstream.host}/team/app:latest` });
  await world.work(asked);
  const basic = Buffer.from(`voyager:${SECRET}`).toString('base64');
  assert.ok(seen.includes(`Basic ${basic}`));
  assert.equal((await world.find(asked)).state, 'failed');
  delete secrets['env:PASSWORD'];
  const without = await requestAcquisition(world, ADMIN, { reference: `${upstream.host}/team/app:latest` });
  await assert.rejects(world.work(without));
  assert.match((await world.find(without)).reason, /a secret that the source names is not there/);
  const rows = await world.store.records.acquisitions.list({
    prefixes: null,
    source: null,
    state: null,
    after: null,
    limit: 100,
  });
  const events = await world.store.records.events.after(null, 1000);
  const all = JSON.stringify([rows, events]);
  assert.ok(!all.includes(SECRET) && !all.includes(basic) && !all.includes('voyager'));
});
