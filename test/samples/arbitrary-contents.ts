import fc from 'fast-check';
import { type Digest, digestOf } from '#base/digest.ts';
import type { Build } from '#model/build.ts';
import type { PackageHash } from '#model/package.ts';
import type { Report } from '#model/report.ts';
import { UNKNOWN_KINDS, type Unknown } from '#model/unknown.ts';
import { arbitraryNamedReport } from './arbitrary-report.ts';

/** Those that every format of SBOM documents has a name for, with as many digits as they give. */
const HASH_DIGITS: Readonly<Record<string, number>> = {
  md5: 32,
  sha1: 40,
  sha256: 64,
  sha384: 96,
  sha512: 128,
  'sha3-256': 64,
  'sha3-384': 96,
  'sha3-512': 128,
  'blake2b-256': 64,
  'blake2b-384': 96,
  'blake2b-512': 128,
  blake3: 64,
};

const few = { maxLength: 3 } as const;
const text = fc.string({ unit: 'binary', maxLength: 20 });
const layer: fc.Arbitrary<Digest | null> = fc.constantFrom(null, digestOf('a'), digestOf('b'));

const hash: fc.Arbitrary<PackageHash> = fc
  .tuple(fc.constantFrom(...Object.entries(HASH_DIGITS)), fc.integer({ min: 0, max: 15 }))
  .map(([[algorithm, digits], digit]) => ({ algorithm, value: digit.toString(16).repeat(digits) }));

const build: fc.Arbitrary<Build> = fc.record(
  {
    path: text,
    layer,
    contentSets: fc.array(text, few),
    labels: fc.record(
      { component: text, name: text, version: text, release: text, architecture: text, cpe: text },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: ['path', 'layer'] },
);

const unknown: fc.Arbitrary<Unknown> = fc.constantFrom(...UNKNOWN_KINDS).map((kind) => {
  return { kind, path: '/a', layer: null, analyser: 'a', reason: 'b' };
});

/**
 * Named reports with everything else that an inventory can have: packages that need others, some of which are there, declared hashes,
 * what build systems left, and unknowns of every kind.
 */
export const arbitraryContents: fc.Arbitrary<Report> = fc
  .tuple(
    arbitraryNamedReport,
    fc.array(fc.tuple(fc.array(hash, few), fc.boolean(), text), { minLength: 6, maxLength: 6 }),
    fc.array(build, few),
    fc.array(unknown, few),
  )
  .map(([report, additions, builds, unknowns]) => ({
    ...report,
    packages: report.packages.map((entry, index) => {
      const [hashes = [], isNeedy = false, other = ''] = additions[index] ?? [];
      const purls = report.packages.slice(0, index).map(({ purl }) => purl);
      return {
        ...entry,
        ...(hashes.length === 0 ? {} : { hashes }),
        ...(isNeedy ? { dependsOn: [...purls, other] } : {}),
      };
    }),
    ...(builds.length === 0 ? {} : { builds }),
    unknowns: [...report.unknowns, ...unknowns],
  }));
