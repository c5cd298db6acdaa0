import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ValidateFunction } from 'ajv';
import fc from 'fast-check';
import { digestOf, hexOf } from '#base/digest.ts';
import type { Package } from '#model/package.ts';
import type { Report } from '#model/report.ts';
import type { Unknown } from '#model/unknown.ts';
import { missing } from '#test/prerequisites.ts';
import { arbitraryContents } from '#test/samples/arbitrary-contents.ts';
import { arbitraryReport } from '#test/samples/arbitrary-report.ts';
import { sampleReport } from '#test/samples/report.ts';
import { comparePackages, inventoryOf } from '../inventory.ts';
import { readSbom } from '../read.ts';
import type { SbomFormat } from './format.ts';

export interface ContractSample {
  /** The published schema of a version, by its name. */
  readonly validator: (name: string) => ValidateFunction;
  readonly read: (document: unknown) => ReadBack;
}

/** What every format says in its own way. */
export interface ReadBack {
  /** Of the packages of the report. */
  readonly purls: readonly string[];
  /** Of elements, the image among them. */
  readonly ids: readonly string[];
  /** To elements. */
  readonly references: readonly string[];
  readonly incomplete: boolean;
  /** A URI of the document itself. */
  readonly document: string;
}

function wellFormed(report: Report): Report {
  return JSON.parse(JSON.stringify(report), (_name, value: unknown) =>
    typeof value === 'string' ? value.toWellFormed() : value,
  ) as Report;
}

/** Sorted as inventories are. */
function carried(packages: readonly Package[]): readonly Package[] {
  return packages.toSorted(comparePackages);
}

function isAboutContent({ analyser, kind }: Unknown): boolean {
  return analyser !== 'match' && analyser !== 'advisories' && !kind.endsWith('-advisories');
}

const NOW = Date.parse('2026-08-21T12:00:00.250Z');
const UNKNOWN: Unknown = {
  kind: 'unreadable',
  path: '/app/package.json',
  layer: null,
  analyser: 'npm',
  reason: 'not valid JSON',
};

