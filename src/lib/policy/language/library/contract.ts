import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { CelBudgetError, CelError } from '../error.ts';
import { compile, createMeter } from '../index.ts';
import type { Library, Overload } from '../library.ts';
import { mapOfEntries } from '../run/map.ts';
import { isOfType } from '../run/type-of.ts';
import type { CelType } from '../type.ts';
import { CelDuration, CelOptional, CelTimestamp, CelUint, type CelValue } from '../value.ts';
import { LIBRARIES } from './list.ts';
import { standard } from './standard/index.ts';

/** What a library supplies to the suite that every one passes. */
export interface LibraryExamples {
  /** Expressions that are true; together they call every overload. */
  readonly holds: readonly string[];
  /** Expressions that come to an error, with what it says. */
  readonly errors: readonly (readonly [text: string, message: RegExp])[];
  /** Overloads that cost nothing but their call, however long their arguments are. */
  readonly free?: readonly string[];
  /** Overloads that an expression never calls: the language evaluates their last argument only where it is needed. */
  readonly inLanguage?: readonly string[];
}

const BUDGET = 10_000_000;
/** 2026-01-01T00:00:00Z. */
const NOW = 1_767_225_600_000_000_000n;

/** The value of an expression that uses libraries alone. */
export function evaluate(text: string, budget = BUDGET, libraries: readonly Library[] = ALL): CelValue {
  const compiled = compile(text, { variables: new Map(), libraries, container: '', checked: true });
  assert.ok(compiled.ok, `${text}: ${compiled.ok ? '' : JSON.stringify(compiled.issues)}`);
  return compiled.program.evaluate(() => assert.fail('no variables here'), createMeter(budget, NOW));
}

const ALL: readonly Library[] = [standard, ...LIBRARIES];

export function libraryContract(library: Library, examples: LibraryExamples): void {
  const overloads = library.functions.flatMap((declared) => declared.overloads);
  describe(`${library.name}: contract of libraries`, () => {
    it(`${library.name}: examples hold, and use every overload`, () => {
      const called = new Set<string>();
      const libraries = ALL.map((one) => (one === library ? recording(one, called) : one));
      for (const text of examples.holds) {
        assert.equal(evaluate(text, BUDGET, libraries), true, text);
      }
      assert.deepEqual(
        [...called, ...(examples.inLanguage ?? [])].toSorted(),
        overloads.map(({ id }) => id).toSorted(),
      );
    });

    it(`${library.name}: what is wrong is an error that says so`, () => {
      for (const [text, message] of examples.errors) {
        assert.throws(
          () => evaluate(text),
          (error) => error instanceof CelError && message.test(error.message),
          `${text} ${message.source}`,
        );
      }
    });

    it(`${library.name}: any arguments give a value of the declared type or an error of CEL`, () => {
      for (const overload of overloads) {
        fc.assert(
          fc.property(fc.tuple(...overload.parameters.map(arbitraryOf)), (args) => {
            const value = outcomeOf(overload, args, BUDGET);
            assert.ok(value === undefined || isOfType(value, overload.result), overload.id);
          }),
          { numRuns: 20 },
        );
        // Of a list it is only known that it is one before a call.
        fc.assert(
          fc.property(fc.tuple(...overload.parameters.map(looselyOf)), (args) => {
            outcomeOf(overload, args, BUDGET);
          }),
          { numRuns: 10 },
        );
      }
    });

    it(`${library.name}: long arguments are paid for`, () => {
      const free = new Set(examples.free);
      for (const overload of overloads.filter(({ id, parameters }) => parameters.some(isLong) && !free.has(id))) {
        const args = overload.parameters.map(longOf);
        const meter = createMeter(Number.POSITIVE_INFINITY, NOW);
        try {
          overload.call(args, meter);
        } catch (error) {
          assert.ok(error instanceof CelError, `${overload.id}: ${String(error)}`);
        }
        assert.ok(meter.spent >= LONG / 11 || isRefusedAtOnce(overload, args), `${overload.id} spent ${meter.spent}`);
      }
    });
  });
}

function recording(library: Library, called: Set<string>): Library {
  return {
    ...library,
    functions: library.functions.map((declared) => ({
      ...declared,
      overloads: declared.overloads.map((overload) => ({
        ...overload,
        call: (args, meter) => {
          called.add(overload.id);
          return overload.call(args, meter);
        },
      })),
    })),
  };
}

/** Undefined for an error of CEL. */
function outcomeOf(overload: Overload, args: readonly CelValue[], budget: number): CelValue | undefined {
  try {
    return overload.call(args, createMeter(budget, NOW));
  } catch (error) {
    if (error instanceof CelError || error instanceof CelBudgetError) {
      return undefined;
    }
    throw error;
  }
}

