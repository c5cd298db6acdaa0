import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { AppError } from '#base/error.ts';
import { parseStrictJson } from '#base/json/strict.ts';
import { redhatVex } from '#test/fixtures/redhat-vex.ts';
import { data, missing } from '#test/prerequisites.ts';
import { csaf } from './index.ts';
import { partsOf } from './products.ts';
import { readCsaf } from './read.ts';
import { parseDateTime } from './strict/formats.ts';

/** What a test says of a document; the rest is as the schema wants it. */
interface Said {
  readonly tree?: Record<string, unknown>;
  readonly vulnerability?: Record<string, unknown>;
  readonly status?: string;
  readonly category?: string;
}

const NAMED = (id: string, helper?: object) => ({
  name: id,
  product_id: id,
  ...(helper === undefined ? {} : { product_identification_helper: helper }),
});

function document({ tree, vulnerability, status = 'final', category = 'csaf_security_advisory' }: Said): object {
  const tracking = {
    id: 'EXAMPLE-1',
    status,
    version: '1',
    initial_release_date: '2024-01-01T00:00:00Z',
    current_release_date: '2024-02-01T00:00:00Z',
    revision_history: [{ date: '2024-01-01T00:00:00Z', number: '1', summary: 'first' }],
  };
  const publisher = { category: 'vendor', name: 'Example', namespace: 'https://example.com' };
  return {
    document: { category, csaf_version: '2.0', publisher, title: 'Example', tracking },
    product_tree: tree ?? { full_product_names: [NAMED('A', { purl: 'pkg:npm/a@1.0.0' }), NAMED('B')] },
    vulnerabilities: [{ cve: 'CVE-2024-10001', ...vulnerability }],
  };
}

const related = (id: string, component: string, of: string) => ({
  category: 'default_component_of',
  full_product_name: NAMED(id),
  product_reference: component,
  relates_to_product_reference: of,
});

function refused(said: Said, message: RegExp): void {
  assert.throws(
    () => readCsaf(document(said), 'x.json'),
    (error) => {
      assert.ok(error instanceof AppError && error.code === 'VEX_INVALID', String(error));
      assert.match(error.message, /^x\.json: not a valid CSAF document: expected /);
      assert.match(error.message, message);
      return true;
    },
  );
}

