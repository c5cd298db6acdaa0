import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { AppError } from '#base/error.ts';
import { TrustError } from '../../error.ts';
import type { Predicate, PredicateReader } from './predicate.ts';

export interface ContractSample {
  readonly predicateType: string;
  /** A predicate with every member that it can have, as parsed JSON. */
  readonly example: Readonly<Record<string, unknown>>;
  /** Paths in dots to members without which the predicate is refused; each is left out, made null and made a number. */
  readonly required: readonly string[];
}

const OBJECT = 'statement of layer 1';

/** What every reader of predicates must do, whatever it reads. To be called at the top of the member's test. */
export function predicateReaderContract(
  member: PredicateReader,
  { predicateType, example, required }: ContractSample,
): void {
  const read = (predicate: unknown): Predicate => member.read(predicate, predicateType, OBJECT);

  describe(`${member.id}: contract of predicate readers`, () => {
    test('reads its example as the kind that it declares', () => {
      assert.ok(member.reads(predicateType));
      assert.equal(read(example).kind, member.capabilities.kind);
      assert.deepEqual(read(example), read(structuredClone(example)));
      assert.ok(member.capabilities.specification.startsWith('https://'));
    });

    test('members that it does not know change nothing', () => {
      const known = read(example);
      assert.deepEqual(read({ ...example, 'https://example.com/extension': { result: 'FAILED' } }), known);
      assert.deepEqual(read(withPrototypeMember(example)), known);
    });

    test('what is required is missed, and named', () => {
      for (const path of required) {
        for (const value of [undefined, null, 7]) {
          assert.throws(
            () => read(changed(example, path.split('.'), value)),
            (error) => error instanceof TrustError && error.code === 'PREDICATE_INVALID' && error.object === OBJECT,
            `${path} ${String(value)}`,
          );
        }
      }
    });

    test('what is no object is refused', () => {
      for (const value of [undefined, null, true, 0, 1, [], [example], '']) {
        assert.throws(() => read(value), { code: 'PREDICATE_INVALID' }, JSON.stringify(value));
      }
    });

    test('own members alone count', () => {
      for (const path of required.filter((candidate) => !candidate.includes('.'))) {
        const without = changed(example, [path], undefined) as object;
        const inherited: unknown = Object.assign(Object.create({ [path]: example[path] }) as object, without);
        assert.throws(() => read(inherited), { code: 'PREDICATE_INVALID' }, path);
      }
    });

    test('any change of the example gives a predicate of the kind, or one of our own errors', () => {
      const paths = pathsOf(example);
      const change = fc.tuple(fc.constantFrom(...paths), fc.jsonValue());
      fc.assert(
        fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
          let value: unknown = example;
          for (const [path, replacement] of changes) {
            value = changed(value, path, replacement);
          }
          assertReads(member, read, value);
        }),
        { numRuns: 300 },
      );
    });

    test('any JSON gives a predicate of the kind, or one of our own errors', () => {
      fc.assert(fc.property(fc.jsonValue(), (value) => assertReads(member, read, value)));
    });

    test('types that only look like its own are not', () => {
      fc.assert(
        fc.property(fc.string({ minLength: 1 }), (noise) => {
          assert.ok(!member.reads(`${noise}${predicateType}`));
          assert.ok(!member.reads(`${predicateType}\n${noise}`));
          assert.ok(!member.reads(predicateType.toUpperCase()));
        }),
      );
    });
  });
}

function assertReads(member: PredicateReader, read: (predicate: unknown) => Predicate, value: unknown): void {
  try {
    assert.equal(read(value).kind, member.capabilities.kind);
  } catch (error) {
    if (!(error instanceof AppError)) {
      throw error;
    }
  }
}

/** A copy with one member replaced, or left out for `undefined`. What is not on the way stays as it is. */
function changed(value: unknown, path: readonly (string | number)[], replacement: unknown): unknown {
  const [name, ...rest] = path;
  if (name === undefined) {
    return replacement;
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  const entries = Object.entries(value)
    .map(([key, item]) => [key, key === String(name) ? changed(item, rest, replacement) : (item as unknown)] as const)
    .filter(([, item]) => item !== undefined);
  return Array.isArray(value) ? entries.map(([, item]) => item) : Object.fromEntries(entries);
}

function pathsOf(value: unknown): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null) {
    return [];
  }
  return Object.entries(value).flatMap(([name, item]) => [[name], ...pathsOf(item).map((path) => [name, ...path])]);
}

/** As JSON.parse makes it of `{"__proto__": …}`: a member like any other. */
function withPrototypeMember(example: object): unknown {
  return JSON.parse(`{"__proto__": {"result": "PASSED", "id": "x"}, ${JSON.stringify(example).slice(1)}`);
}
