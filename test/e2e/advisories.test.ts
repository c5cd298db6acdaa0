import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { digestOf } from '#base/digest.ts';
import type { Report } from '#model/report.ts';
import { evidence } from '../evidence.ts';
import { serve, withFeed } from '../fixtures/feed-server.ts';
import type { Home } from '../fixtures/plimsoll.ts';
import { temporaryHome } from '../fixtures/plimsoll.ts';
import { data, missing } from '../prerequisites.ts';

evidence('advisories/command', 'published', 'the bulk export of Node.js, from a folder and over HTTP');

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-advisories-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const skip = missing('shared-data');

const archive = skip === false ? readFileSync(data('osv/npm/all.zip')) : Buffer.alloc(0);

async function withHome(use: (home: Home) => Promise<void>): Promise<void> {
  const home = temporaryHome();
  try {
    await use(home);
  } finally {
    home.remove();
  }
}

/** A root folder with lodash 4.17.4 in it, which needs the npm advisories and no others. */
function lodash(): string {
  const root = join(folder, 'lodash');
  const target = join(root, 'srv/node_modules/lodash');
  mkdirSync(target, { recursive: true });
  writeFileSync(join(target, 'package.json'), '{"name":"lodash","version":"4.17.4"}');
  return `rootfs:${root}`;
}

interface Status {
  readonly ecosystem: string;
  readonly bytes: number;
  readonly info: Report['advisories'][number];
}

test('status says age, count, source and revision, on the screen and as JSON', { skip }, async () => {
  await withHome(async (home) => {
    assert.match((await home.plimsoll(['advisories', 'status'])).out, /No advisories here yet/);
    const updated = await home.plimsoll(['advisories', 'update', 'npm']);
    assert.match(updated.out, /^npm +fetched: 467 advisories, newest 2020-07-13 /m);
    const again = await home.plimsoll(['advisories', 'update']);
    assert.match(again.out, /^npm +unchanged: 467 advisories/m);
    const { out } = await home.plimsoll(['advisories', 'status']);
    const revision = digestOf(archive);
    assert.match(out, /^npm +467 advisories, newest 2020-07-13 \(.+ ago\), checked today, \d+\.\d MB$/m);
    assert.ok(out.includes(`from ${data('osv')}`) && out.includes(`revision ${revision}`), out);
    const json = await home.plimsoll(['advisories', 'status', '--json']);
    const shard = (JSON.parse(json.out) as readonly Status[]).find(({ ecosystem }) => ecosystem === 'npm');
    assert.deepEqual([shard?.info.count, shard?.info.revision, shard?.info.source], [467, revision, data('osv')]);
  });
});

test('show finds an advisory by its id and by a CVE; what is not there exits with 3', { skip }, async () => {
  await withHome(async (home) => {
    await home.plimsoll(['advisories', 'update', 'npm']);
    const byAlias = await home.plimsoll(['advisories', 'show', 'CVE-2018-3721']);
    const id = /^NSWG-ECO-\d+/m.exec(byAlias.out)?.[0] ?? 'none';
    assert.match(byAlias.out, /npm lodash: from .* until 4\.17\.5/);
    assert.equal((await home.plimsoll(['advisories', 'show', id])).out, byAlias.out);
    assert.equal((await home.plimsoll(['advisories', 'show', 'CVE-1999-0000'])).code, 3);
    assert.equal((await home.plimsoll(['advisories', 'show'])).code, 2);
  });
});

test('a scan fetches the ecosystems that the image needs and no others, once; offline it asks nobody', {
  skip,
}, async () => {
  await withHome(async (home) => {
    await withFeed(async (feed) => {
      serve(feed, archive, '"1"');
      const env = { PLIMSOLL_ADVISORIES: feed.url };
      const scan = async (...args: readonly string[]): Promise<Report> =>
        JSON.parse((await home.plimsoll(['scan', lodash(), '-o', 'json', ...args], env)).out) as Report;
      const before = await scan('--offline');
      assert.deepEqual([before.findings, feed.asked], [[], []]);
      assert.ok(before.unknowns.some(({ kind, reason }) => kind === 'no-advisories' && reason.includes('offline')));
      const first = await scan();
      assert.ok(first.findings.some(({ package: { name } }) => name === 'lodash'));
      assert.deepEqual(feed.asked, ['/bulk/npm/modified_id.csv -', '/bulk/npm/all.zip -']);
      const second = await scan();
      const offline = await scan('--offline');
      assert.deepEqual([second.findings, offline.findings], [first.findings, first.findings]);
      assert.equal(feed.asked.length, 2);
      assert.equal(offline.advisories[0]?.source, feed.url);
    });
  });
});

test('update that gets nothing exits with 3 and says why; the copy at hand stays in use', { skip }, async () => {
  await withHome(async (home) => {
    await withFeed(async (feed) => {
      const env = { PLIMSOLL_ADVISORIES: feed.url };
      const missed = await home.plimsoll(['advisories', 'update', 'npm'], env);
      assert.equal(missed.code, 3);
      assert.match(missed.out, /^npm +failed: none here$/m);
      serve(feed, archive, '"1"');
      assert.equal((await home.plimsoll(['advisories', 'update', 'npm'], env)).code, 0);
      const offline = await home.plimsoll(['advisories', 'update', '--offline'], env);
      assert.deepEqual([offline.code, feed.asked.length], [3, 4]);
      assert.match(offline.out, /offline; an older copy was\s+used/);
      assert.match((await home.plimsoll(['advisories', 'status'], env)).out, /467 advisories/);
    });
  });
});

test('--timeout ends a run that waits for the network, and says so', { skip }, async () => {
  await withHome(async (home) => {
    await withFeed(async (feed) => {
      feed.answer = () => undefined;
      const env = { PLIMSOLL_ADVISORIES: feed.url };
      // Long enough to get to the network on a busy machine.
      const runs = [
        ['scan', lodash()],
        ['advisories', 'update', 'npm'],
      ].map(async (args) => {
        const { code, out, err } = await home.plimsoll([...args, '--timeout', '4s'], env);
        assert.deepEqual([code, out], [3, '']);
        assert.match(err, /after 4s\n.*--timeout DURATION/);
      });
      await Promise.all(runs);
      assert.equal(feed.asked.length, 2);
    });
  });
});
