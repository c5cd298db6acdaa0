import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { copyFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { after, test } from 'node:test';
import { writeOciLayout } from '../fixtures/oci-layout.ts';
import { temporaryHome } from '../fixtures/plimsoll.ts';
import { writeTar } from '../fixtures/tar-writer.ts';
import { data, missing } from '../prerequisites.ts';

const home = temporaryHome();
after(() => home.remove());
const skip = missing('shared-data');
const launcher = resolve(import.meta.dirname, '../../bin/plimsoll');

/** The exit code of a run whose reader of one stream goes away at once, as `head` does. */
async function codeWithoutReader(stream: 'stdout' | 'stderr', args: readonly string[]): Promise<number | null> {
  return await new Promise((settle, reject) => {
    const env = { ...process.env, PLIMSOLL_HOME: home.folder, PLIMSOLL_ADVISORIES: data('osv') };
    const child = spawn(launcher, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    child[stream].destroy();
    child[stream === 'stdout' ? 'stderr' : 'stdout'].resume();
    child.on('error', reject);
    child.on('close', settle);
  });
}

test('a reader that goes away changes no verdict', { skip }, async () => {
  const reference = `rootfs:${data('pkgdb/alpine-3.7.0')}`;
  for (const format of ['table', 'json']) {
    const args = ['scan', reference, '-o', format, '--fail-on', 'low'];
    assert.equal(await codeWithoutReader('stdout', args), 1, format);
    assert.equal(await codeWithoutReader('stderr', args), 1, format);
  }
  assert.equal(await codeWithoutReader('stdout', ['sbom', reference]), 0);
  assert.equal(await codeWithoutReader('stderr', ['scan', './no/such/image.tar']), 3, 'not 1, which is a refusal');
});

test('an error shows no escape sequence that an image holds', async () => {
  const layout = join(home.folder, 'escapes');
  const label = '\u001b]0;title\u0007\u001b[31m\u202e';
  const tar = writeTar([{ path: 'etc/passwd', content: 'x' }]);
  const platform = { os: 'linux', architecture: 'amd64' };
  await writeOciLayout(layout, { images: [{ platform, layers: [{ tar }], config: { Labels: { [label]: 5 } } }] });
  for (const args of [[], ['--debug']]) {
    const outcome = await home.plimsoll(['sbom', `oci:${layout}`, ...args]);
    assert.equal(outcome.code, 3);
    assert.match(outcome.err, /Labels/);
    assert.doesNotMatch(outcome.err.replaceAll('\n', ''), /[\p{Cc}\p{Cf}]/u);
  }
});

test('a data folder that cannot be made costs no scan; advisories not kept are said', {
  skip,
}, async () => {
  const file = join(home.folder, 'a-file');
  writeFileSync(file, '');
  const env = { PLIMSOLL_HOME: join(file, 'home') };
  const packed = join(home.folder, 'packed.tar.gz');
  copyFileSync(data('rootfs/alpine-3.10.9-x86_64.tar.gz'), packed);
  const inventory = await home.plimsoll(['sbom', packed, '-o', 'json'], env);
  assert.equal(inventory.code, 0, inventory.err);
  assert.equal((JSON.parse(inventory.out) as { packages: unknown[] }).packages.length, 14);
  const outcome = await home.plimsoll(['scan', packed, '--fail-on', 'low'], env);
  assert.equal(outcome.code, 3, outcome.err);
  assert.match(outcome.out, /Alpine advisories could not be fetched or kept: E/);
});
