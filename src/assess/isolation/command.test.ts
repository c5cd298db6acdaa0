import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { commandOf } from './command.ts';

describe('the priority of an analysis', () => {
  let folder = '';
  let entry = '';

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'plimsoll-priority-'));
    entry = join(folder, 'entry.mjs');
    writeFileSync(entry, "import { getPriority } from 'node:os'; process.stdout.write(String(getPriority()));");
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  function priority(isBackground: boolean): number {
    const options = { program: { entry, readable: [folder] }, folder: null, memoryBytes: 2 ** 28, isBackground };
    const { file, args } = commandOf(options);
    const { stdout, stderr } = spawnSync(file, args, { env: {}, encoding: 'utf8' });
    assert.match(stdout, /^-?[0-9]+$/, stderr);
    return Number(stdout);
  }

  it('is lower where nobody waits for it', () => {
    assert.equal(priority(true), Math.min(19, priority(false) + 15));
  });
});
