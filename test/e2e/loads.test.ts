import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { relative, resolve } from 'node:path';
import { test } from 'node:test';

const root = resolve(import.meta.dirname, '../..');
const HOOK = resolve(import.meta.dirname, '../fixtures/loaded-modules.ts');

/** Much code, which is loaded when it turns out that it is needed. */
const LATER = ['src/lib/policy/', 'src/lib/trust/', 'src/lib/advisories/', 'src/server/', 'node_modules/'];

for (const command of ['scan', 'sbom', 'verify', 'sign', 'policy', 'advisories', 'catalog']) {
  test(`plimsoll ${command} starts without what it may not need`, () => {
    const args = ['--import', HOOK, resolve(root, 'src/cli/main.ts'), command, '--help'];
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    assert.equal(status, 0, stderr);
    const loaded = stderr
      .trim()
      .split('\n')
      .map((file) => relative(root, file));
    assert.ok(loaded.includes('src/cli/main.ts'), stderr);
    assert.deepEqual(
      loaded.filter((file) => LATER.some((folder) => file.startsWith(folder))),
      [],
    );
  });
}
