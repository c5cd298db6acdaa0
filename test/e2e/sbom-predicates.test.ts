import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type SbomName, sbomWriters, writeSbom } from '#lib/sbom/index.ts';
import { predicateFromFile } from '#lib/trust/index.ts';
import { arbitraryReport } from '../samples/arbitrary-report.ts';

const NOW = Date.parse('2026-08-21T12:00:00Z');

for (const name of Object.keys(sbomWriters) as readonly SbomName[]) {
  test(`what ${name} writes can be attested as it is, whatever is in the image`, () => {
    const [type = ''] = name.split('@');
    fc.assert(
      fc.property(arbitraryReport, (report) => {
        const bytes = Buffer.from(writeSbom(report, { format: name, now: NOW }));
        assert.equal(predicateFromFile(type, { name: 'sbom.json', bytes }, NOW).json, bytes.toString('utf8'));
      }),
      { numRuns: 50 },
    );
  });
}
