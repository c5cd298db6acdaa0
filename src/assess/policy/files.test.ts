import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { after, it } from 'node:test';
import { LIMITS } from '#base/limits.ts';
import { readPolicyPaths } from './files.ts';

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-policy-files-'));
after(() => rmSync(folder, { recursive: true, force: true }));

function write(path: string, text = 'x'): void {
  mkdirSync(join(folder, path, '..'), { recursive: true });
  writeFileSync(join(folder, path), text);
}

async function names(...paths: readonly string[]): Promise<readonly string[]> {
  const files = await readPolicyPaths(paths.map((path) => join(folder, path)));
  return files.map(({ path }) => relative(folder, path));
}

write('all/b.yaml');
write('all/a/deep/c.yml');
write('all/a.test.yaml');
write('all/readme.md');
write('all/.git/hidden.yaml');
write('all/.hidden.yaml');
write('elsewhere/linked.yaml');
symlinkSync(join(folder, 'elsewhere/linked.yaml'), join(folder, 'all/link.yaml'));
symlinkSync(join(folder, 'all'), join(folder, 'all/loop'));
symlinkSync(join(folder, 'elsewhere'), join(folder, 'all/folder.yaml'));

it('a folder gives its documents and those of folders in it, sorted, through links to files and no others', async () => {
  assert.deepEqual(await names('all'), ['all/a/deep/c.yml', 'all/b.yaml', 'all/link.yaml']);
});

it('a file that is named is read whatever it is called, and once', async () => {
  assert.deepEqual(await names('all/readme.md', 'all', 'all/b.yaml'), [
    'all/readme.md',
    'all/a/deep/c.yml',
    'all/b.yaml',
    'all/link.yaml',
  ]);
});

it('what is not there, and a file that is too large, are not passed over', async () => {
  await assert.rejects(names('nothing'), { code: 'ENOENT' });
  symlinkSync(join(folder, 'gone'), join(folder, 'elsewhere/broken.yaml'));
  await assert.rejects(names('elsewhere'), { code: 'ENOENT' });
  write('large/x.yaml', ' '.repeat(LIMITS.policyFileBytes + 1));
  await assert.rejects(names('large'), { code: 'LIMIT_EXCEEDED' });
});

it('folders inside each other have a bound', async () => {
  write(`${'d/'.repeat(20)}x.yaml`);
  await assert.rejects(names('d'), { code: 'LIMIT_EXCEEDED' });
});
