import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { digestOf } from '#base/digest.ts';
import { isVulnerability, type Vulnerability } from '#model/finding.ts';
import type { Package } from '#model/package.ts';
import { evidence } from '#test/evidence.ts';
import { data, missing } from '#test/prerequisites.ts';
import { sampleReport } from '#test/samples/report.ts';
import { applyVex } from './apply.ts';
import { readVex } from './read.ts';

evidence('vex/node', 'published', "Node.js' own VEX document, on a generated inventory, beside another evaluator");

/** As much of the document as decides, read without the product's reader. */
interface Published {
  readonly timestamp: string;
  readonly statements: readonly {
    readonly vulnerability: { readonly name: string };
    readonly products: readonly { readonly '@id': string }[];
    readonly status: string;
  }[];
}

const NOW = Date.parse('2026-08-21T12:00:00Z');
const [template] = sampleReport().findings.filter(isVulnerability);
const [anyPackage] = sampleReport().packages;

function findingOf(id: string, { purl, name, version }: Package): Vulnerability {
  assert.ok(template !== undefined);
  return { ...template, id, aliases: [], package: { purl, name, version } };
}

function packageOf(purl: string, cpe?: string): Package {
  assert.ok(anyPackage !== undefined);
  const version = purl.split('@')[1]?.replace(/^v/, '') ?? '';
  return { ...anyPackage, type: 'generic', purl, name: 'node', version, ...(cpe === undefined ? {} : { cpe }) };
}

/** The version after it, and its neighbours in major and minor. */
function neighbours(version: string): readonly string[] {
  const [major = 0, minor = 0, patch = 0] = version.replace(/^v/, '').split('.').map(Number);
  return [
    [major, minor, patch + 1],
    [major, minor, Math.max(0, patch - 1)],
    [major, minor + 1, patch],
    [major + 1, minor, patch],
  ].map((parts) => `v${parts.join('.')}`);
}

test('Node.js suppresses what its document names, and nothing else', { skip: missing('shared-data') }, (t) => {
  const path = data('openvex/nodejs-node.openvex.json');
  const bytes = readFileSync(path);
  const published = JSON.parse(bytes.toString('utf8')) as Published;
  const named = published.statements.flatMap(({ products }) => products.map((product) => product['@id']));
  const versions = [...new Set(named.flatMap((id) => id.split('@')[1] ?? []))];
  const nearby = [...new Set([...versions, ...versions.flatMap(neighbours)])];
  const cpe = (version: string): string => `cpe:2.3:a:nodejs:node.js:${version.slice(1)}:*:*:*:*:*:*:*`;
  const packages = [
    ...nearby.map((version) => packageOf(`pkg:nodejs/node@${version}`)),
    ...nearby.slice(0, 40).map((version) => packageOf(`pkg:nodejs/node@${version}?os=linux`)),
    // What this scanner finds: the program, told by its content.
    ...nearby.map((version) => packageOf(`pkg:generic/node@${version.slice(1)}`, cpe(version))),
    // Other things of such a name.
    ...versions
      .slice(0, 40)
      .flatMap((version) =>
        ['pkg:npm/node@', 'pkg:nodejs/nodes@', 'pkg:nodejs/x/node@', 'pkg:generic/node@', 'pkg:deb/debian/nodejs@'].map(
          (start) => packageOf(`${start}${version}?other=yes`),
        ),
      ),
  ];
  const ids = [...new Set(published.statements.map(({ vulnerability }) => vulnerability.name)), 'CVE-1999-0001'];
  const findings = packages.flatMap((item) => ids.map((id) => findingOf(id, item)));
  const document = readVex(bytes, 'node.json');
  const image = { repository: null, digests: [digestOf('image')], platform: null };
  const given = { document, from: { kind: 'file', name: 'node.json', digest: digestOf(bytes) } } as const;
  const { exceptions } = applyVex([given], { image, packages, findings }, NOW);

  /** What it is called in the words of the document; null for what is not Node.js. */
  const wordsOf = ({ purl, version, cpe: known }: Package): string | null =>
    known === undefined ? (/^pkg:nodejs\/node@[^?]*/.exec(purl)?.[0] ?? null) : `pkg:nodejs/node@v${version}`;
  const stated = new Map(ids.map((id) => [id, published.statements.filter((one) => one.vulnerability.name === id)]));
  const expected = packages.flatMap((item) => {
    const words = wordsOf(item);
    return ids
      .filter((id) => {
        const said = (stated.get(id) ?? []).filter(({ products }) =>
          products.some(
            (product) => product['@id'] === words || (words !== null && product['@id'] === 'pkg:nodejs/node'),
          ),
        );
        return said.length > 0 && said.every(({ status }) => status === 'fixed' || status === 'not_affected');
      })
      .map((id) => `${id} ${item.purl}`);
  });
  const actual = exceptions.map((one) => `${one.finding} ${one.package}`);
  assert.deepEqual(actual, expected);

  // Both sides of every statement.
  const found = new Set(actual);
  for (const { vulnerability, products } of published.statements) {
    for (const { '@id': id } of products) {
      const one = id.includes('@') ? id : `${id}@${versions[0] ?? ''}`;
      assert.ok(found.has(`${vulnerability.name} ${one}`), `${vulnerability.name} ${id}`);
    }
    const outside = packages.filter((item) => !found.has(`${vulnerability.name} ${item.purl}`));
    assert.ok(outside.length > 0, vulnerability.name);
  }
  t.diagnostic(`${published.statements.length} statements, ${actual.length} of ${findings.length} findings excepted`);
  assert.ok(published.statements.length === 183 && actual.length >= 5000 && findings.length - actual.length >= 50_000);
});
