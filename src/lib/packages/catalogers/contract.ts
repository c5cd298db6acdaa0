import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { AppError } from '#base/error.ts';
import { LIMITS } from '#base/limits.ts';
import type { AnalysedFile, Found } from '#model/analyser.ts';
import type { Cataloger } from '../cataloger.ts';

export interface ContractSample {
  /** A file that the member wants and finds something in. */
  readonly example: AnalysedFile;
  /** What a file of this format never says, so that not even the example is whole. */
  readonly unknowns?: readonly string[];
}

/** What every cataloger must do, whatever it reads. To be called at the top of the member's test. */
export function catalogerContract(member: Cataloger, { example, unknowns }: ContractSample): void {
  describe(`${member.id}: contract of catalogers`, () => {
    test('finds something in its example, and wants it', () => {
      const found = member.read(example);
      const { packages = [], os, build, document } = found;
      assert.ok(packages.length > 0 || [os, build, document].some((part) => part !== undefined));
      assert.deepEqual(found.unknowns, unknowns);
      assert.ok(member.wants({ path: example.path, mode: 0o755, size: example.bytes.length }));
      assert.ok(member.accepts?.(example.bytes) ?? true);
    });

    test('records are of the declared types and hold what is declared', () => {
      const records = member.read(example).packages ?? [];
      const { capabilities } = member;
      for (const record of records) {
        assert.ok(capabilities.packageTypes.includes(record.type), record.type);
        assert.ok(record.name !== '');
        assert.ok(capabilities.confidence === undefined || record.confidence === capabilities.confidence, 'confidence');
        assert.ok(capabilities.licenses || record.licenses.length === 0, 'licenses');
        assert.ok(capabilities.dependencies || record.requires === undefined, 'dependencies');
      }
      assert.ok(!capabilities.licenses || records.some((record) => record.licenses.length > 0), 'licenses');
    });

    test('the same bytes give the same result', () => {
      assert.deepEqual(member.read(example), member.read({ path: example.path, bytes: copyOf(example.bytes) }));
    });

    test('the result survives a round trip through JSON', () => {
      const found = member.read(example);
      assert.deepEqual(JSON.parse(JSON.stringify(found)), found);
    });

    test('an empty file is an error, an unknown, or a result', () => {
      assertReads(member, { path: example.path, bytes: new Uint8Array() });
    });

    test('a file cut off anywhere is an error, an unknown, or a result', () => {
      for (const length of interestingLengths(example.bytes.length)) {
        assertReads(member, { path: example.path, bytes: example.bytes.subarray(0, length) });
      }
    });

    test('damaged bytes are an error, an unknown, or a result', () => {
      const at = fc.nat({ max: example.bytes.length - 1 });
      const damage = fc.array(fc.tuple(at, fc.nat({ max: 255 })), { minLength: 1, maxLength: 16 });
      fc.assert(
        fc.property(damage, (changes) => {
          const bytes = copyOf(example.bytes);
          for (const [index, value] of changes) {
            bytes[index] = value;
          }
          assertReads(member, { path: example.path, bytes });
        }),
      );
    });

    test('random bytes are an error, an unknown, or a result', () => {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 2048 }), fc.nat({ max: 64 }), (noise, kept) => {
          const head = example.bytes.subarray(0, kept);
          assertReads(member, { path: example.path, bytes: Buffer.concat([head, noise]) });
        }),
      );
    });

    if (member.capabilities.confidence === 'declared') {
      test('what packages bring along for their own development is not wanted', () => {
        for (const folder of FOLDERS_OF_PACKAGES) {
          const path = `${folder}/some-package/${example.path}`;
          assert.equal(member.wants({ path, mode: 0o644, size: 10 }), false, path);
        }
        assert.ok(member.wants({ path: `srv/my-vendor/${example.path}`, mode: 0o644, size: 10 }));
      });
    }

    test('odd paths neither crash it nor are they wanted by mistake', () => {
      for (const path of ODD_PATHS) {
        assert.equal(member.wants({ path, mode: 0o644, size: 10 }), false, path.slice(0, 40));
      }
      fc.assert(
        fc.property(
          fc.string(),
          fc.nat(),
          (path, size) => typeof member.wants({ path, mode: 0o644, size }) === 'boolean',
        ),
      );
    });

    test('declares a version, a limit and paths that the walk can use', () => {
      assert.ok(Number.isInteger(member.version) && member.version > 0);
      assert.ok(Number.isInteger(member.maxFileBytes) && member.maxFileBytes > 0);
      assert.ok(member.maxFileBytes <= LIMITS.analysedFileBytes);
      assert.ok(member.knownPaths.every((path) => path !== '' && !path.startsWith('/') && !path.endsWith('/')));
      assert.ok(member.capabilities.reads.length > 0);
      assert.ok(member.capabilities.specifications.every((address) => address.startsWith('https://')));
    });
  });
}

/** Where installers and caches of official images and of projects have packages. */
const FOLDERS_OF_PACKAGES: readonly string[] = [
  'node_modules',
  'srv/node_modules/@scope',
  'usr/lib/python3/dist-packages',
  'usr/local/lib/python3.13/site-packages',
  'go/pkg/mod/example.org',
  'usr/local/cargo/registry/src/index.crates.io-1949cf8c6b5b557f',
  'root/.cargo/git/checkouts',
  'srv/vendor',
  'usr/local/bundle/gems',
  'var/lib/gems/3.1.0/gems',
  'usr/local/lib/R/site-library',
];

const ODD_PATHS: readonly string[] = [
  '',
  '/',
  '.',
  '..',
  'a',
  'a/',
  '\0',
  '\ud800',
  'a/'.repeat(2000),
  'x'.repeat(100_000),
];

/** `slice` of a Buffer would be the same memory. */
function copyOf(bytes: Uint8Array): Uint8Array {
  return Uint8Array.from(bytes);
}

/** Near both ends, and some in between. */
function interestingLengths(length: number): ReadonlySet<number> {
  const near = Array.from({ length: 130 }, (_, distance) => [distance, length - distance]).flat();
  const between = Array.from({ length: 64 }, (_, step) => Math.floor((length * step) / 64));
  return new Set([...near, ...between].filter((item) => item >= 0 && item < length));
}

/** Reads the file; an error must be one of our own, and what is read plain data. */
function assertReads(member: Cataloger, file: AnalysedFile): void {
  let found: Found;
  try {
    found = member.read(file);
  } catch (error) {
    if (error instanceof AppError) {
      assert.equal(error.object, file.path);
      return;
    }
    throw error;
  }
  assert.deepEqual(JSON.parse(JSON.stringify(found)), found);
  assert.ok((found.packages ?? []).every((record) => record.name !== ''));
}
