import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { digestOf } from '#base/digest.ts';
import { exceptionsByFinding } from '#model/exception.ts';
import { type EndOfLife, isVulnerability } from '#model/finding.ts';
import { sampleMismatch } from '#test/samples/declared.ts';
import { sampleReport } from '#test/samples/report.ts';
import { type AppliedVex, applyVex, type GivenVex } from './apply.ts';
import { readVex } from './read.ts';

const NOW = Date.parse('2026-08-21T12:00:00Z');
const { packages, findings: all } = sampleReport();
const findings = all.filter(isVulnerability);
const manifest = digestOf('manifest');
const image = { repository: 'registry.example/app', digests: [manifest], platform: 'linux/amd64' };
const [first] = findings;
assert.ok(first !== undefined);

function document(statements: readonly object[], name = 'vex.json'): GivenVex {
  const bytes = Buffer.from(
    JSON.stringify({
      '@context': 'https://openvex.dev/ns/v0.2.0',
      '@id': `urn:${name}`,
      author: 'security',
      timestamp: '2026-08-01T00:00:00Z',
      version: 1,
      statements,
    }),
  );
  return { document: readVex(bytes, name), from: { kind: 'file', name, digest: digestOf(bytes) } };
}

const statement = (more: object = {}): object => ({
  vulnerability: { name: first.id },
  products: [{ '@id': `pkg:oci/app@${manifest}` }],
  status: 'not_affected',
  justification: 'vulnerable_code_not_present',
  ...more,
});

const applied = (documents: readonly GivenVex[]): AppliedVex =>
  applyVex(documents, { image, packages, findings: all }, NOW);
const apply = (...statements: readonly object[]): AppliedVex => applied([document(statements)]);

test('what is not affected or fixed is excepted, and says why and by whom', () => {
  const given = document([statement({ products: [{ '@id': first.package.purl }] })]);
  const { exceptions, idle } = applied([given]);
  assert.deepEqual(exceptions, [
    {
      finding: first.id,
      package: first.package.purl,
      status: 'not_affected',
      justification: 'vulnerable_code_not_present',
      explanation: null,
      author: 'security',
      document: 'urn:vex.json',
      from: given.from,
      since: '2026-08-01T00:00:00.000Z',
      expires: null,
    },
  ]);
  assert.equal(idle.size, 0);
  assert.deepEqual(
    findings.filter((finding) => exceptionsByFinding(exceptions)(finding) !== null),
    findings.filter(({ id, package: found }) => id === first.id && found.purl === first.package.purl),
  );
  assert.ok(apply(statement({ status: 'fixed' })).exceptions.length > 0);
});

test('an alias names it as well', () => {
  const aliased = findings.find(({ aliases }) => aliases.length > 0);
  assert.ok(aliased !== undefined);
  const { exceptions } = apply(statement({ vulnerability: { name: aliased.aliases[0] } }));
  assert.ok(exceptions.some(({ finding }) => finding === aliased.id));
});

test('what changes nothing, and what is said of it', () => {
  const cases: readonly (readonly [string, readonly object[], RegExp | null])[] = [
    ['affected', [statement({ status: 'affected', action_statement: 'update' })], null],
    ['under investigation', [statement({ status: 'under_investigation' })], null],
    [
      'another image',
      [statement({ products: [{ '@id': `pkg:oci/app@${digestOf('another')}` }] })],
      /a product that is this image/,
    ],
    ['a name alone', [statement({ products: [{ '@id': 'pkg:oci/app' }] })], /found "pkg:oci\/app"/],
    ['no product', [statement({ products: [] })], /found none/],
    ['another package', [statement({ products: [{ '@id': 'pkg:apk/alpine/zlib' }] })], /not found in this image/],
    ['another vulnerability', [statement({ vulnerability: { name: 'CVE-1999-1' } })], /not found in this image/],
    ['tomorrow', [statement({ timestamp: '2026-08-22T00:00:00Z' })], /still to come/],
    [
      'a newer word against it',
      [statement(), statement({ status: 'under_investigation', timestamp: '2026-08-02T00:00:00Z' })],
      /another statement about it counts/,
    ],
    [
      'a word against it at the same time',
      [statement(), statement({ status: 'under_investigation' })],
      /another statement/,
    ],
  ];
  for (const [name, statements, said] of cases) {
    const { exceptions, idle } = apply(...statements);
    assert.deepEqual(exceptions, [], name);
    const reasons = [...idle.values()].join('\n');
    assert.ok(said === null ? reasons === '' : said.test(reasons), `${name}: ${reasons}`);
  }
});

test('a statement about parts of the image is about these parts alone', () => {
  const purlsOf = (subcomponents: readonly object[]): readonly string[] =>
    apply(statement({ products: [{ '@id': manifest, subcomponents }] })).exceptions.map((one) => one.package);
  const own = findings.filter(({ id }) => id === first.id).map((one) => one.package.purl);
  assert.deepEqual(purlsOf([]), own);
  assert.deepEqual(purlsOf([{ '@id': first.package.purl }]), [first.package.purl]);
  assert.deepEqual(purlsOf([{ '@id': 'pkg:npm/another' }]), []);
  assert.deepEqual(purlsOf([{ '@id': 'urn:nothing' }]), [], 'nothing that it names can be told: not everything');
});

