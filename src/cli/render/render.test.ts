import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sbomWriters } from '#lib/sbom/index.ts';
import { sampleReport } from '#test/samples/report.ts';
import { createStyle, FORMATS, RenderError, render, SBOM_FORMATS } from './index.ts';

const options = { width: 80, style: createStyle(false), now: Date.parse('2026-08-21T12:00:00Z'), list: false };
const report = sampleReport();
const arm = sampleReport({ image: { ...report.image, platform: 'linux/arm64' } });

describe('the formats', () => {
  it('hold every SBOM document that can be written', () => {
    assert.deepEqual(SBOM_FORMATS, Object.keys(sbomWriters));
  });

  it('all end with a line feed', async () => {
    for (const format of FORMATS) {
      assert.ok((await render(format, [report], options)).endsWith('\n'), format);
    }
  });

  it('show several platforms each in their own way', async () => {
    const table = await render('table', [report, arm], options);
    assert.equal(table.split(`\n${'─'.repeat(80)}\n\n`).length, 2);
    const json = JSON.parse(await render('json', [report, arm], { ...options, list: true })) as readonly unknown[];
    assert.equal(json.length, 2);
    // Who asks for all platforms can rely on a list, also of one.
    assert.ok(Array.isArray(JSON.parse(await render('json', [report], { ...options, list: true }))));
    assert.ok(!Array.isArray(JSON.parse(await render('json', [report], options))));
    const sarif = JSON.parse(await render('sarif', [report, arm], options)) as { readonly runs: readonly unknown[] };
    assert.equal(sarif.runs.length, 2);
  });

  it('refuse several platforms where one document holds one image', async () => {
    for (const format of SBOM_FORMATS) {
      await assert.rejects(
        render(format, [report, arm], options),
        (error) => error instanceof RenderError && error.code === 'FORMAT_HOLDS_ONE_IMAGE',
      );
    }
  });

  it('put the given time into an SBOM', async () => {
    for (const format of SBOM_FORMATS) {
      assert.match(await render(format, [report], options), /"(timestamp|created)": "2026-08-21T12:00:00/);
    }
  });
});
