import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { digestOf } from '#base/digest.ts';
import { isSbomMismatch, type SbomMismatch } from '#model/finding.ts';
import type { Report } from '#model/report.ts';
import { evidence } from '../evidence.ts';
import { writeOciLayout } from '../fixtures/oci-layout.ts';
import { type Outcome, temporaryHome } from '../fixtures/plimsoll.ts';
import { type MemberInput, tarOf } from '../fixtures/tar-archive.ts';
import { data, missing } from '../prerequisites.ts';
import { reportValidator } from '../schemas.ts';

evidence(
  'scan/declared',
  'real tool',
  'Alpine 3.20.3 as published, with documents that were signed before it was changed',
);

const skip = missing('shared-data');

const home = temporaryHome();
const folder = mkdtempSync(join(tmpdir(), 'plimsoll-declared-'));
const at = (name: string): string => join(folder, name);
const env = { PLIMSOLL_KEY_PASSPHRASE: 'planted passphrase 5c1a' };

const FIXTURES = resolve(import.meta.dirname, '../fixtures/sbom');
const LODASH = 'srv/node_modules/lodash/package.json';
const MARKED = 'srv/node_modules/marked/package.json';
const LIBRARY = 'lib/libz.so.1.3.1';
const TRUST = `
apiVersion: plimsoll.dev/v1
kind: Trust
metadata: { name: declared }
signers:
  release: { key: { file: release.pub, transparency: none } }
rules:
  - name: all
    repositories: ['**', local]
    platforms: each
    require:
      - attestation: { predicateType: spdx, signers: [release] }
`;

const npm = (name: string, version: string): string => JSON.stringify({ name, version });
const lodash: MemberInput = { name: LODASH, content: npm('lodash', '4.17.21') };

before(async () => {
  if (skip === false) {
    await writeImage('original', [lodash]);
    assert.equal((await plimsoll('key', 'generate', '--output-prefix', at('release'))).code, 0);
    writeFileSync(at('trust.yaml'), TRUST);
  }
});
after(() => {
  home.remove();
  rmSync(folder, { recursive: true, force: true });
});

/** Alpine as it is published, and these files above it. */
async function writeImage(name: string, ...layers: readonly (readonly MemberInput[])[]): Promise<void> {
  const base = gunzipSync(readFileSync(data('rootfs/alpine-3.20.3-x86_64.tar.gz')));
  await writeLayers(name, base, ...layers.map(tarOf));
}

async function writeLayers(name: string, ...tars: readonly Buffer[]): Promise<void> {
  const layers = tars.map((tar) => ({ tar }));
  await writeOciLayout(at(name), {
    images: [{ platform: { os: 'linux', architecture: 'amd64' }, layers }],
    tag: '1.0',
  });
}

const reference = (name: string): string => `oci:${at(name)}:1.0`;

async function plimsoll(...args: readonly string[]): Promise<Outcome> {
  return await home.plimsoll(args, env);
}

async function scan(name: string, ...more: readonly string[]): Promise<Report> {
  const { out, err } = await plimsoll('scan', reference(name), '-o', 'json', ...more);
  assert.notEqual(out, '', err);
  const report = JSON.parse(out) as Report;
  const validate = reportValidator();
  assert.ok(validate(report), JSON.stringify(validate.errors));
  return report;
}

/** A document of the original image. */
async function write(format: string): Promise<string> {
  const file = at(`${format}.json`);
  const { code, err } = await plimsoll('sbom', '--files', '-o', `${format}=${file}`, reference('original'));
  assert.equal(code, 0, err);
  return file;
}

async function attest(name: string, file: string, type: string): Promise<void> {
  const args = ['attest', reference(name), '--key', at('release.key'), '--predicate', file, '--type', type];
  const { code, err } = await plimsoll(...args);
  assert.equal(code, 0, err);
}

function mismatches(report: Report): readonly SbomMismatch[] {
  return report.findings.filter(isSbomMismatch);
}

/** The advisories of the shared data are old. */
const GATE = ['--allow-unknown', 'old advisories', '--fail-on'] as const;

/** What differs, and in what. */
const names = (report: Report): readonly string[] =>
  mismatches(report)
    .map(({ difference, package: { name } }) => `${difference} ${name}`)
    .toSorted();

const SWAPPED = Buffer.concat([Buffer.from('\x7fELF'), Buffer.alloc(200, 7)]);
const CHANGED: readonly MemberInput[] = [
  { name: LIBRARY, content: SWAPPED },
  { name: MARKED, content: npm('marked', '4.0.10') },
];
const EXPECTED = [`hash /${LIBRARY}`, 'undeclared marked'];

