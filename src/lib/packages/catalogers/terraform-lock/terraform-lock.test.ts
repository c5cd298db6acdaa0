import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Found } from '#model/analyser.ts';
import { evidence } from '#test/evidence.ts';
import { asList, listOf, lockFile } from '#test/fixtures/lock-files/index.ts';
import { catalogerContract } from '../contract.ts';
import { terraformLock } from './index.ts';

evidence(
  'catalogers/terraform-lock',
  'real tool',
  'a lock file that Terraform wrote, as it lists it, and one as its parser reads it',
);

const PATH = 'srv/.terraform.lock.hcl';

catalogerContract(terraformLock, { example: { path: PATH, bytes: lockFile('judged', '.terraform.lock.hcl') } });

function read(text: string | Uint8Array): Found {
  return terraformLock.read({ path: PATH, bytes: typeof text === 'string' ? Buffer.from(text) : text });
}

for (const folder of ['terraform', 'judged']) {
  test(`${folder}: it lists what is listed elsewhere`, () => {
    const found = read(lockFile(folder, '.terraform.lock.hcl'));
    const listed = listOf(folder, '.terraform.lock.hcl');
    assert.ok(listed.length >= 10);
    assert.deepEqual(asList(found.packages), listed);
    assert.equal(found.unknowns, undefined);
    assert.ok(found.packages?.every((record) => record.type === 'terraform' && record.confidence === 'declared'));
  });
}

test('what is no block of a provider is an unknown', () => {
  const found = read(
    'provider "a/b/c" {\n  version = "1.0"\n}\nother "x" {\nprovider "d/e/f" {\n}\nprovider "g/h/i" {\n',
  );
  assert.deepEqual(asList(found.packages), ['a/b/c 1.0']);
  assert.deepEqual(found.unknowns, [
    'an entry other than blocks of providers: "other \\"x\\" {"',
    'an entry without a version: "d/e/f"',
    'an entry that ends nowhere: "g/h/i"',
  ]);
});

test('another file is an error', () => {
  for (const text of ['', '# nothing', 'a = 1']) {
    assert.throws(() => read(text), { object: PATH }, text);
  }
});
