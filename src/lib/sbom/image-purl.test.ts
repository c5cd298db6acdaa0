import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import type { Digest } from '#base/digest.ts';
import { digestOf } from '#base/digest.ts';
import type { ReportImage } from '#model/report.ts';
import { evidence } from '#test/evidence.ts';
import { data, missing } from '#test/prerequisites.ts';
import { sampleReport } from '#test/samples/report.ts';
import { imagePurl } from './image-purl.ts';

evidence('sbom/image-purl', 'published', 'build tests of purl type oci');

function image(changes: Partial<ReportImage>): ReportImage {
  return { ...sampleReport().image, source: 'registry', platform: null, ...changes };
}

interface PurlTest {
  readonly test_type: string;
  readonly input: { readonly version: string; readonly qualifiers: Readonly<Record<string, string>> };
  readonly expected_output: string;
}

describe('the purl of an image', () => {
  it('is what the purl specification builds', { skip: missing('shared-data') }, () => {
    const file = JSON.parse(readFileSync(data('spec/purl/tests/types/oci-test.json'), 'utf8')) as { tests: PurlTest[] };
    const builds = file.tests.filter((each) => each.test_type === 'build' && 'repository_url' in each.input.qualifiers);
    assert.ok(builds.length >= 3, `only ${builds.length} tests`);
    for (const { input, expected_output: expected } of builds) {
      const { repository_url: repository = '', tag = '', arch } = input.qualifiers;
      const built = imagePurl(
        image({
          reference: `${repository}:${tag}`,
          // Shortened in the published tests.
          digest: input.version as Digest,
          platform: arch === undefined ? null : `linux/${arch}`,
        }),
      );
      assert.equal(built, expected);
    }
  });

  const digest = digestOf('manifest');
  const cases: readonly (readonly [what: string, changes: Partial<ReportImage>, purl: string | null])[] = [
    ['no manifest', { digest: null }, null],
    ['a folder on disk', { source: 'oci', reference: 'oci:build/app:1.0' }, null],
    [
      'a port and no tag',
      { reference: 'localhost:5000/team/app' },
      `pkg:oci/app@${digest}?repository_url=localhost:5000%2Fteam%2Fapp`,
    ],
    [
      'tag and digest',
      { reference: `ghcr.io/team/app:v1@${digest}` },
      `pkg:oci/app@${digest}?repository_url=ghcr.io%2Fteam%2Fapp&tag=v1`,
    ],
    ['a short name', { reference: 'Alpine' }, `pkg:oci/alpine@${digest}`],
    ['nothing', { reference: '' }, null],
  ];
  for (const [what, changes, purl] of cases) {
    it(`with ${what}`, () => {
      assert.equal(imagePurl(image(changes)), purl);
    });
  }
});
