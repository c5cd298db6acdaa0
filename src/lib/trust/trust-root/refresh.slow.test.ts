import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { isAppError } from '#base/error.ts';
import { evidence } from '#test/evidence.ts';
import { type TufRepositoryOptions, tufKey, tufRepository } from '#test/fixtures/tuf-repository.ts';
import { refreshTrustRoot, type TrustRootRefresh } from './refresh.ts';

evidence(
  'trust/trust root refresh',
  'real tool',
  'a TUF repository that the library of the TUF project, @tufjs/models, writes and signs',
);

const MEDIA_TYPE = 'application/vnd.dev.sigstore.trustedroot.v0.2+json';
const FIRST = Buffer.from(JSON.stringify({ mediaType: MEDIA_TYPE }));
const SECOND = Buffer.from(JSON.stringify({ mediaType: MEDIA_TYPE, tlogs: [] }));
const NAME = 'trusted_root.json';
const METADATA = 'https://tuf.example/metadata';
const TARGETS = 'https://tuf.example/targets';

const key = tufKey();
const fresh = (options: Partial<TufRepositoryOptions> = {}): Map<string, Buffer> =>
  tufRepository(key, { targets: { [NAME]: FIRST }, ...options });
const ROOT = fresh().get('1.root.json') ?? Buffer.alloc(0);

interface Outcome {
  readonly bytes?: Buffer;
  readonly version?: number;
  readonly code?: string;
  readonly message?: string;
}