describe('a signed document', { skip }, () => {
  it('of the very image agrees; a swapped library and an added package are seen in another under it', async () => {
    const file = await write('spdx');
    await writeImage('changed', [lodash], CHANGED);
    await attest('original', file, 'spdx');
    await attest('changed', file, 'spdx');
    const same = await scan('original', '--trust', at('trust.yaml'));
    assert.deepEqual(mismatches(same), []);
    const [declaration, ...more] = same.declarations ?? [];
    assert.deepEqual(more, []);
    assert.deepEqual([declaration?.scope, declaration?.trusted, declaration?.mismatches], ['image', true, 0]);
    assert.ok((declaration?.compared ?? 0) >= 15 && (declaration?.comparedFiles ?? 0) >= 10);
    const report = await scan('changed', '--trust', at('trust.yaml'), '--fail-on', 'critical');
    assert.deepEqual(names(report), EXPECTED);
    const [hash, added] = mismatches(report).toSorted((a, b) => (a.difference < b.difference ? -1 : 1));
    assert.match(hash?.declared ?? '', /^sha256:[0-9a-f]{64}$/);
    assert.equal(hash?.found, digestOf(SWAPPED));
    assert.deepEqual(hash?.locations, [{ path: `/${LIBRARY}`, layer: report.image.layers[2]?.diffId }]);
    assert.deepEqual([added?.package.purl, added?.layer], ['pkg:npm/marked@4.0.10', hash?.layer]);
    assert.ok(mismatches(report).every(({ severity }) => severity === 'unknown'));
    assert.equal(report.gate?.outcome, 'refused');
  });

  it('that nobody is trusted to sign is compared too, and does not count as much', async () => {
    const file = await write('cyclonedx');
    await writeImage('untrusted', [lodash], CHANGED);
    await attest('untrusted', file, 'cyclonedx');
    const { code, out } = await plimsoll('scan', reference('untrusted'), '--evidence', ...GATE, 'critical');
    assert.equal(code, 0, out);
    assert.match(out, /^DECLARED by 1 SBOM document: 2 SBOM mismatches$/m);
    assert.match(out, /CycloneDX 1\.6 attestation, not trusted; 15 packages and 21 files compared$/m);
    assert.match(out, /undeclared {2}marked 4\.0\.10\n/);
    assert.match(out, /content +\/lib\/libz\.so\.1\.3\.1\n/);
    assert.match(out, /2\s+mismatches\s+with\s+what\s+SBOM\s+documents\s+declare\./);
    const low = await plimsoll('scan', reference('untrusted'), '--evidence', ...GATE, 'any', '-o', 'sarif');
    assert.equal(low.code, 1);
    const log = JSON.parse(low.out) as { runs: { results: { ruleId: string }[] }[] };
    const rules = log.runs.flatMap(({ results }) => results.map(({ ruleId }) => ruleId));
    assert.deepEqual(rules.filter((id) => id.startsWith('sbom-mismatch/')).toSorted(), [
      'sbom-mismatch/hash',
      'sbom-mismatch/undeclared',
    ]);
  });
});

describe('what attest --scan states', { skip }, () => {
  it('agrees with the image, programs among it, in both formats', async () => {
    await writeImage('stated', [lodash]);
    const args = ['attest', reference('stated'), '--key', at('release.key'), '--scan', '--files'];
    const { code, err } = await plimsoll(...args, '--only', 'spdx,cyclonedx');
    assert.equal(code, 0, err);
    const report = await scan('stated', '--trust', at('trust.yaml'));
    assert.deepEqual(names(report), []);
    assert.deepEqual(
      report.declarations?.map(({ trusted, comparedFiles, mismatches: count }) => [trusted, comparedFiles, count]),
      [
        [true, 21, 0],
        [true, 21, 0],
      ],
    );
  });
});

