import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { test } from 'node:test';
import { evidence } from '#test/evidence.ts';
import { data, missing } from '#test/prerequisites.ts';
import { predicateReaderContract } from '../contract.ts';
import type { VexPredicate } from '../predicate.ts';
import { openvex } from './index.ts';

evidence(
  'trust/predicates-vex',
  'published',
  'the examples of the OpenVEX specification and the samples of its Go library',
);

const TYPE = 'https://openvex.dev/ns';
const STATEMENT = {
  vulnerability: { name: 'CVE-2026-1', aliases: ['GHSA-1'] },
  products: [
    {
      '@id': 'pkg:oci/app',
      identifiers: { cpe23: 'cpe:2.3:a:a:a:1:*:*:*:*:*:*:*' },
      hashes: { 'sha-256': 'ab' },
      subcomponents: [{ '@id': 'pkg:apk/alpine/musl' }],
    },
  ],
  status: 'not_affected',
  justification: 'component_not_present',
  timestamp: '2026-01-02T00:00:00Z',
};
const EXAMPLE = {
  '@context': 'https://openvex.dev/ns/v0.2.0',
  '@id': 'https://vex.example/1',
  author: 'somebody',
  timestamp: '2026-01-01T00:00:00Z',
  version: 1,
  statements: [STATEMENT],
};

predicateReaderContract(openvex, {
  predicateType: TYPE,
  example: EXAMPLE,
  required: [
    '@context',
    '@id',
    'author',
    'statements',
    'statements.0',
    'statements.0.status',
    'statements.0.vulnerability',
    'statements.0.vulnerability.name',
    'statements.0.justification',
  ],
});

function read(more: object): VexPredicate {
  const vex = openvex.read({ ...EXAMPLE, ...more }, TYPE, 'x');
  assert.ok(vex.kind === 'vex');
  return vex;
}

test('every member that a policy asks for', () => {
  assert.deepEqual(read({}), {
    kind: 'vex',
    id: 'https://vex.example/1',
    author: 'somebody',
    timestamp: Date.UTC(2026, 0, 1),
    version: '1',
    statements: [
      {
        vulnerability: 'CVE-2026-1',
        aliases: ['GHSA-1'],
        products: [
          {
            ids: ['pkg:oci/app', 'cpe:2.3:a:a:a:1:*:*:*:*:*:*:*'],
            hashes: new Map([['sha-256', 'ab']]),
            versions: null,
            subcomponents: [{ ids: ['pkg:apk/alpine/musl'], hashes: new Map(), versions: null }],
          },
        ],
        status: 'not_affected',
        justification: 'component_not_present',
        impactStatement: null,
        actionStatement: null,
        timestamp: Date.UTC(2026, 0, 2),
      },
    ],
  });
});

test('a document without a statement says nothing, and is refused', () => {
  assert.throws(() => read({ statements: [] }), {
    code: 'PREDICATE_INVALID',
    message: /at least one statement, found none/,
  });
});

test('what would let a vulnerability pass has to be whole', () => {
  const cases: readonly (readonly [object, RegExp])[] = [
    [{ justification: undefined }, /an impact_statement, since the status is not_affected/],
    [{ justification: '', impact_statement: '' }, /since the status is not_affected/],
    [{ status: 'NOT_AFFECTED' }, /found "NOT_AFFECTED"/],
    [{ status: 'ok' }, /found "ok"/],
    [{ status: 'affected' }, /action_statement/],
    [{ vulnerability: '' }, /vulnerability/],
    [{ vulnerability: { '@id': 'https://nvd.example/1' } }, /name/],
    [{ products: [{}] }, /there, or identifiers/],
    [{ products: [''] }, /products\[0\]/],
    [{ products: [{ '@id': 'a', subcomponents: [{}] }] }, /subcomponents\[0\]/],
    [{ timestamp: 'now' }, /RFC 3339/],
  ];
  for (const [more, message] of cases) {
    assert.throws(() => read({ statements: [{ ...STATEMENT, ...more }] }), { code: 'PREDICATE_INVALID', message });
  }
});

test('a context of another vocabulary is refused', () => {
  for (const context of ['https://example.com', 'https://openvex.dev/nsx', 'https://openvex.dev/ns/v0.2.0/x']) {
    assert.throws(() => read({ '@context': context }), { code: 'PREDICATE_INVALID' }, context);
  }
});

test('published documents are read, or refused for a reason', { skip: missing('shared-data') }, (t) => {
  // Fragments of the specification, documents of CSAF, and two of 0.2.0 without the version that its schema asks for.
  const refused = new Set([
    'openvex-spec-02.json',
    'openvex-spec-03.json',
    'openvex-spec-04.json',
    'csaf.json',
    'csaf-source.json',
    'v020-1.vex.json',
    'v020-2.vex.json',
  ]);
  const files = globSync(data('spec/openvex/{samples,spec-examples}/*.json'));
  let statements = 0;
  for (const file of files) {
    const document: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (refused.has(basename(file))) {
      assert.throws(
        () => openvex.read(document, TYPE, file),
        { code: 'PREDICATE_INVALID', message: /@context|version|timestamp/ },
        file,
      );
    } else {
      const vex = openvex.read(document, TYPE, file);
      assert.ok(vex.kind === 'vex' && vex.statements.every((statement) => statement.timestamp !== null), file);
      statements += vex.statements.length;
    }
  }
  assert.ok(files.length - refused.size >= 9 && statements >= 11);
  t.diagnostic(`${files.length} files, ${refused.size} refused, ${statements} statements`);
});