async function withFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'trust-root-'));
  try {
    await run(folder);
    const left = (await readdir(folder)).filter((name) => name.startsWith('.refresh'));
    assert.deepEqual(left, [], 'nothing is left behind');
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function refresh(
  folder: string,
  files: ReadonlyMap<string, Buffer>,
  change: Partial<TrustRootRefresh> = {},
): Promise<Outcome> {
  try {
    const { bytes, version } = await refreshTrustRoot({
      metadataUrl: METADATA,
      targetBaseUrl: TARGETS,
      rootJson: ROOT,
      folder,
      fetchBytes: (url) => Promise.resolve(files.get(url.slice(url.lastIndexOf('/') + 1)) ?? null),
      signal: AbortSignal.timeout(60_000),
      ...change,
    });
    return { bytes: Buffer.from(bytes), version };
  } catch (error) {
    assert.ok(isAppError(error), String(error));
    return { code: error.code, message: error.message };
  }
}

async function once(files: ReadonlyMap<string, Buffer>, change: Partial<TrustRootRefresh> = {}): Promise<Outcome> {
  let outcome: Outcome = {};
  await withFolder(async (folder) => {
    outcome = await refresh(folder, files, change);
  });
  return outcome;
}

const REFUSED = 'TRUST_ROOT_REFRESH_FAILED';
const PAST = '2020-01-01T00:00:00Z';

describe('refreshing a trust root', () => {
  test('gives the target, and a newer one later', async () => {
    await withFolder(async (folder) => {
      assert.deepEqual(await refresh(folder, fresh()), { bytes: FIRST, version: 1 });
      assert.deepEqual(await refresh(folder, fresh()), { bytes: FIRST, version: 1 });
      const newer = fresh({ version: 2, targets: { [NAME]: SECOND } });
      assert.deepEqual(await refresh(folder, newer), { bytes: SECOND, version: 2 });
      assert.deepEqual((await readdir(folder)).toSorted(), [
        'root.json',
        'snapshot.json',
        'targets.json',
        'timestamp.json',
      ]);
    });
  });

  test('asks only for what it needs, with limits, at the places it was told', async () => {
    const asked: string[] = [];
    const files = fresh();
    await once(files, {
      fetchBytes: (url, maxBytes, signal) => {
        assert.ok(maxBytes <= 4 * 1024 * 1024 && !signal.aborted);
        asked.push(url);
        return Promise.resolve(files.get(url.slice(url.lastIndexOf('/') + 1)) ?? null);
      },
    });
    assert.deepEqual(asked.slice(0, 4), [
      `${METADATA}/2.root.json`,
      `${METADATA}/timestamp.json`,
      `${METADATA}/1.snapshot.json`,
      `${METADATA}/1.targets.json`,
    ]);
    assert.ok(asked[4]?.startsWith(`${TARGETS}/`) && asked.length === 5);
  });

  test('refuses metadata that has expired', async () => {
    for (const role of ['timestamp', 'snapshot', 'targets'] as const) {
      const outcome = await once(fresh({ expires: { [role]: PAST } }));
      assert.equal(outcome.code, REFUSED, role);
      assert.match(outcome.message ?? '', /expired/);
    }
    // The user's root may be old as long as it leads to one that is not.
    const old = fresh({ expires: { root: PAST } });
    const rootJson = old.get('1.root.json') ?? Buffer.alloc(0);
    assert.equal((await once(old, { rootJson })).code, REFUSED);
    const renewed = new Map([...old, ...fresh({ rootVersion: 2 })]);
    assert.deepEqual(await once(renewed, { rootJson }), { bytes: FIRST, version: 1 });
  });

  test('refuses metadata that somebody else signed', async () => {
    const other = tufKey();
    for (const role of ['timestamp', 'snapshot', 'targets'] as const) {
      assert.equal((await once(fresh({ signWith: { [role]: other } }))).code, REFUSED, role);
    }
    assert.equal(
      (await once(fresh(), { rootJson: tufRepository(other, { targets: {} }).get('1.root.json') ?? ROOT })).code,
      REFUSED,
    );
    const stolen = new Map([...fresh(), ...tufRepository(other, { targets: { [NAME]: SECOND }, rootVersion: 2 })]);
    assert.equal((await once(stolen)).code, REFUSED);
  });

  test('refuses to go back, and forgets nothing by failing', async () => {
    await withFolder(async (folder) => {
      const second = new Map([...fresh(), ...fresh({ version: 2, rootVersion: 2, targets: { [NAME]: SECOND } })]);
      assert.deepEqual(await refresh(folder, second), { bytes: SECOND, version: 2 });
      const seen = await readFile(join(folder, 'timestamp.json'));
      for (let attempt = 0; attempt < 2; attempt += 1) {
        assert.equal((await refresh(folder, fresh())).code, REFUSED);
        // The newest root left out: everything else is as new as before.
        const hidden = new Map(second);
        hidden.delete('2.root.json');
        const outcome = await refresh(folder, hidden);
        assert.equal(outcome.code, REFUSED);
        assert.match(outcome.message ?? '', /version 2 of root\.json/);
      }
      assert.deepEqual(await readFile(join(folder, 'timestamp.json')), seen);
      assert.deepEqual(await refresh(folder, second), { bytes: SECOND, version: 2 });
    });
  });

  test('does not trust what is in its folder', async () => {
    await withFolder(async (folder) => {
      const other = tufRepository(tufKey(), { targets: { [NAME]: SECOND } });
      for (const [name, bytes] of other) {
        await writeFile(join(folder, name.replace('1.', '')), bytes);
      }
      assert.deepEqual(await refresh(folder, fresh()), { bytes: FIRST, version: 1 });
      assert.equal((await refresh(folder, other)).code, REFUSED);
    });
  });

  test('refuses a target that is not as listed', async () => {
    const files = fresh();
    const name = [...files.keys()].find((file) => file.endsWith(NAME)) ?? '';
    const tampered = Buffer.from(FIRST.toString().replace('v0.2', 'v0.1'));
    assert.equal((await once(new Map([...files, [name, tampered]]))).code, REFUSED);
    assert.equal((await once(new Map([...files, [name, FIRST.subarray(1)]]))).code, REFUSED);
    assert.equal((await once(new Map([...files, [name, SECOND]]))).code, 'LIMIT_EXCEEDED');
    assert.equal((await once(new Map([...files].filter(([file]) => file !== name)))).code, REFUSED);
    assert.equal((await once(fresh({ length: 1 }))).code, 'LIMIT_EXCEEDED');
    assert.equal((await once(fresh({ length: 2 ** 40 }))).code, 'LIMIT_EXCEEDED');
    assert.equal((await once(fresh({ hashes: {} }))).code, REFUSED);
    assert.equal((await once(fresh({ hashes: { md5: 'd41d8cd98f00b204e9800998ecf8427e' } }))).code, REFUSED);
    assert.equal((await once(fresh({ targets: { 'other.json': FIRST } }))).code, REFUSED);
    const broken = await once(fresh({ targets: { [NAME]: Buffer.from('{"mediaType":"other"}') } }));
    assert.equal(broken.code, 'TRUST_ROOT_INVALID');
  });

  test('refuses a target whose name leads elsewhere', async () => {
    for (const target of [
      '../trusted_root.json',
      'a/b.json',
      '..',
      '.hidden',
      'a\\b',
      '',
      '/etc/passwd',
      '__proto__',
      'a%2fb',
      `${'a'.repeat(200)}`,
    ]) {
      const asked: string[] = [];
      const outcome = await once(fresh({ targets: { [NAME]: FIRST } }), {
        target,
        fetchBytes: (url) => {
          asked.push(url);
          return Promise.resolve(null);
        },
      });
      assert.equal(outcome.code, REFUSED, target);
      assert.deepEqual(asked, []);
    }
    assert.equal((await once(fresh(), { target: 'constructor' })).code, REFUSED);
  });

  test('refuses answers that are too large, no JSON, or do not come', async () => {
    const large = Buffer.alloc(5 * 1024 * 1024, 0x20);
    for (const name of ['2.root.json', 'timestamp.json', '1.snapshot.json', '1.targets.json']) {
      for (const bytes of [large, Buffer.from('<html>'), Buffer.from('{"signed":1}'), Buffer.from('null')]) {
        const outcome = await once(new Map([...fresh(), [name, bytes]]));
        assert.ok(outcome.code !== undefined && outcome.bytes === undefined, name);
      }
    }
    const down = await once(fresh(), { fetchBytes: () => Promise.reject(new Error('connection refused')) });
    assert.equal(down.code, REFUSED);
    assert.match(down.message ?? '', /connection refused/);
  });
});
