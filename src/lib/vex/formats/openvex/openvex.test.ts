import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, test } from 'node:test';
import { isAppError } from '#base/error.ts';
import { parseStrictJson } from '#base/json/strict.ts';
import { evidence } from '#test/evidence.ts';
import { data, missing } from '#test/prerequisites.ts';
import { openvexValidator } from '#test/schemas.ts';
import type { VexDocument } from '../../document.ts';
import { openvex } from './index.ts';

evidence(
  'vex/openvex',
  'published',
  'the JSON schema, the examples and the samples of OpenVEX, and documents that projects publish, damaged in one place',
);

const STATEMENT = { vulnerability: { name: 'CVE-2026-1' }, products: [{ '@id': 'pkg:npm/a' }], status: 'fixed' };
const EXAMPLE = {
  '@context': 'https://openvex.dev/ns/v0.2.0',
  '@id': 'https://vex.example/1',
  author: 'somebody',
  timestamp: '2026-01-01T00:00:00Z',
  version: 1,
  statements: [STATEMENT],
};

function read(value: unknown): VexDocument {
  return openvex.read(value, { name: 'vex.json', id: 'urn:vex' });
}

function reads(value: unknown): boolean {
  try {
    read(value);
    return true;
  } catch (error) {
    assert.ok(isAppError(error) && error.code === 'VEX_INVALID', String(error));
    return false;
  }
}

function documents(pattern: string): readonly { readonly name: string; readonly value: unknown }[] {
  return globSync(data(pattern))
    .toSorted()
    .map((path) => ({ name: basename(path), value: parseStrictJson(readFileSync(path), path) }));
}

test('every member of a statement', () => {
  const { statements } = read({
    ...EXAMPLE,
    statements: [
      {
        vulnerability: { name: 'CVE-2026-1', aliases: ['GHSA-1'] },
        products: [
          {
            identifiers: { purl: 'pkg:npm/a', cpe23: 'cpe:2.3:a:a:a:1:*:*:*:*:*:*:*' },
            hashes: { 'sha-256': 'AB' },
            subcomponents: [{ '@id': 'pkg:npm/b' }],
          },
        ],
        status: 'affected',
        action_statement: 'update',
        timestamp: '2026-01-02T00:00:00Z',
      },
    ],
  });
  assert.deepEqual(statements, [
    {
      vulnerability: 'CVE-2026-1',
      aliases: ['GHSA-1'],
      products: [
        {
          ids: ['pkg:npm/a', 'cpe:2.3:a:a:a:1:*:*:*:*:*:*:*'],
          hashes: new Map([['sha-256', 'ab']]),
          versions: null,
          subcomponents: [{ ids: ['pkg:npm/b'], hashes: new Map(), versions: null }],
        },
      ],
      status: 'affected',
      justification: null,
      impactStatement: null,
      actionStatement: 'update',
      timestamp: Date.UTC(2026, 0, 2),
    },
  ]);
});

test('before 0.2.0 vulnerabilities and products are texts, and a version may be missing; not since', () => {
  const early = {
    ...EXAMPLE,
    version: undefined,
    statements: [{ vulnerability: 'CVE-2026-1', products: ['pkg:npm/a'], status: 'fixed' }],
  };
  for (const context of ['https://openvex.dev/ns', 'https://openvex.dev/ns/v0.0.1']) {
    const { statements, version } = read({ ...early, '@context': context });
    assert.deepEqual([statements[0]?.vulnerability, version], ['CVE-2026-1', null]);
    assert.deepEqual(statements[0]?.products[0]?.ids, ['pkg:npm/a']);
    assert.ok(reads({ ...EXAMPLE, '@context': context }), 'the form of 0.2.0');
  }
  assert.ok(!reads(early));
  assert.ok(!reads({ ...early, version: 1 }));
  for (const context of [
    'https://openvex.dev/ns/v1.0.0',
    'https://openvex.dev/ns/',
    'https://openvex.dev/ns/v0.2.0.1',
  ]) {
    assert.ok(!reads({ ...EXAMPLE, '@context': context }), context);
  }
});

