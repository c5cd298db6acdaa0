import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Analyser } from '#model/analyser.ts';
import { textAnalyser } from '#test/fixtures/layers.ts';
import { Candidates } from './candidates.ts';
import { selectorOf } from './selection.ts';

/** Wants just what it says that its paths are like. */
function analyser(id: string, beginnings: readonly string[] | null, endings: readonly string[] | null): Analyser {
  const wants: Analyser['wants'] = ({ path }) =>
    (beginnings?.some((beginning) => path.startsWith(beginning)) ?? true) &&
    (endings?.some((ending) => path.endsWith(ending)) ?? true);
  return textAnalyser(id, wants, { ...(beginnings && { beginnings }), ...(endings && { endings }) });
}

const name = fc.string({ unit: fc.constantFrom('a', 'b', 'é', '.'), minLength: 1, maxLength: 2 });
const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => names.join('/'));
const beginning = fc.tuple(path, fc.constantFrom('', '/')).map(([text, slash]) => text + slash);
const said = (text: fc.Arbitrary<string>) => fc.option(fc.array(text, { minLength: 1, maxLength: 2 }));

test('whoever wants a file is asked for it, whatever the order of paths', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(said(beginning), said(name)), { maxLength: 5 }),
      fc.array(path, { maxLength: 12 }),
      (declared, paths) => {
        const analysers = declared.map(([beginnings, endings], index) => analyser(`${index}`, beginnings, endings));
        const select = selectorOf({ kind: 'wanted', analysers, withTable: false });
        for (const each of paths) {
          const file = { path: each, mode: 0o644, size: 1 };
          const selected = select(file, () => assert.fail('a problem')).map((selection) => selection.analyser.id);
          const wanting = analysers.filter((candidate) => candidate.wants(file)).map(({ id }) => id);
          assert.deepEqual(selected, wanting, each);
        }
      },
    ),
  );
});

test('a folder as long as the one before is looked at for itself', () => {
  const candidates = new Candidates([analyser('a', ['var/'], null), analyser('b', ['usr/'], null)]);
  const asked = (of: string): readonly number[] => candidates.of(of).filter((index) => candidates.isNear(index));
  assert.deepEqual([asked('var/x'), asked('usr/x'), asked('var/x')], [[0], [1], [0]]);
});

test('most files concern nobody', () => {
  const candidates = new Candidates([analyser('a', ['var/lib/dpkg/'], null), analyser('b', null, ['.json'])]);
  const asked = (of: string): readonly number[] => candidates.of(of).filter((index) => candidates.isNear(index));
  assert.deepEqual(asked('usr/bin/ls'), []);
  assert.deepEqual(asked('usr/share/n'), []);
  assert.deepEqual(asked('usr/share/icon'), [1]);
  assert.deepEqual(asked('var/lib/dpkg/status'), [0]);
  assert.deepEqual(asked('var/lib/dpkgs'), []);
});