describe('CSAF, what its schema cannot say', () => {
  test('an id that nothing has is refused, wherever it is used', () => {
    const nowhere = ['C'];
    for (const vulnerability of [
      { product_status: { fixed: nowhere } },
      { flags: [{ label: 'component_not_present', product_ids: nowhere }] },
      { remediations: [{ category: 'vendor_fix', details: 'x', product_ids: nowhere }] },
      { threats: [{ category: 'impact', details: 'x', product_ids: nowhere }] },
      {
        scores: [
          {
            products: nowhere,
            cvss_v2: { version: '2.0', vectorString: 'AV:N/AC:L/Au:N/C:N/I:N/A:C', baseScore: 7.8 },
          },
        ],
      },
    ]) {
      refused({ vulnerability }, /expected products that are defined in the product tree, found "C"$/);
    }
    refused(
      { vulnerability: { flags: [{ label: 'component_not_present', group_ids: ['G'] }] } },
      /groups that are defined, found "G"$/,
    );
    const relationships = [related('A:C', 'A', 'C')];
    refused({ tree: { full_product_names: [NAMED('A')], relationships } }, /products that are defined, found "C"$/);
  });

  test('an id that two have is refused, and the same product twice is one', () => {
    const twice = (second: object) => ({ tree: { full_product_names: [NAMED('A', { cpe: 'cpe:/a:x:y:1' }), second] } });
    refused(twice(NAMED('A', { cpe: 'cpe:/a:x:y:2' })), /product ids that are defined once, found "A"$/);
    assert.equal(readCsaf(document(twice(NAMED('A', { cpe: 'cpe:/a:x:y:1' }))), 'x').products.size, 1);
    const group = { group_id: 'G', product_ids: ['A', 'B'] };
    const full_product_names = [NAMED('A'), NAMED('B')];
    refused(
      { tree: { full_product_names, product_groups: [group, group] } },
      /groups that are defined once, found "G"$/,
    );
  });

  test('a product that is a part of itself is refused, over any number of steps', () => {
    const chain = Array.from({ length: 5000 }, (_, index) => related(`P${index + 1}`, 'A', `P${index}`));
    const tree = { full_product_names: [NAMED('A'), NAMED('P0')], relationships: chain };
    assert.equal(readCsaf(document({ tree }), 'x').products.size, 5002);
    const cycle = [...chain, related('X', 'Y', 'P5000'), related('Y', 'A', 'X')];
    refused({ tree: { ...tree, relationships: cycle } }, /no product that is a part of itself/);
    refused(
      { tree: { full_product_names: [NAMED('A')], relationships: [related('S', 'S', 'A')] } },
      /part of itself, found "S"$/,
    );
  });

  test('a product in two statuses that contradict each other is refused', () => {
    const both = (a: string, b: string) => ({ vulnerability: { product_status: { [a]: ['A'], [b]: ['A'] } } });
    refused(both('fixed', 'known_affected'), /products in one status, found "A", which is known_affected and fixed$/);
    refused(
      both('known_not_affected', 'under_investigation'),
      /found "A", which is known_not_affected and under_investigation$/,
    );
    refused(both('last_affected', 'first_fixed'), /found "A"/);
    for (const [a, b] of [
      ['first_fixed', 'fixed'],
      ['first_affected', 'last_affected'],
      ['known_affected', 'recommended'],
    ] as const) {
      assert.equal(readCsaf(document(both(a, b)), 'x').vulnerabilities.length, 1);
    }
  });

  test('a flag and a remediation for no product are refused', () => {
    refused(
      { vulnerability: { flags: [{ label: 'component_not_present' }] } },
      /the products that a flag is about, found none$/,
    );
    refused(
      { vulnerability: { remediations: [{ category: 'vendor_fix', details: 'x' }] } },
      /that a remediation is about, found none$/,
    );
  });

  test('the profile of VEX promises a status, and a reason for what is not affected', () => {
    const category = 'csaf_vex';
    refused({ category }, /a status of products in a csaf_vex, found none for "CVE-2024-10001"$/);
    refused({ category, vulnerability: { product_status: { first_fixed: ['A'] } } }, /a status of products/);
    const product_status = { known_not_affected: ['A', 'B'] };
    const flags = [{ label: 'component_not_present', product_ids: ['A'] }];
    refused(
      { category, vulnerability: { product_status, flags } },
      /why a product is not affected, found none for "B"/,
    );
    const threats = [{ category: 'impact', details: 'not used', product_ids: ['B'] }];
    assert.ok(readCsaf(document({ category, vulnerability: { product_status, flags, threats } }), 'x'));
  });

  test('a draft is nobody’s word, and another version is none', () => {
    assert.throws(() => csaf.read(document({ status: 'draft' }), { name: 'x', id: 'y' }), {
      code: 'VEX_INVALID',
      message: /found a draft$/,
    });
    const text = JSON.stringify(document({})).replace('"2.0"', '"3.0"');
    assert.throws(() => readCsaf(JSON.parse(text), 'x'), { message: /csaf_version 2\.0 or 2\.1, found none of them$/ });
  });

  test('an extension that is critical may mean anything', { skip: missing('shared-data') }, () => {
    const path = 'spec/csaf/csaf_2.1/examples/csaf/csaf_vex/2022-evd-uc-01-f-001.json';
    const value = JSON.parse(readFileSync(data(path), 'utf8')) as Record<string, unknown>;
    const $schema = 'https://example.com/extension_1.0.0.json';
    const extended = (critical: boolean) => ({
      ...value,
      x_extensions: [{ $schema, category: 'significant', critical, content: { a: 1 } }],
    });
    assert.equal(readCsaf(extended(false), 'x').csafVersion, '2.1');
    assert.throws(() => readCsaf(extended(true), 'x'), { message: /no critical extension: none is known/ });
  });

  test('products in one another that would be very many are refused', () => {
    const doubled = Array.from({ length: 40 }, (_, index) => related(`P${index + 1}`, `P${index}`, `P${index}`));
    const read = readCsaf(document({ tree: { full_product_names: [NAMED('P0')], relationships: doubled } }), 'x');
    assert.throws(() => partsOf(read.products, 'P40', 'x'), {
      code: 'VEX_INVALID',
      message: /at most 64 products in one another/,
    });
  });
});

