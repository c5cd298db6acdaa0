import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { reportSchema } from '#model/report-schema.ts';
import { evidence } from '#test/evidence.ts';
import { arbitraryReport } from '#test/samples/arbitrary-report.ts';
import { sampleReport } from '#test/samples/report.ts';
import { renderJson, renderJsonList } from './json.ts';

evidence('report/json', 'self-made', 'reports of the right shape with hostile text in every member');

describe('JSON output', () => {
  it('is a report as the published schema has it, whatever its texts are', () => {
    fc.assert(
      fc.property(arbitraryReport, (report) => {
        const written: unknown = JSON.parse(renderJson(report));
        reportSchema.parse(written);
        assert.deepEqual(written, JSON.parse(JSON.stringify(report)));
      }),
      { numRuns: 100 },
    );
  });

  it('does not depend on the order in which members were made', () => {
    const report = sampleReport();
    const reversed = reverseMembers(report) as typeof report;
    assert.notEqual(JSON.stringify(reversed), JSON.stringify(report));
    assert.equal(renderJson(reversed), renderJson(report));
  });

  it('starts with what says how to read it', () => {
    assert.deepEqual(Object.keys(JSON.parse(renderJson(sampleReport())) as object), [
      'schemaVersion',
      'kind',
      'tool',
      'image',
      'os',
      'content',
      'files',
      'executables',
      'packages',
      'findings',
      'hiddenFindings',
      'covered',
      'unknowns',
      'advisories',
      'evidence',
    ]);
  });

  it('keeps a label named __proto__', () => {
    const { image } = sampleReport();
    const labels = JSON.parse('{"__proto__": "x"}') as Record<string, string>;
    const config = { env: [], entrypoint: [], cmd: [], exposedPorts: [], labels };
    const text = renderJson(sampleReport({ image: { ...image, config } }));
    assert.match(text, /"__proto__": "x"/);
  });

  it('is an array for several platforms', () => {
    const reports: unknown = JSON.parse(renderJsonList([sampleReport(), sampleReport({ files: 1 })]));
    assert.ok(Array.isArray(reports));
    assert.deepEqual(
      reports.map((report) => reportSchema.parse(report).files),
      [1234, 1],
    );
  });
});

function reverseMembers(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(reverseMembers);
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  const members = Object.entries(value).toReversed();
  return Object.fromEntries(members.map(([name, member]) => [name, reverseMembers(member)]));
}