const LONG = 1000;

function isLong({ kind }: CelType): boolean {
  return kind === 'string' || kind === 'bytes' || kind === 'list';
}

/** Of as long an argument, nothing is done but to say that it is too long. */
function isRefusedAtOnce(overload: Overload, args: readonly CelValue[]): boolean {
  return outcomeOf(overload, args, 0) === undefined && outcomeOf(overload, args, BUDGET) === undefined;
}

function longOf(type: CelType): CelValue {
  switch (type.kind) {
    case 'string':
      return 'a'.repeat(LONG);
    case 'bytes':
      return new Uint8Array(LONG);
    case 'list':
      return Array.from({ length: LONG }, () => sampleOf(type.element));
    default:
      return sampleOf(type);
  }
}

function sampleOf(type: CelType): CelValue {
  const [value] = fc.sample(arbitraryOf(type), { numRuns: 1, seed: 1 });
  assert.ok(value !== undefined);
  return value;
}

const OPAQUE: Readonly<Record<string, readonly string[]>> = {
  'kubernetes.NamedFormat': ['format.date()', 'format.qualifiedName()'],
  'kubernetes.Quantity': ['quantity("1.5Gi")', 'quantity("-3m")', 'quantity("1e60")'],
  'kubernetes.Semver': ['semver("1.2.3-rc.1+x")', 'semver("0.0.1")'],
  'kubernetes.URL': ['url("https://u:p@[::1]:80/a%20b?c=d&c;e#f")', 'url("/a b")', 'url("mailto:a")'],
  'net.CIDR': ['cidr("10.1.2.3/8")', 'cidr("::/0")'],
  'net.IP': ['ip("127.0.0.1")', 'ip("2001:db8::1")'],
  packagePatterns: ['packagePatterns(["pkg:npm/a", "pkg:deb/**"])'],
  purl: ['purl("pkg:npm/%40a/b@1?x=y#z")', 'purl("pkg:deb/debian/c")'],
  severity: ['severity.high', 'severity.unknown'],
};

const TEXTS = [
  '',
  'a',
  '%s%.3f%',
  '10.0.0.0/8',
  '::1',
  '1.2.3',
  'pkg:npm/a@1',
  'high',
  'https://a/b',
  '\u{10ffff}\u0000é😀',
  '(a|b)*',
  '1.5Gi',
  'npm',
];

const TEXT = fc.oneof(fc.constantFrom(...TEXTS), fc.string({ maxLength: 12 }));

function arbitraryOf(type: CelType): fc.Arbitrary<CelValue> {
  switch (type.kind) {
    case 'null':
      return fc.constant(null);
    case 'bool':
      return fc.boolean();
    case 'int':
      return fc.oneof(fc.bigInt(-5n, 5n), fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n));
    case 'uint':
      return fc.bigInt(0n, 2n ** 64n - 1n).map((value) => new CelUint(value));
    case 'double':
      return fc.double();
    case 'string':
      return TEXT;
    case 'bytes':
      return fc.uint8Array({ maxLength: 20 });
    case 'timestamp':
      return fc.bigInt(-(2n ** 55n), 2n ** 62n).map((value) => new CelTimestamp(value));
    case 'duration':
      return fc.bigInt(-(2n ** 62n), 2n ** 62n).map((value) => new CelDuration(value, Number(value % 2n)));
    case 'list':
      return fc.array(arbitraryOf(type.element), { maxLength: 6 });
    case 'map':
      return fc.dictionary(fc.string(), fc.string()).map((record) => mapOfEntries(Object.entries(record)));
    case 'optional':
      return fc.oneof(
        fc.constant(CelOptional.none),
        arbitraryOf(type.value).map((value) => new CelOptional(value)),
      );
    case 'opaque':
      return fc.constantFrom(...(OPAQUE[type.name] ?? [])).map((text) => evaluate(text));
    default:
      return ANYTHING;
  }
}

function looselyOf(type: CelType): fc.Arbitrary<CelValue> {
  return type.kind === 'list' ? fc.array(ANYTHING, { maxLength: 4 }) : arbitraryOf(type);
}

const ANYTHING: fc.Arbitrary<CelValue> = fc.oneof(
  fc.constantFrom<CelValue>(
    null,
    true,
    0n,
    1n,
    1,
    Number.NaN,
    '',
    'a',
    new CelUint(1n),
    new CelDuration(1n),
    CelOptional.none,
  ),
  fc.array(fc.constantFrom<CelValue>(1n, 'a', 2.5, null, [1n]), { maxLength: 3 }),
  fc.string().map((key) => mapOfEntries([[key, 1n]])),
);