function statements(said: Said) {
  return csaf.read(document(said), { name: 'x', id: 'y' }).statements;
}

describe('CSAF as statements', () => {
  test('each status and reason is one, with what justifies it', () => {
    const found = statements({
      tree: { full_product_names: ['A', 'B', 'C', 'D', 'E'].map((id) => NAMED(id, { purl: `pkg:npm/${id}@1` })) },
      vulnerability: {
        ids: [{ system_name: 'GitHub', text: 'GHSA-1' }],
        product_status: {
          known_not_affected: ['A', 'B'],
          fixed: ['C'],
          known_affected: ['D'],
          under_investigation: ['E'],
          recommended: ['C'],
        },
        flags: [{ label: 'vulnerable_code_not_present', product_ids: ['A'] }],
        threats: [{ category: 'impact', details: 'Never called', product_ids: ['B'] }],
        remediations: [
          { category: 'workaround', details: 'Switch it off', product_ids: ['D'] },
          { category: 'vendor_fix', details: 'Update to 2', product_ids: ['D'] },
        ],
      },
    });
    assert.deepEqual(
      found.map(({ status, justification, impactStatement, actionStatement, products }) => [
        status,
        justification,
        impactStatement,
        actionStatement,
        products.flatMap(({ ids }) => ids),
      ]),
      [
        ['not_affected', 'vulnerable_code_not_present', null, null, ['pkg:npm/A@1']],
        ['not_affected', null, 'Never called', null, ['pkg:npm/B@1']],
        ['fixed', null, null, null, ['pkg:npm/C@1']],
        ['affected', null, null, 'Update to 2', ['pkg:npm/D@1']],
        ['under_investigation', null, null, null, ['pkg:npm/E@1']],
      ],
    );
    const [first] = found;
    assert.deepEqual([first?.vulnerability, first?.aliases], ['CVE-2024-10001', ['GHSA-1']]);
    assert.equal(first?.timestamp, Date.parse('2024-02-01T00:00:00Z'));
  });

  test('a product is named by what names it, and by its version where that is apart', () => {
    const branch = (category: string, name: string, helper: object) => ({
      category: 'vendor',
      name: 'Example',
      branches: [{ category, name, product: NAMED('A', helper) }],
    });
    const of = (category: string, name: string, helper: object) => {
      const tree = { branches: [branch(category, name, helper)] };
      const [found] = statements({ tree, vulnerability: { product_status: { fixed: ['A'] } } });
      return found?.products[0];
    };
    const purl = 'pkg:npm/example';
    assert.deepEqual(of('product_version', '1.2', { purl })?.versions, { kind: 'version', version: '1.2' });
    assert.deepEqual(of('product_version_range', 'vers:npm/<2', { purl })?.versions, {
      kind: 'range',
      range: 'vers:npm/<2',
    });
    assert.equal(of('product_version', '1.2', { purl: `${purl}@1.2.0` })?.versions, null);
    const value = 'AB'.repeat(32);
    const file_hashes = [{ algorithm: 'sha256', value }];
    const hashed = of('product_name', 'x', { cpe: 'cpe:/a:x:y:1', hashes: [{ filename: 'x', file_hashes }] });
    assert.deepEqual(hashed?.ids, ['cpe:/a:x:y:1']);
    assert.deepEqual([...(hashed?.hashes ?? [])], [['sha-256', value.toLowerCase()]]);
  });

  test('a part of a product is a part of it, of an image wherever that is, and an image is itself', () => {
    const rpm = 'pkg:rpm/redhat/curl@7-1?arch=x86_64';
    const image = `pkg:oci/ubi9@sha256%3A${'0'.repeat(64)}?repository_url=registry.example/ubi9`;
    const names = [
      NAMED('os', { cpe: 'cpe:/o:redhat:enterprise_linux:9' }),
      NAMED('rpm', { purl: rpm }),
      NAMED('any', { purl: 'pkg:rpm/redhat/curl?arch=src' }),
      NAMED('module', { purl: 'pkg:rpmmod/redhat/nodejs@18:1:2' }),
      NAMED('image', { purl: image }),
      NAMED('text'),
    ];
    const relationships = [
      related('os:rpm', 'rpm', 'os'),
      related('os:module', 'module', 'os'),
      related('os:module:rpm', 'rpm', 'os:module'),
      related('os:module:any', 'any', 'os:module'),
      related('os:image', 'image', 'os'),
      related('os:image:any', 'any', 'os:image'),
      related('os:text', 'text', 'os'),
    ];
    const ids = relationships.map(({ full_product_name: { product_id } }) => product_id);
    const [found] = statements({
      tree: { full_product_names: names, relationships },
      vulnerability: { product_status: { fixed: ids } },
    });
    const short = found?.products.map((product) => [product.ids, product.subcomponents.map((part) => part.ids[0])]);
    const os = ['cpe:/o:redhat:enterprise_linux:9'];
    assert.deepEqual(short, [
      [os, [rpm]],
      [[...os], ['pkg:rpmmod/redhat/nodejs@18:1:2']],
      [os, [rpm]],
      // Which stream it is of could not be said.
      [['os:module:any'], []],
      [[image], []],
      [['os:image:any'], []],
      [['os:text'], []],
    ]);
  });

  test('a document of Red Hat says what it says of packages in products', () => {
    const product = 'o:redhat:enterprise_linux:9';
    const lines = [{ product, purl: 'pkg:rpm/redhat/curl@7-1?arch=x86_64', status: 'fixed' }] as const;
    const document = csaf.read(redhatVex('CVE-2024-10001', lines), { name: 'x', id: 'y' });
    assert.deepEqual(document.statements[0]?.products[0]?.subcomponents[0]?.ids, [lines[0].purl]);
    assert.deepEqual(
      [document.id, document.author, document.version],
      ['CVE-2024-10001', 'Red Hat Product Security', '1'],
    );
  });
});

