import assert from 'node:assert/strict';
import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { linuxKernel } from '#lib/packages/catalogers/linux-kernel/index.ts';
import { evidence } from '#test/evidence.ts';
import { debianBinary } from '#test/fixtures/debian-packages.ts';
import { missing } from '#test/prerequisites.ts';

evidence(
  'catalogers/linux-kernel',
  'real tool',
  'a kernel of Debian from apt with all its modules, as modinfo lists them',
);

const run = promisify(execFile);

/** The values of one field, a line for each module that has it. */
async function modinfo(field: string, files: readonly string[], cwd: string): Promise<readonly string[]> {
  const program = await debianBinary('kmod', 'bin/kmod');
  const [libraries = ''] = globSync(`${await debianBinary('libkmod2', '.')}/{usr/,}lib/*/libkmod.so.2`).map(dirname);
  // One program that goes by many names; the link of this one counts on the root folder.
  const { stdout, status, stderr } = spawnSync(program, ['-F', field, ...files.map((file) => `./${file}`)], {
    argv0: 'modinfo',
    cwd,
    env: { ...process.env, LD_LIBRARY_PATH: libraries },
    encoding: 'utf8',
    maxBuffer: 2 ** 24,
  });
  assert.equal(status, 0, stderr.slice(0, 200));
  return stdout.split('\n').slice(0, -1);
}

test('modules are listed as modinfo lists them, and the kernel by its release', {
  skip: missing('apt', 'gnu-tar'),
}, async (t) => {
  const { stdout: newest } = await run('apt-cache', ['depends', '--important', 'linux-image-cloud-amd64']);
  const name = /Depends: (linux-image-[a-z0-9.+-]+)/.exec(newest)?.[1] ?? '';
  const root = await debianBinary(name, '.');
  const paths = globSync(`{usr/,}lib/modules/**/*.ko`, { cwd: root }).toSorted();
  const versions: string[] = [];
  for (const path of paths) {
    const bytes = readFileSync(`${root}/${path}`);
    const found = linuxKernel.read({ path, bytes });
    assert.ok(linuxKernel.wants({ path, mode: 0o644, size: 1 }), path);
    const [record] = found.packages ?? [];
    if (record !== undefined) {
      assert.equal(record.name, basename(path, '.ko').replaceAll('-', '_'));
      assert.ok(record.requires?.some((item) => name.endsWith(item)));
      versions.push(record.version);
      assert.deepEqual(linuxKernel.read({ path: `${path}.gz`, bytes: gzipSync(bytes) }), found);
      assert.deepEqual(linuxKernel.read({ path: `${path}.zst`, bytes: zstdCompressSync(bytes) }), found);
      // As the kernel’s makefiles call it, in the folder of what did not come with the kernel.
      const packed = execFileSync('xz', ['--check=crc32', '--lzma2=dict=1MiB', '-c'], {
        input: bytes,
        maxBuffer: 2 ** 28,
      });
      assert.deepEqual(linuxKernel.read({ path: `${path.replace('/kernel/', '/extra/')}.xz`, bytes: packed }), found);
    }
  }
  assert.deepEqual(versions, await modinfo('version', paths, root));
  assert.equal((await modinfo('intree', paths, root)).length, paths.length);
  t.diagnostic(`${versions.length} of ${paths.length} modules`);
  assert.ok(versions.length > 30, `${versions.length}`);

  const [image = ''] = globSync('boot/vmlinuz-*', { cwd: root });
  const [kernel] = linuxKernel.read({ path: image, bytes: readFileSync(`${root}/${image}`) }).packages ?? [];
  assert.equal(`linux-image-${kernel?.version}`, name);
});
