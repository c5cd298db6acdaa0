import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { isAppError } from '#base/error.ts';
import { readBounded } from '#base/limits.ts';
import { evidence } from '#test/evidence.ts';
import { temporaryFolder } from '#test/fixtures/open-images.ts';
import { paxMember, tarOf } from '#test/fixtures/tar-archive.ts';
import { missing } from '#test/prerequisites.ts';
import { openArchive } from './archive.ts';
import type { FileSet } from './file-set.ts';
import { readMembers } from './tar-members.ts';

evidence('images/archives', 'real tool', 'GNU tar in its formats, packed by gzip, zstd and xz');

async function contentOf(files: FileSet, name: string): Promise<string | null> {
  const file = await files.find(name);
  return file === null ? null : Buffer.from(await readBounded(file.open(), 1024 * 1024, name)).toString();
}

test('archives of GNU tar, in every format and packed, give their members at random', {
  skip: missing('gnu-tar'),
}, async (context) => {
  const folder = temporaryFolder(context);
  const deep = join('blobs', 'x'.repeat(120), 'y'.repeat(120));
  mkdirSync(join(folder, 'in', deep), { recursive: true });
  writeFileSync(join(folder, 'in', deep, 'long'), 'long name');
  writeFileSync(join(folder, 'in/big'), 'b'.repeat(300_000));
  writeFileSync(join(folder, 'in/empty'), '');
  for (const format of ['gnu', 'oldgnu', 'pax', 'posix']) {
    for (const [option, suffix] of [
      ['-c', 'tar'],
      ['-cz', 'gz'],
      ['-cJ', 'xz'],
      ['--zstd', 'zst'],
    ] as const) {
      const path = join(folder, `${format}.${suffix}`);
      const action = option === '--zstd' ? ['--zstd', '-c'] : [option];
      execFileSync('tar', [...action, '-f', path, `--format=${format}`, '-C', join(folder, 'in'), '.'], {
        env: { XZ_OPT: '-0', PATH: '/usr/bin:/bin' },
      });
      const files = await openArchive(path, { temporaryFolder: folder });
      assert.equal(await contentOf(files, `${deep}/long`), 'long name', path);
      assert.equal((await contentOf(files, 'big'))?.length, 300_000);
      assert.equal(await contentOf(files, './empty'), '');
      assert.equal(await contentOf(files, 'none'), null);
      await files.close();
    }
  }
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.startsWith('archive-')),
    [],
  );
});

test('pax records and links are followed', async (context) => {
  const path = join(temporaryFolder(context), 'x.tar');
  writeFileSync(
    path,
    tarOf([
      paxMember({ path: 'named/by/pax', size: '5' }),
      { name: 'short', content: 'hello', size: 0 },
      { name: 'links/up', flag: '2', link: '../named/by/./pax' },
      { name: 'hard', flag: '1', link: 'links/up' },
      { name: 'after', content: 'next' },
    ]),
  );
  const files = await openArchive(path, { temporaryFolder: '/nonexistent' });
  for (const name of ['named/by/pax', 'links/up', 'hard']) {
    assert.equal(await contentOf(files, name), 'hello', name);
  }
  assert.equal(await contentOf(files, 'after'), 'next');
  assert.equal(await contentOf(files, 'short'), null);
  await files.close();
});

test('no bytes make the reader throw anything but an AppError, or go on for ever', async () => {
  const good = tarOf([
    paxMember({ path: 'a'.repeat(150) }),
    { name: 'x', content: 'abc' },
    { name: 'y', content: 'def' },
  ]);
  const mutated = fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { maxLength: 4 }).map((changes) => {
    const bytes = Buffer.from(good);
    for (const [at, byte] of changes) {
      bytes[at] = byte;
    }
    return bytes;
  });
  const cut = fc.nat(good.length).map((length) => good.subarray(0, length));
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        mutated,
        cut,
        fc.uint8Array({ maxLength: 2048 }).map((b) => Buffer.from(b)),
      ),
      async (bytes) => {
        const reader = {
          at: (offset: number, length: number) => Promise.resolve(bytes.subarray(offset, offset + length)),
        };
        try {
          for await (const member of readMembers(reader, 'x', 100)) {
            assert.ok(member.size >= 0);
          }
        } catch (error) {
          assert.ok(isAppError(error), String(error));
        }
      },
    ),
    { numRuns: 500 },
  );
});

test('more members than the limit are refused', async () => {
  const bytes = tarOf(Array.from({ length: 5 }, (_, index) => ({ name: `f${index}` })));
  const reader = { at: (offset: number, length: number) => Promise.resolve(bytes.subarray(offset, offset + length)) };
  const all = async (): Promise<void> => {
    for await (const _ of readMembers(reader, 'x', 4)) {
      continue;
    }
  };
  await assert.rejects(all(), { code: 'LIMIT_EXCEEDED' });
});
