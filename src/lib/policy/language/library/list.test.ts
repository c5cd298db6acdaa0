import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { it } from 'node:test';
import { LIBRARIES } from './list.ts';
import { standard } from './standard/index.ts';

const ALL = [standard, ...LIBRARIES];

/** Folders with a door: `kubernetes/url` is the library `kubernetes.url`. */
const folders = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })
  .filter((path) => existsSync(resolve(import.meta.dirname, path, 'index.ts')))
  .map((path) => path.replaceAll('/', '.'))
  .toSorted();

it('the list of libraries equals the folders', () => {
  assert.deepEqual(ALL.map(({ name }) => name).toSorted(), folders);
});

it('every folder of a library exports one value, and it is the listed one', async () => {
  for (const library of LIBRARIES) {
    const member = (await import(`./${library.name.replaceAll('.', '/')}/index.ts`)) as Record<string, unknown>;
    assert.deepEqual(Object.values(member), [library], library.name);
  }
});

it('every library passes the contract', () => {
  for (const { name } of LIBRARIES) {
    const folder = resolve(import.meta.dirname, name.replaceAll('.', '/'));
    const tests = readdirSync(folder).filter((file) => file.endsWith('.test.ts'));
    assert.ok(
      tests.some((file) => readFileSync(resolve(folder, file), 'utf8').includes('libraryContract(')),
      name,
    );
  }
});

it('ids of overloads are unique, and functions stand once in a library', () => {
  const ids = ALL.flatMap(({ functions }) => functions.flatMap(({ overloads }) => overloads.map(({ id }) => id)));
  assert.deepEqual(duplicatesOf(ids), []);
  for (const { functions, constants = [], description } of ALL) {
    assert.deepEqual(duplicatesOf(functions.map(({ name }) => name)), []);
    assert.deepEqual(duplicatesOf(constants.map(({ name }) => name)), []);
    assert.match(description, /\.$/);
    for (const declared of functions) {
      assert.match(declared.description, /\.$/, declared.name);
      assert.ok(declared.overloads.length > 0, declared.name);
    }
  }
});

it('no two overloads of a function take the same arguments', () => {
  const signatures = ALL.flatMap(({ functions }) =>
    functions.flatMap(({ name, overloads }) =>
      overloads.map(({ member, parameters }) => JSON.stringify([name, member, parameters])),
    ),
  );
  assert.deepEqual(duplicatesOf(signatures), []);
});

function duplicatesOf(texts: readonly string[]): readonly string[] {
  return texts.filter((text, index) => texts.indexOf(text) !== index);
}
