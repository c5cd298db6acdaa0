import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
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

  /** In a session of its own, as all processes that analyse: Linux knows a niceness of sessions, and this one's is not to change. */
  async function priority(isBackground: boolean): Promise<number> {
    const options = { program: { entry, readable: [folder] }, folder: null, memoryBytes: 2 ** 28, isBackground };
    const { file, args } = commandOf(options);
    const child = spawn(file, args, { env: {}, detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
    const chunks = await child.stdout.toArray();
    const told = Buffer.concat(chunks as Buffer[]).toString();
    assert.match(told, /^-?[0-9]+$/);
    return Number(told);
  }

  it('is lower where nobody waits for it', async () => {
    assert.equal(await priority(true), Math.min(19, (await priority(false)) + 5));
  });
});
