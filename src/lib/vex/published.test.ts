import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { digestOf } from '#base/digest.ts';
import { isVulnerability } from '#model/finding.ts';
import { data, missing } from '#test/prerequisites.ts';
import { sampleReport } from '#test/samples/report.ts';
import { applyVex, type GivenVex } from './apply.ts';
import { readVex } from './read.ts';

const NOW = Date.parse('2026-08-21T12:00:00Z');

function given(path: string): GivenVex {
  const bytes = readFileSync(data(path));
  return { document: readVex(bytes, path), from: { kind: 'file', name: path, digest: digestOf(bytes) } };
}

/** Which of these packages of an image have a vulnerability that the document excepts. */
function excepted(document: GivenVex, repository: string, id: string, purls: readonly string[]): readonly string[] {
  const [template] = sampleReport().findings.filter(isVulnerability);
  assert.ok(template !== undefined);
  const findings = purls.map((purl) => ({ ...template, id, aliases: [], package: { purl, name: 'a', version: '1' } }));
  const image = { repository, digests: [digestOf('image')], platform: 'linux/amd64' };
  return applyVex([document], { image, packages: [], findings }, NOW).exceptions.map((one) => one.package);
}

test("Trivy's document about its own images is about these, and the parts that it names", {
  skip: missing('shared-data'),
}, () => {
  const document = given('openvex/aquasecurity-trivy-oci.openvex.json');
  const busybox = 'pkg:apk/alpine/busybox@1.36.1-r28?arch=x86_64&distro=alpine-3.20.0';
  const others = ['pkg:apk/alpine/musl@1.2.5-r0', 'pkg:apk/wolfi/busybox@1.36.1-r28'];
  const [id = ''] = document.document.statements.map(({ vulnerability }) => vulnerability);
  for (const repository of [
    'docker.io/aquasec/trivy',
    'ghcr.io/aquasecurity/trivy',
    'public.ecr.aws/aquasecurity/trivy',
  ]) {
    assert.deepEqual(excepted(document, repository, id, [busybox, ...others]), [busybox], repository);
  }
  for (const repository of ['docker.io/aquasec/other', 'docker.io/library/trivy', 'registry.example/aquasec/trivy']) {
    assert.deepEqual(excepted(document, repository, id, [busybox, ...others]), [], repository);
  }
  assert.deepEqual(excepted(document, 'ghcr.io/aquasecurity/trivy', 'CVE-1999-0001', [busybox]), []);
});

test('what a document says of parts of a package is about no package by itself', {
  skip: missing('shared-data'),
}, () => {
  const document = given('openvex/aquasecurity-trivy.openvex.json');
  const parts = document.document.statements.flatMap(({ vulnerability, products }) =>
    products.flatMap(({ subcomponents }) =>
      subcomponents.flatMap(({ ids }) => ids.map((purl) => ({ vulnerability, purl }))),
    ),
  );
  assert.ok(parts.length >= 21);
  for (const { vulnerability, purl } of parts) {
    assert.deepEqual(excepted(document, 'docker.io/aquasec/trivy', vulnerability, [purl, `${purl}@v1.0.0`]), []);
  }
});
