import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { AppError } from '#base/error.ts';
import type { VersionScheme } from '#lib/versions/index.ts';
import { versionSchemes } from '#lib/versions/index.ts';
import { data } from '#test/prerequisites.ts';
import type { FuzzTarget } from '../../tools/fuzz/target.ts';
import { invariant } from '../../tools/fuzz/target.ts';

const TEXTS: readonly string[] = [
  '1.0-alpha-1\n1.0.0.Final\n1-1.foo-bar1baz-.1',
  '1.0.0-BETA.X+AA\n1.0.01\n1.0.0.1-pre',
  'v1.0RC1\ndev-main\n1.0.0-patch2',
  '0.1-0\n0.1.0.0\n20240101',
  'v1.2.3-a.b+build.7\n1.2.3+9a\n1.2.3-0',
  '1:2.3~rc1-4\nv0.16.1\n1.0_p1-r2',
  'go1.22rc1\n1.0.post1.dev2\n4',
];
/** As many lines of an input are read: each is compared with each, in every scheme. */
const LINES = 3;

/** Every scheme reads the lines of an input, and what it takes has to have one order. A line that no scheme takes is a refusal. */
export const versionTexts: FuzzTarget = {
  id: 'version-texts',
  seeds: () => [...TEXTS, ...published()].map((text) => Buffer.from(text)),
  maxMillis: 200,
  dictionary: [
    '.',
    '-',
    '~',
    '+',
    '_',
    '0',
    '01',
    'v',
    'alpha',
    'final',
    'SNAPSHOT',
    'rc',
    'dev-',
    '-r1',
    '1:',
    '.post',
  ],
  run: (input) => {
    const texts = Buffer.from(input).toString('utf8').split('\n', LINES);
    const taken = new Set<string>();
    for (const scheme of versionSchemes) {
      const versions = texts.filter((text) => scheme.isValid(text));
      invariant(scheme.id, () => assertOrdered(scheme, texts, versions));
      for (const version of versions) {
        taken.add(version);
      }
    }
    if (texts.some((text) => !taken.has(text))) {
      throw new AppError('VERSION_INVALID', 'a line that is no version of any scheme', { object: 'input' });
    }
  },
};

function assertOrdered(scheme: VersionScheme, texts: readonly string[], versions: readonly string[]): void {
  const orders = texts.map((a) => {
    const against = scheme.against(a);
    return texts.map((b) => {
      const compared = against(b);
      assert.equal(compared.ok, versions.includes(a) && versions.includes(b), 'an order of versions only');
      return compared.ok ? compared.order : Number.NaN;
    });
  });
  const order = (a: number, b: number): number => orders[a]?.[b] ?? Number.NaN;
  const places = texts.flatMap((text, place) => (versions.includes(text) ? [place] : []));
  for (const a of places) {
    for (const b of places) {
      assert.equal(order(a, b) + order(b, a), 0, 'antisymmetric');
      for (const c of places.filter((it) => order(b, it) === order(a, b))) {
        assert.equal(order(a, c), order(a, b), 'transitive');
      }
    }
  }
}

/** Three lines of each version-order file, where the shared data is. */
function published(): readonly string[] {
  const folder = data('spec/versions');
  const files = existsSync(folder) ? readdirSync(folder) : [];
  return files.map((file) => {
    const lines = readFileSync(`${folder}/${file}`, 'utf8').split('\n');
    const pairs = lines.filter((line) => / [<=>] /.test(line) && !/^(?:#|\/\/)/.test(line));
    return pairs
      .slice(0, 2)
      .flatMap((line) => line.split(/ [<=>] /))
      .join('\n');
  });
}