/** What every format must do, in each of its versions, a version with two names once. To be called at the top of the member's test. */
export function sbomFormatContract(format: SbomFormat, { validator, read }: ContractSample): void {
  for (const [writer, name] of new Map(Object.entries(format.writers).map(([key, value]) => [value, key]))) {
    const write = (report: Report, now = NOW): string => writer.write(report, { now });
    const readBack = (report: Report): ReadBack => read(JSON.parse(write(report)));

    describe(`${name}: contract of SBOM formats`, () => {
      it('is valid by its schema, whatever the texts of the report are', { skip: missing('shared-data') }, (t) => {
        const isValid = validator(name);
        let count = 0;
        const check = (report: Report): void => {
          count += 1;
          assert.ok(isValid(JSON.parse(write(report))), JSON.stringify(isValid.errors));
        };
        const sample = sampleReport();
        check(sample);
        check({ ...sample, kind: 'inventory', findings: [], advisories: [] });
        check(sampleReport({ os: null, packages: [], findings: [], unknowns: [UNKNOWN] }));
        fc.assert(fc.property(fc.oneof(arbitraryReport, arbitraryContents), check), { numRuns: 200 });
        t.diagnostic(`${count} documents of ${name} are valid`);
      });

      it('holds every package of the report, each under an id of its own, and refers to nothing else', () => {
        fc.assert(
          fc.property(arbitraryReport, (report) => {
            const { purls, ids, references } = readBack(report);
            assert.deepEqual(
              purls,
              report.packages.map(({ purl }) => purl.toWellFormed()),
            );
            assert.equal(ids.length, report.packages.length + 1 + (report.os === null ? 0 : 1));
            const known = new Set(ids);
            assert.equal(known.size, ids.length);
            assert.deepEqual(
              references.filter((reference) => !known.has(reference)),
              [],
            );
          }),
          { numRuns: 100 },
        );
      });

      it('tells packages apart that are the same but for their place, or not even that', () => {
        const [entry] = sampleReport().packages;
        assert.ok(entry !== undefined);
        const elsewhere = { ...entry, locations: [{ path: '/elsewhere', layer: null }] };
        const { ids } = readBack(sampleReport({ packages: [entry, elsewhere, entry, entry], findings: [] }));
        assert.equal(new Set(ids).size, 6);
      });

      it('is incomplete as soon as one thing is unknown, and says what', () => {
        assert.equal(readBack(sampleReport()).incomplete, false);
        assert.equal(readBack(sampleReport({ unknowns: [UNKNOWN] })).incomplete, true);
        const text = write(sampleReport({ unknowns: [UNKNOWN] }));
        assert.ok(text.includes('unreadable: /app/package.json: not valid JSON (npm)'));
        fc.assert(
          fc.property(arbitraryReport, (report) => {
            assert.equal(readBack(report).incomplete, report.unknowns.length + report.covered.unknowns.length > 0);
          }),
          { numRuns: 50 },
        );
      });

      it('is the same bytes for the same report and time; with another time only the time changes', () => {
        fc.assert(
          fc.property(arbitraryReport, (report) => {
            const text = write(report);
            assert.equal(write(structuredClone(report)), text);
            const later = write(report, NOW + 86_400_000);
            assert.equal(later.replaceAll('2026-08-22T12:00:00', '2026-08-21T12:00:00'), text);
          }),
          { numRuns: 50 },
        );
      });

      it('has a name that depends on the content alone', () => {
        const { document } = readBack(sampleReport());
        assert.equal(readBack(sampleReport({ content: 'cached' })).document, document);
        assert.notEqual(readBack(sampleReport({ unknowns: [UNKNOWN] })).document, document);
        assert.notEqual(readBack(sampleReport({ packages: sampleReport().packages.slice(1) })).document, document);
        assert.match(document, /[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      });

      it('is read back without loss of what it can carry: packages, distribution, image, builds, and what is not known', () => {
        fc.assert(
          fc.property(arbitraryContents, (report) => {
            const document = readSbom(Buffer.from(write(report)), 'document');
            const { packages, os, unknowns, builds } = inventoryOf(document);
            const expected = wellFormed(report);
            assert.deepEqual(packages, carried(expected.packages));
            assert.deepEqual(os, expected.os);
            assert.deepEqual(builds, expected.builds);
            assert.deepEqual(
              unknowns.filter(({ analyser }) => analyser !== 'sbom'),
              [...expected.unknowns, ...expected.covered.unknowns].filter(isAboutContent),
            );
            const { reference, digest, id, platform, layers } = expected.image;
            const diffIds = layers.map(({ diffId }) => diffId);
            assert.deepEqual(document.subject, { name: reference, digest, id, platform, layers: diffIds });
          }),
          { numRuns: 200 },
        );
      });

      it('lists executables that the report has, with their digests, and none otherwise', {
        skip: missing('shared-data'),
      }, () => {
        const filesOf = (report: Report): unknown => readSbom(Buffer.from(write(report)), 'document').files;
        const programs = ['/bin/busybox', '/bin/busybox/', '/lib/\ud800.so'].map((path, index) => {
          return { path, layer: digestOf('layer'), digest: digestOf(String(index)) };
        });
        const report = sampleReport({ programs });
        const isValid = validator(name);
        assert.ok(isValid(JSON.parse(write(report))), JSON.stringify(isValid.errors));
        assert.deepEqual(
          readSbom(Buffer.from(write(report)), 'document').files.map(({ path, hashes }) => [path, hashes]),
          programs.map(({ path, digest }) => [path.toWellFormed(), [{ algorithm: 'sha256', value: hexOf(digest) }]]),
        );
        assert.deepEqual(filesOf(sampleReport()), []);
        assert.deepEqual(inventoryOf(readSbom(Buffer.from(write(report)), 'document')).packages, report.packages);
      });

      it('can be printed and read anywhere: no halves of surrogate pairs, no characters that steer a terminal', () => {
        fc.assert(
          fc.property(arbitraryReport, (report) => {
            const text = write(report);
            assert.ok(text.endsWith('}\n'));
            assert.doesNotMatch(text, /[\u007f-\u009f\u00ad\u202a-\u202e\u2066-\u2069\u2028\u2029]/);
            JSON.parse(text, (member, value: unknown) => {
              assert.ok(member.isWellFormed() && (typeof value !== 'string' || value.isWellFormed()));
              return value;
            });
          }),
          { numRuns: 50 },
        );
      });
    });
  }
}