test('what would let a vulnerability pass has to be whole', () => {
  const cases: readonly (readonly [object, RegExp])[] = [
    [{ status: 'not_affected' }, /vex\.json: .*"statements\[0\]\.justification" to be there, or an impact_statement/],
    [{ status: 'not_affected', justification: 'trust me' }, /justification" to be component_not_present,.*"trust me"/],
    [{ status: 'NOT_AFFECTED' }, /found "NOT_AFFECTED"/],
    [{ status: 'affected' }, /action_statement/],
    [{ products: [{}] }, /products\[0\]\.@id" to be there, or identifiers/],
    [{ products: [{ identifiers: { swid: 'x' } }] }, /a purl, a cpe22 or a cpe23/],
    [{ products: [{ '@id': 'a', subcomponents: [{}] }] }, /subcomponents\[0\]/],
    [{ timestamp: 'now' }, /RFC 3339/],
    [{ timestamp: '2026-02-30T00:00:00Z' }, /RFC 3339/],
  ];
  for (const [more, message] of cases) {
    assert.throws(() => read({ ...EXAMPLE, statements: [{ ...STATEMENT, ...more }] }), {
      code: 'VEX_INVALID',
      message,
    });
  }
});

describe('OpenVEX as its schema has it', { skip: missing('shared-data') }, () => {
  test('documents of the specification and of its library are read or refused', (t) => {
    const valid = openvexValidator();
    // The schema is that of 0.2.0.
    const early = [
      'openvex-from-csaf.json',
      'v0.0.1-noversion.json',
      'v0.0.1.json',
      'v001-1.vex.json',
      'v001-2.vex.json',
    ];
    let [accepted, refused] = [0, 0];
    for (const { name, value } of documents('spec/openvex/{samples,spec-examples}/*.json')) {
      const expected = early.includes(name) || valid(value);
      assert.equal(reads(value), expected, name);
      accepted += expected ? 1 : 0;
      refused += expected ? 0 : 1;
    }
    t.diagnostic(`${accepted} read, ${refused} refused`);
    assert.ok(accepted >= 9 && refused >= 7);
  });

  test('documents that projects publish are read whole', (t) => {
    const counts = documents('openvex/*.json').map(({ name, value }) => [name, read(value).statements.length] as const);
    t.diagnostic(JSON.stringify(counts));
    assert.deepEqual(counts, [
      ['aquasecurity-trivy-oci.openvex.json', 7],
      ['aquasecurity-trivy.openvex.json', 21],
      ['inspektor-gadget-golang.openvex.json', 2],
      ['nodejs-node.openvex.json', 183],
    ]);
  });

  test('documents that are damaged in one place are read or refused', (t) => {
    const valid = openvexValidator();
    let [accepted, refused] = [0, 0];
    const whole = documents('{spec/openvex/*,openvex}/*.json')
      .map(({ name, value }) => ({ name, value: short(value) }))
      .filter(({ value }) => valid(value));
    for (const { name, value } of [...whole, { name: 'full', value: FULL }]) {
      for (const { what, damaged } of damages(value)) {
        const expected = valid(damaged);
        assert.equal(reads(damaged), expected, `${name}: ${what}: ${JSON.stringify(valid.errors?.[0])}`);
        accepted += expected ? 1 : 0;
        refused += expected ? 0 : 1;
      }
    }
    t.diagnostic(`${whole.length} documents, ${accepted} read, ${refused} refused`);
    assert.ok(whole.length >= 6 && accepted >= 600 && refused >= 3900);
  });
});

/** Every member that the schema has. */
const FULL = {
  ...EXAMPLE,
  role: 'maintainer',
  last_updated: '2026-01-01T00:00:00Z',
  tooling: 'none',
  statements: [
    {
      '@id': 'urn:1',
      version: 1,
      vulnerability: { '@id': 'urn:v', name: 'CVE-1', description: 'bad', aliases: ['GHSA-1', 'GO-1'] },
      timestamp: '2026-01-01T00:00:00Z',
      last_updated: '2026-01-01T00:00:00+01:00',
      products: [
        {
          '@id': 'pkg:oci/a',
          identifiers: { purl: 'pkg:oci/a', cpe22: 'cpe:/a:a:a', cpe23: 'cpe:2.3:a:a:a:*:*:*:*:*:*:*:*' },
          hashes: { md5: 'a', 'sha-256': 'b' },
          subcomponents: [{ '@id': 'pkg:npm/a', hashes: { sha1: 'c' } }, { identifiers: { purl: 'pkg:npm/b' } }],
        },
      ],
      status: 'not_affected',
      supplier: 'a',
      status_notes: 'b',
      justification: 'component_not_present',
      impact_statement: 'c',
      action_statement: 'd',
      action_statement_timestamp: '2026-01-01T00:00:00Z',
    },
  ],
};

/** With twelve statements at most: others are like them. */
function short(value: unknown): unknown {
  const { statements, ...rest } = value as { readonly statements?: readonly unknown[] };
  return { ...rest, ...(statements && { statements: statements.slice(0, 12) }) };
}

const ABSENT = Symbol('absent');
/** Empty texts and null are missing to the reader; repeated items, other names than the schema's, and identifiers that are no IRI are taken. */
const DAMAGE: readonly unknown[] = [ABSENT, 7, 'urn:text', true, [], {}, [{}], ['urn:text']];

function* damages(value: unknown): Generator<{ readonly what: string; readonly damaged: unknown }> {
  // Of the context more is asked than that it is a URI.
  for (const path of pathsOf(value).filter(([first]) => first !== '@context')) {
    for (const damage of DAMAGE) {
      yield {
        what: `${path.join('.')} ${damage === ABSENT ? 'absent' : JSON.stringify(damage)}`,
        damaged: put(value, path, damage),
      };
    }
  }
}

function pathsOf(value: unknown): readonly (readonly string[])[] {
  return typeof value !== 'object' || value === null
    ? []
    : Object.entries(value).flatMap(([name, item]) => [[name], ...pathsOf(item).map((path) => [name, ...path])]);
}

function put(value: unknown, [name = '', ...rest]: readonly string[], damage: unknown): unknown {
  const entries = Object.entries(value as object).flatMap(([key, item]): [string, unknown][] => {
    const now: unknown = key !== name ? item : rest.length === 0 ? damage : put(item, rest, damage);
    return now === ABSENT ? [] : [[key, now]];
  });
  return Array.isArray(value) ? entries.map(([, item]) => item) : Object.fromEntries(entries);
}
