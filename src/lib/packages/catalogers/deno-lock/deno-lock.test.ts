import assert from 'node:assert/strict';
import { test } from 'node:test';
import { catalogerContract } from '../contract.ts';
import { denoLock } from './index.ts';

const PATH = 'app/deno.lock';
const EXAMPLE = JSON.stringify({
  version: '5',
  specifiers: { 'npm:a@1': '1.0.0' },
  npm: {
    'a@1.0.0_c@1.0.0': { integrity: 'sha512-AA==', dependencies: ['@s/b'] },
    '@s/b@2.0.0': { integrity: 'sha512-AA==' },
  },
});

catalogerContract(denoLock, { example: { path: PATH, bytes: Buffer.from(EXAMPLE) } });

function read(lock: unknown): ReturnType<typeof denoLock.read> {
  return denoLock.read({ path: PATH, bytes: Buffer.from(JSON.stringify(lock)) });
}

test('every version of the file says the same', () => {
  const a = { integrity: 'sha512-AA==', dependencies: { renamed: '@s/b@2.0.0_x@1.0.0' } };
  const later = { ...a, dependencies: ['renamed@npm:@s/b@2.0.0_x@1.0.0'] };
  const b = { integrity: 'sha512-AA==', dependencies: {} };
  const specifiers = { 'npm:a@1': '1.0.0' };
  const locks = [
    { version: '2', remote: {}, npm: { specifiers, packages: { 'a@1.0.0': a, '@s/b@2.0.0_x@1.0.0': b } } },
    { version: '3', packages: { specifiers, npm: { 'a@1.0.0': a, '@s/b@2.0.0_x@1.0.0': b } }, remote: {} },
    { version: '4', specifiers, npm: { 'a@1.0.0': later, '@s/b@2.0.0_x@1.0.0': {} } },
    { version: '5', specifiers, npm: { 'a@1.0.0': { ...later, dependencies: ['@s/b'] }, '@s/b@2.0.0_x@1.0.0': {} } },
  ];
  for (const lock of locks) {
    assert.deepEqual(
      read(lock).packages?.map(({ name, version, requires }) => [name, version, requires]),
      [
        ['a', '1.0.0', ['@s/b@2.0.0']],
        ['@s/b', '2.0.0', undefined],
      ],
      lock.version,
    );
  }
});

test('modules at addresses are no packages, those of JSR are unknown', () => {
  assert.deepEqual(read({ 'https://deno.land/std/a.ts': '00' }), { packages: [] });
  assert.deepEqual(read({ version: '5', jsr: { '@std/a@1.0.0': {}, '@std/b@1.0.0': {} } }), {
    packages: [],
    unknowns: ['2 entries of JSR, which package URLs have no type for, the first "@std/a@1.0.0"'],
  });
  assert.throws(() => read({ a: 1 }), { code: 'PACKAGE_METADATA_INVALID', object: PATH });
});
