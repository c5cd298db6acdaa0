import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { LIMITS } from '#base/limits.ts';
import { data, missing } from '#test/prerequisites.ts';
import type { Comparison, Order, VersionScheme } from './scheme.ts';

/** What a member supplies to the suite that every version scheme passes. */
export interface SchemeExamples {
  /** Valid versions only, near enough to each other that equal ones and close ones are met. */
  readonly arbitrary: fc.Arbitrary<string>;
  /** Strictly ascending. */
  readonly ascending: readonly string[];
  /** Texts that must be errors. */
  readonly invalid: readonly string[];
}

/** Any UTF-16 code unit, lone surrogates and control characters included. */
const codeUnit = fc.nat(0xffff).map((code) => String.fromCharCode(code));

/** The laws of an order, and what must hold of hostile text. */
export function versionSchemeContract(scheme: VersionScheme, examples: SchemeExamples): void {
  const { arbitrary, ascending } = examples;
  describe(`${scheme.id}: contract of version schemes`, () => {
    it(`${scheme.id}: examples are in order, in both directions`, () => {
      for (const [i, a] of ascending.entries()) {
        for (const [j, b] of ascending.entries()) {
          assert.equal(orderOf(scheme, a, b), Math.sign(i - j), `${a} against ${b}`);
        }
      }
    });

    it(`${scheme.id}: what is no version is an error on either side, never an order`, () => {
      const [valid = ''] = ascending;
      for (const text of examples.invalid) {
        assert.equal(scheme.isValid(text), false, text);
        for (const comparison of [
          scheme.compare(text, valid),
          scheme.compare(valid, text),
          scheme.compare(text, text),
          scheme.against(text)(valid),
        ]) {
          assert.match(reasonOf(comparison), /is not a version: expected /);
        }
      }
    });

    it(`${scheme.id}: the order is total over valid versions`, () => {
      fc.assert(
        fc.property(arbitrary, arbitrary, arbitrary, (a, b, c) => {
          assert.equal(orderOf(scheme, a, a), 0);
          const ab = orderOf(scheme, a, b);
          assert.equal(orderOf(scheme, a, b), ab, 'the same twice');
          assert.equal(orderOf(scheme, b, a) + ab, 0, 'antisymmetric');
          const bc = orderOf(scheme, b, c);
          const ac = orderOf(scheme, a, c);
          if (ab === 0) {
            assert.equal(ac, bc, 'equal versions compare alike');
          }
          if (ab === bc) {
            assert.equal(ac, ab, 'transitive');
          }
        }),
        { numRuns: 500 },
      );
    });

    it(`${scheme.id}: the order of a sample is one for every triple of it`, (t) => {
      const versions = [...new Set(fc.sample(arbitrary, SAMPLE))];
      const triples = assertTotal(versions, orders(scheme, versions));
      t.diagnostic(`${triples} triples of ${versions.length} versions`);
      assert.ok(triples >= 10_000, `${triples} triples`);
    });

    it(`${scheme.id}: garbage gives an order only when both texts are versions`, () => {
      const garbage = fc.oneof(
        fc.string({ unit: codeUnit }),
        fc.string(),
        fc.tuple(arbitrary, fc.string()).map((it) => it.join('')),
      );
      fc.assert(
        fc.property(garbage, garbage, (a, b) => {
          const comparison = scheme.compare(a, b);
          assert.equal(comparison.ok, scheme.isValid(a) && scheme.isValid(b));
          assert.deepEqual(scheme.against(a)(b), comparison);
        }),
        { numRuns: 200 },
      );
    });

    it(`${scheme.id}: text past the limit is an error, text at the limit is not slow`, () => {
      for (const unit of ['1', '1.', '1-', '~', '_p', 'a', '0', '\u0000', '1!']) {
        const long = unit.repeat(LIMITS.versionChars);
        const atLimit = long.slice(0, LIMITS.versionChars);
        assert.match(reasonOf(scheme.compare(`${atLimit}1`, atLimit)), /at most 1024 characters, found 1025/);
        assert.equal(scheme.compare(atLimit, atLimit).ok, scheme.isValid(atLimit));
      }
    });
  });
}

/** Versions that are compared pairwise; of a small language of examples fewer are left when equal texts are taken out. */
const SAMPLE = 150;

/** What each version is against each, row by row. */
function orders(scheme: VersionScheme, versions: readonly string[]): Int8Array {
  const matrix = new Int8Array(versions.length ** 2);
  let at = 0;
  for (const a of versions) {
    const against = scheme.against(a);
    for (const b of versions) {
      const comparison = against(b);
      matrix[at] = comparison.ok ? comparison.order : assert.fail(`${a} against ${b}: ${comparison.reason}`);
      at += 1;
    }
  }
  return matrix;
}

/** Every triple is held against the laws, and the number of triples is returned: comparing is done, so that many cost little. */
function assertTotal(versions: readonly string[], matrix: Int8Array): number {
  const size = versions.length;
  for (let a = 0; a < size; a += 1) {
    for (let b = 0; b < size; b += 1) {
      const ab = matrix[a * size + b] ?? Number.NaN;
      if (ab + (matrix[b * size + a] ?? Number.NaN) !== 0) {
        assert.fail(`not antisymmetric: ${versions[a]} and ${versions[b]}`);
      }
      for (let c = 0; c < size; c += 1) {
        const bc = matrix[b * size + c];
        const ac = matrix[a * size + c];
        if ((ab === 0 && ac !== bc) || (ab === bc && ac !== ab)) {
          assert.fail(`not transitive: ${versions[a]}, ${versions[b]}, ${versions[c]}`);
        }
      }
    }
  }
  return size ** 3;
}

/** A version-order file of the shared data (`a < b` lines), with the lines that are errors here, each with its reason. */
export interface VectorFile {
  readonly file: string;
  /** Lines as in the file that must give an error value, under the reason why. */
  readonly errors: Readonly<Record<string, readonly string[]>>;
  /** How many lines must hold at the least. */
  readonly minimum: number;
}

/** Every line of the file holds, in both directions, or is in the table of errors; and every line of the table is an error. */
export function versionVectors(scheme: VersionScheme, vectors: VectorFile): void {
  it(`${scheme.id}: every line of ${vectors.file} holds or is a listed error`, { skip: missing('shared-data') }, () => {
    const listed = Object.values(vectors.errors).flat();
    const refused: string[] = [];
    let held = 0;
    for (const line of vectorLines(vectors.file)) {
      const [a = '', sign = '', b = ''] = line.split(' ');
      const comparison = scheme.compare(a, b);
      if (comparison.ok) {
        const expected = ['<', '=', '>'].indexOf(sign) - 1;
        assert.equal(comparison.order, expected, line);
        assert.equal(orderOf(scheme, b, a) + expected, 0, line);
        held += 1;
      } else {
        refused.push(line);
      }
    }
    assert.deepEqual([...new Set(refused)].toSorted(), listed.toSorted());
    assert.ok(held >= vectors.minimum, `${held} lines held`);
  });
}

function vectorLines(file: string): readonly string[] {
  return readFileSync(data(`spec/versions/${file}`), 'utf8')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#') && !line.startsWith('//'));
}

/** The order of two versions that must be valid. */
export function orderOf(scheme: VersionScheme, a: string, b: string): Order {
  const comparison = scheme.compare(a, b);
  if (!comparison.ok) {
    return assert.fail(`${a} against ${b}: ${comparison.reason}`);
  }
  return comparison.order;
}

function reasonOf(comparison: Comparison): string {
  return comparison.ok ? assert.fail(`expected an error, found order ${comparison.order}`) : comparison.reason;
}
