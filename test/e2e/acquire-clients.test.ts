import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { evidence } from '../evidence.ts';
import { writeCleanImage } from '../fixtures/source-images.ts';
import { type StoryWorld, startStoryWorld, until } from '../fixtures/story-world.ts';
import { missing } from '../prerequisites.ts';

evidence(
  'acquire/first-pull',
  'real tool',
  'fifty clients pull an image of docker-registry that is not here yet, and one fetch is made; one that is served while it is looked at is refused when it is judged',
);

const CLIENTS = 50;
const HOLD = ['firstPull: { mode: hold, wait: 2s }'];

describe('clients pull through the proxy', {
  skip: missing('go', 'skopeo', 'docker-registry', 'shared-data'),
}, () => {
  let world: StoryWorld;

  before(async () => {
    world = await startStoryWorld({ acquire: HOLD });
  });
  after(async () => {
    await world?.stop();
  });

  it('fifty at once cause one fetch', async () => {
    const repository = 'vendor/fifty';
    await writeCleanImage(join(world.folder, 'fifty'), '1.0', 'fifty');
    const digest = await world.source.push(join(world.folder, 'fifty'), '1.0', repository);
    await world.source.sign('vendor', repository, digest);
    world.source.proxy.forget();
    const path = `/v2/mirror/${repository}/manifests/1.0`;
    const answers = await Promise.all(Array.from({ length: CLIENTS }, async () => await world.pull('shop', path)));
    const statuses = answers.map(({ status }) => status);
    assert.ok(
      statuses.every((status) => status === 200 || status === 429),
      statuses.join(),
    );
    for (const { status, headers } of answers) {
      assert.match(headers.get('retry-after') ?? '', status === 429 ? /^[1-9][0-9]*$/ : /^$/);
    }
    await until('the image to be promoted', async () => (await world.pull('shop', path)).status === 200);
    const blobs = world.source.proxy.gets(`/v2/${repository}/blobs/`).map((asked) => asked.path);
    assert.equal(new Set(blobs).size, blobs.length, 'every blob is fetched once');
    const manifests = world.source.proxy.gets(`/v2/${repository}/manifests/`).map((asked) => asked.path);
    assert.equal(new Set(manifests).size, manifests.length, 'every manifest is fetched once');
    const rows = (await world.ask('admin', 'GET', `/acquisitions?repository=mirror/${repository}`)) as {
      readonly items: readonly unknown[];
    };
    assert.equal(rows.items.length, 1);
  });

  it('is not told whether something is there that nobody may see', async () => {
    world.source.proxy.forget();
    const unknown = await world.server.request('/v2/mirror/vendor/never/manifests/1.0', {});
    assert.equal(unknown.status, 401);
    const refused = await world.pull('lab', '/v2/elsewhere/app/manifests/1.0');
    assert.ok([401, 403, 404].includes(refused.status), String(refused.status));
    assert.deepEqual(world.source.proxy.asked, []);
  });
});

describe('a source whose images are served while they are looked at', {
  skip: missing('go', 'skopeo', 'docker-registry', 'shared-data'),
}, () => {
  let world: StoryWorld;
  before(async () => {
    world = await startStoryWorld({ acquire: ['firstPull: { mode: serve, wait: 60s }'] });
  });
  after(async () => {
    await world?.stop();
  });

  /** Times that it was served before it was refused; afterwards it stays refused. */
  async function servedBefore(name: string): Promise<number> {
    await writeCleanImage(join(world.folder, name), '1.0', name);
    await world.source.push(join(world.folder, name), '1.0', `vendor/${name}`);
    const path = `/v2/mirror/vendor/${name}/manifests/1.0`;
    let served = 0;
    await until('to be refused', async () => {
      const answer = await world.pull('shop', path);
      if (answer.status === 200) {
        assert.match(answer.headers.get('warning') ?? '', /^299 .*nobody has decided about it yet/);
        served += 1;
      } else {
        assert.ok([403, 429].includes(answer.status), `${answer.status} ${await answer.text()}`);
      }
      return answer.status === 403;
    });
    for (const who of ['shop', 'viewer'] as const) {
      assert.equal((await world.pull(who, path)).status, 403, `${who}: refused once, it is served no more`);
    }
    return served;
  }

  it('serves with a warning, and no more once it is refused', async () => {
    let count = 0;
    // One may be judged before its client has looked.
    await until('one to be served while it was looked at', async () => {
      count += 1;
      return (await servedBefore(`unsigned-${count}`)) > 0;
    });
  });
});
