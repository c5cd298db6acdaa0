import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { advisoryProviders, defaultSources } from './list.ts';

const folders = readdirSync(import.meta.dirname, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(join(import.meta.dirname, entry.name, 'index.ts')))
  .map((entry) => entry.name);

test('the list of providers holds every folder, sorted, and nothing else', () => {
  assert.deepEqual(
    advisoryProviders.map(({ id }) => id),
    folders.toSorted(),
  );
});

for (const folder of folders) {
  test(`${folder} exports its provider and nothing else, and what reads the feed is loaded when it is asked for`, async () => {
    const path = join(import.meta.dirname, folder, 'index.ts');
    const exported = Object.values((await import(path)) as Record<string, unknown>);
    assert.equal(exported.length, 1);
    assert.ok(advisoryProviders.some((member) => member.id === folder && member === exported[0]));
    const imports = readFileSync(path, 'utf8').matchAll(/^import (?!type )[^;]*'([^']+)';/gm);
    const heavy = [...imports].map(([, from = '']) => from).filter((from) => !LIGHT.has(from));
    assert.deepEqual(heavy, []);
    const { home, gives } = advisoryProviders.find((member) => member.id === folder)?.capabilities ?? {};
    assert.match(home ?? '', /^https:\/\/[^?#]+[^/?#]$/);
    assert.ok((gives ?? []).length > 0);
  });
}

/** What an index may load. */
const LIGHT: ReadonlySet<string> = new Set(['../../ecosystem-name.ts', '../provider.ts']);

test('nothing but what is set is asked, by default each provider at its home and each once', () => {
  const sources = defaultSources();
  assert.equal(new Set(sources.map(({ provider }) => provider)).size, sources.length);
  for (const { provider, place, ecosystems } of sources) {
    assert.equal(place, advisoryProviders.find(({ id }) => id === provider)?.capabilities.home);
    assert.equal(ecosystems, null);
  }
});
