import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { catalogers } from './list.ts';

const folders = readdirSync(import.meta.dirname, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);

test('the list holds every folder, sorted, and nothing else', () => {
  assert.deepEqual(
    catalogers.map((member) => member.id),
    folders.toSorted(),
  );
});

test('no member wants a path that does not begin and end as it says', () => {
  const beginnings = catalogers.flatMap((member) => [...(member.beginnings ?? []), ...member.knownPaths]);
  const endings = catalogers.flatMap((member) => [...(member.endings ?? []), ...member.knownPaths.map(baseName)]);
  const names = [
    'status',
    'a.list',
    'desc',
    'Packages',
    'LICENSE',
    'os-release',
    'Dockerfile-a',
    'labels.json',
    'x.md5sums',
  ];
  let wanted = 0;
  for (const beginning of ['', 'usr/', 'opt/a/', ...beginnings]) {
    for (const ending of [...names, ...endings]) {
      for (const between of [
        '',
        '/',
        'info/',
        '/info/',
        'a',
        '/a/b-1-1/',
        '/specifications/',
        '/node_modules/a',
        '-wal',
      ]) {
        const path = `${beginning}${between}${ending}`.replaceAll('//', '/');
        for (const member of catalogers.filter((each) => each.wants({ path, mode: 0o644, size: 1 }))) {
          wanted += 1;
          assert.ok(member.beginnings?.some((text) => path.startsWith(text)) ?? true, `${member.id}: ${path}`);
          assert.ok(member.endings?.some((text) => path.endsWith(text)) ?? true, `${member.id}: ${path}`);
        }
      }
    }
  }
  assert.ok(wanted > 1000, `${wanted}`);
});

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

for (const folder of folders) {
  test(`${folder} exports its cataloger and nothing else`, async () => {
    const exported: unknown[] = Object.values((await import(`./${folder}/index.ts`)) as Record<string, unknown>);
    assert.equal(exported.length, 1);
    assert.ok(catalogers.some((member) => member.id === folder && member === exported[0]));
  });
}