test('times are those of RFC 3339, and no others', () => {
  const cases: readonly (readonly [text: string, time: string | null])[] = [
    ['2024-02-29T23:59:60Z', '2024-03-01T00:00:00.000Z'],
    ['2024-01-01T01:00:00.25+01:00', '2024-01-01T00:00:00.250Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
    ['2023-02-29T00:00:00Z', null],
    ['2024-01-01T12:00:60Z', null],
    ['2024-01-01T24:00:00Z', null],
    ['2024-01-01T00:00:00', null],
    ['2024-13-01T00:00:00Z', null],
    ['2024-01-01', null],
  ];
  for (const [text, expected] of cases) {
    assert.equal(parseDateTime(text), expected === null ? null : Date.parse(expected), text);
  }
  const dates = fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true });
  fc.assert(fc.property(dates, (date) => parseDateTime(date.toISOString()) === date.getTime()));
});

test('a document that is changed anywhere is read or refused by an error of ours', {
  skip: missing('shared-data'),
}, () => {
  const path = 'spec/csaf/csaf_2.0/examples/csaf/csaf_vex/2022-evd-uc-08-001.json';
  const text = readFileSync(data(path), 'utf8');
  fc.assert(
    fc.property(fc.nat(text.length - 1), fc.nat(40), fc.string({ maxLength: 8 }), (at, length, put) => {
      try {
        csaf.read(parseStrictJson(`${text.slice(0, at)}${put}${text.slice(at + length)}`, 'x'), { name: 'x', id: 'y' });
      } catch (error) {
        assert.ok(error instanceof AppError, String(error));
      }
    }),
    { numRuns: 500 },
  );
});
