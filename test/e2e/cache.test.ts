import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import type { CacheStatus, Pruned } from '#model/cache.ts';
import type { Report } from '#model/report.ts';
import { evidence } from '../evidence.ts';
import { BLOCK, entryFiles } from '../fixtures/cache.ts';
import { writeOciLayout } from '../fixtures/oci-layout.ts';
import { temporaryHome } from '../fixtures/plimsoll.ts';
import { data, missing } from '../prerequisites.ts';

evidence(
  'scan/cache',
  'published',
  'eight processes that scan images of the root file systems of Alpine and BusyBox with one cache, whole, full, pruned and damaged',
);

const skip = missing('shared-data');
const folder = mkdtempSync(join(tmpdir(), 'plimsoll-cache-'));
const shared = temporaryHome();
after(() => {
  shared.remove();
  rmSync(folder, { recursive: true, force: true });
});

/** By name; several have a layer in common. */
const IMAGES: Readonly<Record<string, readonly string[]>> = {
  'alpine-3.8': ['alpine-3.8.5-x86_64'],
  'alpine-3.20': ['alpine-3.20.3-x86_64'],
  'alpine-3.20-busybox': ['alpine-3.20.3-x86_64', 'busybox-1.37.0-musl-x86_64'],
  'alpine-3.20-twice': ['alpine-3.8.5-x86_64', 'alpine-3.20.3-x86_64'],
};
const NAMES = Object.keys(IMAGES);

/** Eight scans: every image twice. */
const EIGHT = [...NAMES, ...NAMES];

function reference(name: string): string {
  return `oci:${join(folder, name)}`;
}

/** What a report says of the image: all but whether the cache was used and when advisories were looked at. */
function answer(report: Report): unknown {
  const { content: _, advisories, ...rest } = report;
  return { ...rest, advisories: advisories.map(({ checked: __, ...advisory }) => advisory) };
}

async function scan(name: string, env: Readonly<Record<string, string>> = {}): Promise<Report> {
  const { code, out, err } = await shared.plimsoll(['scan', reference(name), '-o', 'json'], env);
  assert.equal(code, 0, `${name}: ${err}`);
  assert.equal(err, '', name);
  return JSON.parse(out) as Report;
}