describe('documents of other tools', { skip }, () => {
  /** With places for their digests, the documents fit the image that they were made of, less what was left out of them. */
  const DOCUMENTS = [
    ['syft-1.27.1.spdx.json', 'spdx', 1],
    ['syft-1.27.1.cdx.json', 'cyclonedx', 1],
    ['trivy-0.57.1.spdx.json', 'spdx', 0],
    ['trivy-0.57.1.cdx.json', 'cyclonedx', 0],
  ] as const;
  const PACKAGES = ['busybox', 'libcrypto1.1', 'musl', 'ssl_client'];

  it('agree with their image, and with nothing else', async () => {
    const base = gunzipSync(readFileSync(data('rootfs/alpine-3.10.9-x86_64.tar.gz')));
    const upper: readonly MemberInput[] = [
      { name: 'lib/apk/db/installed', content: stanzasOf(base, PACKAGES) },
      { name: LODASH, content: npm('lodash', '4.17.4') },
      { name: 'srv/node_modules/@hapi/hoek/package.json', content: npm('@hapi/hoek', '8.5.0') },
      {
        name: 'usr/lib/python3.7/site-packages/requests-2.19.0.dist-info/METADATA',
        content: 'Metadata-Version: 2.1\nName: requests\nVersion: 2.19.0\n\n',
      },
    ];
    await writeLayers('tools', base, tarOf(upper));
    await writeLayers(
      'tools-changed',
      base,
      tarOf(upper),
      tarOf([
        { name: 'bin/busybox', content: SWAPPED },
        { name: LODASH, content: npm('lodash', '4.17.21') },
        { name: MARKED, content: npm('marked', '4.0.10') },
        { name: 'srv/node_modules/@hapi/hoek/.wh.package.json' },
        { name: 'lib/apk/db/installed', content: stanzasOf(base, ['busybox', 'musl', 'ssl_client', 'zlib']) },
      ]),
    );
    for (const [file, type] of DOCUMENTS) {
      await attest('tools', resolve(FIXTURES, file), type);
      await attest('tools-changed', resolve(FIXTURES, file), type);
    }
    const same = await scan('tools', '--evidence');
    assert.deepEqual(names(same), []);
    const compared = (same.declarations ?? []).map((one) => `${one.scope} ${one.compared} ${one.comparedFiles}`);
    assert.deepEqual(compared.toSorted(), ['image 7 0', 'image 7 0', 'image 7 1', 'image 7 1']);
    const changed = await scan('tools-changed', '--evidence');
    for (const [index, { document }] of (changed.declarations ?? []).entries()) {
      const different = mismatches(changed)
        .filter((mismatch) => mismatch.document === index)
        .map(({ difference, package: { name }, declared, found }) => [difference, name, declared, found].join(' '));
      const tool = document.tools.join(' ');
      const isSyft = tool.includes('syft');
      assert.deepEqual(
        different.map((text) => text.replaceAll(/ sha256:\S+/g, '')),
        [
          'absent libcrypto1.1 1.1.1k-r0 ',
          'undeclared zlib  1.2.11-r1',
          // Trivy's SPDX does not say where a package is, so that it cannot be told that one is missing.
          ...(isSyft || document.format === 'cyclonedx' ? ['absent @hapi/hoek 8.5.0 '] : []),
          'version lodash 4.17.4 4.17.21',
          'undeclared marked  4.0.10',
          ...(isSyft ? ['hash /bin/busybox'] : []),
        ],
        `${tool} ${document.format}`,
      );
    }
  });
});

/** Of a published database these packages. */
function stanzasOf(rootfs: Uint8Array, packages: readonly string[]): string {
  const text = Buffer.from(rootfs).toString('latin1');
  return packages
    .map((name) => {
      const [stanza = ''] = new RegExp(`C:Q1[^\\n]*\\nP:${name.replaceAll('.', '\\.')}\\n[^]*?\\n\\n`).exec(text) ?? [];
      assert.notEqual(stanza, '', name);
      return stanza;
    })
    .join('');
}

describe('a document in the image', { skip }, () => {
  it('declares what it lists; what it cannot know of is no mismatch, and one that cannot be read is not known', async () => {
    const zlib = { type: 'library', name: 'zlib', version: '1.3.1-r1', purl: 'pkg:apk/alpine/zlib@1.3.1-r1' };
    const gone = { type: 'library', name: 'gone', version: '1', purl: 'pkg:apk/alpine/gone@1' };
    const bom = { bomFormat: 'CycloneDX', specVersion: '1.6', components: [zlib, gone] };
    await writeImage('embedded', [
      { name: 'usr/share/sbom/app.cdx.json', content: JSON.stringify(bom) },
      { name: 'usr/share/sbom/broken.spdx.json', content: '{' },
    ]);
    for (const once of ['read', 'cached']) {
      const report = await scan('embedded');
      assert.equal(report.content, once);
      assert.deepEqual(names(report), ['absent gone']);
      assert.deepEqual(
        report.declarations?.map(({ from, path, scope, compared }) => [from, path, scope, compared]),
        [['file', '/usr/share/sbom/app.cdx.json', 'part', 2]],
      );
      assert.deepEqual(
        report.unknowns.flatMap(({ kind, path }) => (kind === 'unreadable' ? [path] : [])),
        ['/usr/share/sbom/broken.spdx.json'],
      );
    }
    assert.equal((await scan('original')).declarations, undefined);
  });
});
