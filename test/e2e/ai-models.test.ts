import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { aiModel } from '#lib/packages/catalogers/ai-model/index.ts';
import { evidence } from '#test/evidence.ts';
import { missing } from '#test/prerequisites.ts';

evidence(
  'catalogers/ai-model',
  'real tool',
  'models that gguf and safetensors from PyPI write, as they read them back',
);

const run = promisify(execFile);
const cache = resolve(import.meta.dirname, '../../.cache/gguf-0.19.0-safetensors-0.8.0');

/** Downloaded once. */
function libraries(): string {
  if (!existsSync(cache)) {
    mkdirSync(resolve(cache, '..'), { recursive: true });
    const folder = mkdtempSync(`${cache}-`);
    const quiet = ['--quiet', '--disable-pip-version-check', '--root-user-action=ignore'];
    const pip = ['-m', 'pip', 'install', ...quiet, '--only-binary=:all:', '--target', folder];
    execFileSync('python3', [...pip, 'gguf==0.19.0', 'safetensors==0.8.0'], { stdio: ['ignore', 'ignore', 'inherit'] });
    renameSync(folder, cache);
  }
  return cache;
}

test('models say what the libraries that wrote them read', { skip: missing('python') }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-models-'));
  try {
    const env = { ...process.env, PYTHONPATH: libraries(), PYTHONIOENCODING: 'utf-8' };
    const { stdout } = await run('python3', [resolve(import.meta.dirname, '../fixtures/ai-models.py'), folder], {
      env,
    });
    const listed = JSON.parse(stdout) as Readonly<Record<string, readonly (string | null)[]>>;
    let count = 0;
    for (const [path, [name, version, license, repository]] of Object.entries(listed)) {
      assert.ok(aiModel.wants({ path, mode: 0o644, size: 1 }), path);
      const isOfHub = repository?.startsWith('https://huggingface.co/') === true;
      assert.deepEqual(aiModel.read({ path, bytes: readFileSync(join(folder, path)) }), {
        packages: [
          {
            ...(isOfHub
              ? { type: 'huggingface', name: 'my-org/Mine-7B-GGUF', version: '' }
              : { type: 'generic', name, version: version ?? '' }),
            licenses: typeof license === 'string' ? [license] : [],
          },
        ],
      });
      count += 1;
    }
    t.diagnostic(`${count} models`);
    assert.equal(count, 12);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