/** All at once, a process each. */
async function scanAll(
  names: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<readonly (readonly [string, Report])[]> {
  return await Promise.all(names.map(async (name) => [name, await scan(name, env)] as const));
}

/** What each image answers when nobody else is there and nothing is cached. */
const alone = new Map<string, unknown>();

function assertAnswer(name: string, report: Report): void {
  assert.deepEqual(answer(report), alone.get(name), name);
}

/** Returns how many entries were there. */
async function pruneAll(): Promise<number> {
  const { code, out, err } = await shared.plimsoll(['cache', 'prune', '--all', '-o', 'json']);
  assert.equal(code, 0, err);
  const pruned = JSON.parse(out) as Pruned;
  assert.deepEqual(pruned.failed, []);
  return pruned.entries;
}

async function status(): Promise<CacheStatus> {
  const { code, out } = await shared.plimsoll(['cache', 'status', '--verify', '-o', 'json']);
  assert.equal(code, 0);
  return JSON.parse(out) as CacheStatus;
}

describe('eight processes with one cache', { skip }, () => {
  before(async () => {
    for (const [name, roots] of Object.entries(IMAGES)) {
      const layers = roots.map((root) => ({ tar: gunzipSync(readFileSync(data(`rootfs/${root}.tar.gz`))) }));
      const platform = { os: 'linux', architecture: 'amd64' };
      await writeOciLayout(join(folder, name), { images: [{ platform, layers }] });
    }
    for (const name of NAMES) {
      const report = await scan(name);
      assert.equal(report.content, 'read');
      assert.ok(report.packages.length >= 13, name);
      alone.set(name, answer(report));
      await pruneAll();
    }
  });

  test('scan the same and different images from an empty cache', async () => {
    for (const [name, report] of await scanAll(EIGHT)) {
      assertAnswer(name, report);
    }
    for (const name of NAMES) {
      const report = await scan(name);
      assert.equal(report.content, 'cached');
      assertAnswer(name, report);
    }
    const { damaged, kinds } = await status();
    assert.deepEqual(damaged, []);
    const entries = kinds.find(({ kind }) => kind === 'facts')?.entries ?? 0;
    assert.ok(entries >= 12, 'of three layers and four images');
  });

  test('scan while the cache is so small that it evicts all the time', async () => {
    const limit = 3 * BLOCK;
    const env = { PLIMSOLL_CACHE_SIZE: String(limit) };
    await pruneAll();
    for (const [name, report] of await scanAll(EIGHT, env)) {
      assertAnswer(name, report);
    }
    // What is kept of all images does not fit together.
    const contents: string[] = [];
    for (const name of [...NAMES, ...NAMES]) {
      const report = await scan(name, env);
      contents.push(report.content);
      assertAnswer(name, report);
    }
    assert.ok(contents.slice(NAMES.length).includes('read'), contents.join(', '));
    const { bytes, damaged } = await status();
    assert.ok(bytes > 0 && bytes <= 2 * limit, `${bytes} bytes`);
    assert.deepEqual(damaged, []);
  });

  test('scan while another prunes everything over and over', async () => {
    let scanning = true;
    const prunings = (async (): Promise<number> => {
      let removed = 0;
      while (scanning) {
        removed += await pruneAll();
      }
      return removed;
    })();
    try {
      for (const [name, report] of await scanAll(EIGHT)) {
        assertAnswer(name, report);
      }
    } finally {
      scanning = false;
    }
    assert.ok((await prunings) > 10);
    assert.deepEqual((await status()).damaged, []);
  });

  const DAMAGES: Readonly<Record<string, (files: readonly string[]) => void>> = {
    'a flipped byte': (files) => {
      for (const [index, file] of files.entries()) {
        const bytes = readFileSync(file);
        const at = (index * 7919) % bytes.length;
        bytes[at] = (bytes[at] ?? 0) ^ (1 << (index % 8));
        writeFileSync(file, bytes);
      }
    },
    truncation: (files) => {
      for (const file of files) {
        truncateSync(file, Math.floor(statSync(file).size / 2));
      }
    },
    emptiness: (files) => {
      for (const file of files) {
        truncateSync(file, 0);
      }
    },
    'the content of another entry': (files) => {
      const contents = files.map((file) => readFileSync(file));
      for (const [index, file] of files.entries()) {
        writeFileSync(file, contents[(index + 1) % contents.length] ?? '');
      }
    },
  };

  for (const [damage, inflict] of Object.entries(DAMAGES)) {
    test(`find every file damaged by ${damage}, and make it again`, async () => {
      await scanAll(NAMES);
      const files = entryFiles(join(shared.folder, 'cache'));
      assert.ok(files.length >= 12);
      inflict(files);
      assert.deepEqual((await status()).damaged, files);
      const again = await scanAll(NAMES);
      for (const [name, report] of again) {
        assertAnswer(name, report);
      }
      // The others may have found what the first has made again.
      assert.ok(again.some(([, report]) => report.content === 'read'));
      assert.deepEqual((await status()).damaged, []);
      assert.deepEqual(entryFiles(join(shared.folder, 'cache')), files);
    });
  }
});

describe('the command', { skip }, () => {
  test('says what is kept and what it removed, and refuses what makes no sense', async () => {
    const home = temporaryHome();
    const cache = async (...args: readonly string[]) => await home.plimsoll(['cache', ...args]);
    try {
      assert.match(
        (await cache('status')).out,
        /\/cache\n {2}0 B of at most 2\.0 GiB\n {2}layer facts +0 entries +0 B\n/,
      );
      await home.report(reference('alpine-3.8'));
      const { out } = await cache('status', '--verify');
      assert.match(
        out,
        /layer facts +(\d+) entries +\d+\.\d KiB\n.*\n.*\n.*oldest entry today.*\n {2}nothing is damaged\n$/,
      );
      const count = /layer facts +(\d+)/.exec(out)?.[1];
      const kept = await cache('prune', '--older-than', '30d');
      assert.equal(kept.out.slice(0, 31), 'removed 0 entries, 0 B; kept ' + (count ?? '').padEnd(2).slice(0, 2));
      const [file = ''] = entryFiles(join(home.folder, 'cache'));
      writeFileSync(file, '');
      const damaged = await cache('status', '--verify');
      assert.ok(damaged.out.includes(`! 1 entry is damaged`) && damaged.out.includes(`    ${file}\n`), damaged.out);
      assert.equal(damaged.code, 0);
      // The file that is empty now may be among those that are kept: it takes no room.
      assert.match((await cache('prune', '--to', '8KiB')).out, /; kept [1-3] entr(y|ies), [48]\.0 KiB\n$/);
      assert.match((await cache('prune', '--all')).out, /^removed [1-3] entr(y|ies), .* kept 0 entries, 0 B\n$/);
      const written = await cache('status', '-o', `json=${join(home.folder, 'status.json')}`);
      assert.equal(written.out, '');
      const json = JSON.parse(readFileSync(join(home.folder, 'status.json'), 'utf8')) as CacheStatus;
      assert.deepEqual([json.bytes, json.oldest, json.damaged], [0, null, null]);
    } finally {
      home.remove();
    }
  });

  test('takes its limit from the environment', async () => {
    const home = temporaryHome();
    try {
      const sized = async (size: string) => await home.plimsoll(['cache', 'status'], { PLIMSOLL_CACHE_SIZE: size });
      assert.match((await sized('500MB')).out, /0 B of at most 476\.8 MiB/);
      assert.match((await sized('0')).out, /0 B of at most 0 B/);
      for (const wrong of ['much', '-1', '1.5GiB', '5 apples']) {
        const { code, err } = await sized(wrong);
        assert.equal(code, 2);
        assert.match(err, /PLIMSOLL_CACHE_SIZE: not a size/);
      }
      assert.equal((await home.plimsoll(['sbom', 'rootfs:/'], { PLIMSOLL_CACHE_SIZE: 'much' })).code, 2);
    } finally {
      home.remove();
    }
  });

  const WRONG: readonly (readonly string[])[] = [
    [],
    ['clean'],
    ['status', 'facts'],
    ['status', '--all'],
    ['prune', '--verify'],
    ['prune', '--all', '--to', '1GB'],
    ['prune', '--older-than', '30'],
    ['prune', '--older-than', 'soon'],
    ['prune', '--to', '-1'],
    ['status', '-o', 'sarif'],
  ];

  for (const args of WRONG) {
    test(`is used wrongly as cache ${args.join(' ')}`, async () => {
      const home = temporaryHome();
      try {
        const { code, out, err } = await home.plimsoll(['cache', ...args]);
        assert.deepEqual([code, out], [2, '']);
        assert.match(err, /^plimsoll: /);
      } finally {
        home.remove();
      }
    });
  }
});
