import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { digestOf } from '#base/digest.ts';
import { parseVex } from '#lib/trust/index.ts';
import { isVulnerability } from '#model/finding.ts';
import { sampleReport } from '#test/samples/report.ts';
import { applyExceptions, type ExceptionDocument, isExcepted } from './exceptions.ts';

const NOW = Date.parse('2026-08-21T12:00:00Z');
const findings = sampleReport().findings.filter(isVulnerability);
const manifest = digestOf('manifest');
const image = { repository: 'registry.example/app', digests: [manifest], platform: 'linux/amd64' };
const [first] = findings;
assert.ok(first !== undefined);

function document(statements: readonly object[], name = 'vex.json'): ExceptionDocument {
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
  return { name, digest: digestOf(bytes), vex: parseVex({ name, bytes }) };
}

const statement = (more: object = {}): object => ({
  vulnerability: { name: first.id },
  products: [{ '@id': `pkg:oci/app@${manifest}` }],
  status: 'not_affected',
  justification: 'vulnerable_code_not_present',
  ...more,
});

const apply = (...statements: readonly object[]): ReturnType<typeof applyExceptions> =>
  applyExceptions(findings, [document(statements)], image, NOW);

test('what is not affected or fixed is excepted, and says why and by whom', () => {
  const { exceptions, idle } = apply(statement({ products: [{ '@id': first.package.purl }] }));
  assert.deepEqual(exceptions, [
    {
      finding: first.id,
      package: first.package.purl,
      status: 'not_affected',
      justification: 'vulnerable_code_not_present',
      explanation: null,
      author: 'security',
      document: 'urn:vex.json',
      since: '2026-08-01T00:00:00.000Z',
      expires: null,
    },
  ]);
  assert.equal(idle.size, 0);
  assert.deepEqual(
    findings.filter((finding) => isExcepted(finding, exceptions)),
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

test('of several statements the newest counts, whatever document it is in', () => {
  const older = document([statement({ status: 'under_investigation', timestamp: '2026-07-01T00:00:00Z' })], 'old.json');
  const newer = document([statement({ status: 'fixed', timestamp: '2026-08-10T00:00:00Z' })], 'new.json');
  const { exceptions } = applyExceptions(findings, [older, newer], image, NOW);
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
        assert.ok(findings.some((finding) => isExcepted(finding, [one])));
        assert.ok(one.since !== null && Date.parse(one.since) <= NOW);
      }
      // What is investigated now takes back all that was said before.
      const investigated = statement({ status: 'under_investigation', timestamp: '2026-08-20T00:00:00Z' });
      const left = apply(...statements, investigated).exceptions;
      assert.ok(left.every(({ finding }) => finding !== first.id));
    }),
  );
});