test('a part of a package is passed over: which part has what was found is not known', () => {
  const products = [{ '@id': first.package.purl, subcomponents: [{ '@id': first.package.purl }] }];
  const { exceptions, idle } = apply(statement({ products }));
  assert.deepEqual(exceptions, []);
  assert.match([...idle.values()].join(), /expected a product that is this image or a package in it/);
});

test('a statement that names no product is about the subject of its attestation, and in a file about nothing', () => {
  const { document: said } = document([statement({ products: [] })]);
  const from = { kind: 'attestation', name: digestOf('attachment'), digest: digestOf('blob') } as const;
  const { exceptions } = applied([{ document: said, from }]);
  assert.ok(exceptions.length > 0 && exceptions.every((one) => one.finding === first.id && one.from === from));
  assert.deepEqual(applied([{ document: { ...said, format: 'cyclonedx' }, from }]).exceptions, []);
});

test('a range that cannot be compared excepts nothing and says so; one that takes back counts', () => {
  const versions = { kind: 'range', range: 'vers:nothing/<9' } as const;
  const from = { kind: 'file', name: 'a', digest: digestOf('a') } as const;
  const said = (status: 'fixed' | 'affected', timestamp: number, range: boolean): GivenVex => {
    const { document: whole } = document([statement({ products: [{ '@id': first.package.purl }] })]);
    const statements = whole.statements.map((one) => ({
      ...one,
      status,
      timestamp,
      products: one.products.map((product) => (range ? { ...product, versions } : product)),
    }));
    return { document: { ...whole, statements }, from };
  };
  const { exceptions, idle } = applied([said('fixed', 1, true)]);
  assert.deepEqual(exceptions, []);
  assert.match([...idle.values()].join(), /expected a range of the versions of .* packages, found "vers:nothing/);
  assert.ok(applied([said('fixed', 1, false)]).exceptions.length > 0);
  assert.deepEqual(applied([said('fixed', 1, false), said('affected', 2, true)]).exceptions, []);
});

test('what is past its end of life, and what is declared otherwise, is never excepted', () => {
  const names = ['end-of-life/debian-9', 'sbom-mismatch/absent'];
  const mismatch = sampleMismatch('absent');
  const ended: EndOfLife = {
    kind: 'end-of-life',
    id: 'end-of-life/debian-9',
    severity: 'unknown',
    package: mismatch.package,
    locations: [],
    layer: null,
    title: 'Debian 9 is past its end of life',
    lifecycle: {
      product: 'debian',
      release: '9',
      codename: null,
      released: null,
      endOfLife: '2020-07-06',
      extendedUntil: null,
      ended: true,
      latest: null,
    },
  };
  const given = document(names.map((name) => statement({ vulnerability: { name } })));
  const { exceptions } = applyVex([given], { image, packages, findings: [mismatch, ended] }, NOW);
  assert.deepEqual(exceptions, []);
});

test('of several statements the newest counts, whatever document it is in', () => {
  const older = document([statement({ status: 'under_investigation', timestamp: '2026-07-01T00:00:00Z' })], 'old.json');
  const newer = document([statement({ status: 'fixed', timestamp: '2026-08-10T00:00:00Z' })], 'new.json');
  const { exceptions } = applied([older, newer]);
  assert.ok(exceptions.length > 0 && exceptions.every(({ document: id }) => id === 'urn:new.json'));
});

test('documents of any statements except only findings that there are, and only by statements that except', () => {
  const status = fc.constantFrom('not_affected', 'fixed', 'under_investigation');
  const id = fc.constantFrom(...findings.flatMap((one) => [one.id, ...one.aliases]), 'CVE-1999-1');
  const product = fc.constantFrom(manifest, 'pkg:oci/app', ...findings.map((one) => one.package.purl), 'pkg:npm/x');
  const time = fc.constantFrom('2026-07-01T00:00:00Z', '2026-08-01T00:00:00Z', '2027-01-01T00:00:00Z');
  const any = fc.record({ status, id, product, time }).map((one) =>
    statement({
      status: one.status,
      vulnerability: { name: one.id },
      products: [{ '@id': one.product }],
      timestamp: one.time,
    }),
  );
  fc.assert(
    fc.property(fc.array(any, { minLength: 1, maxLength: 6 }), (statements) => {
      const { exceptions } = apply(...statements);
      for (const one of exceptions) {
        assert.ok(findings.some((finding) => exceptionsByFinding([one])(finding) === one));
        assert.ok(one.since !== null && Date.parse(one.since) <= NOW);
      }
      // What is investigated now takes back all that was said before.
      const investigated = statement({ status: 'under_investigation', timestamp: '2026-08-20T00:00:00Z' });
      const left = apply(...statements, investigated).exceptions;
      assert.ok(left.every(({ finding }) => finding !== first.id));
    }),
  );
});
