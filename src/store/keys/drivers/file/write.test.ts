import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { writeKeyPair } from './write.ts';

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-key-pair-'));
after(() => rmSync(folder, { recursive: true }));
const PAIR = { privatePem: 'private\n', publicPem: 'public\n' };

function prefixIn(name: string): { readonly prefix: string; readonly files: () => readonly string[] } {
  const own = mkdtempSync(join(folder, name));
  return { prefix: join(own, 'release'), files: () => readdirSync(own).toSorted() };
}

describe('writing a key pair', () => {
  it('makes two files, the private one for its owner alone', async () => {
    const { prefix, files } = prefixIn('new-');
    await writeKeyPair(PAIR, prefix, { overwrite: false });
    assert.deepEqual(files(), ['release.key', 'release.pub']);
    assert.equal(statSync(`${prefix}.key`).mode & 0o777, 0o600);
    assert.equal(readFileSync(`${prefix}.key`, 'utf8'), PAIR.privatePem);
    assert.equal(readFileSync(`${prefix}.pub`, 'utf8'), PAIR.publicPem);
  });

  for (const name of ['release.key', 'release.pub']) {
    it(`leaves ${name} alone where it is there already`, async () => {
      const { prefix, files } = prefixIn('there-');
      const path = join(prefix, '..', name);
      writeFileSync(path, 'precious');
      await assert.rejects(writeKeyPair(PAIR, prefix, { overwrite: false }), { code: 'KEY_FILE_EXISTS' });
      assert.deepEqual(files(), [name]);
      assert.equal(readFileSync(path, 'utf8'), 'precious');
    });
  }

  it('does not write through a link, whatever it is told', async () => {
    for (const overwrite of [false, true]) {
      const { prefix } = prefixIn('link-');
      const victim = `${prefix}.victim`;
      writeFileSync(victim, 'precious');
      symlinkSync(victim, `${prefix}.key`);
      const writing = writeKeyPair(PAIR, prefix, { overwrite });
      await (overwrite ? writing : assert.rejects(writing, { code: 'KEY_FILE_EXISTS' }));
      assert.equal(readFileSync(victim, 'utf8'), 'precious');
    }
  });

  it('overwrites when told to, and the mode is right then too', async () => {
    const { prefix, files } = prefixIn('force-');
    writeFileSync(`${prefix}.key`, 'old', { mode: 0o644 });
    await writeKeyPair(PAIR, prefix, { overwrite: true });
    assert.equal(statSync(`${prefix}.key`).mode & 0o777, 0o600);
    assert.deepEqual(files(), ['release.key', 'release.pub']);
  });

  it('leaves nothing behind where there is no folder', async () => {
    await assert.rejects(writeKeyPair(PAIR, join(folder, 'none/release'), { overwrite: false }), { code: 'ENOENT' });
  });
});
