import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, test } from 'node:test';
import { isAppError } from '#base/error.ts';
import { parseStrictJson } from '#base/json/strict.ts';
import { evidence } from '#test/evidence.ts';
import { data, missing } from '#test/prerequisites.ts';
import { cyclonedxValidator } from '#test/schemas.ts';
import type { VexDocument, VexStatement } from '../../document.ts';
import { cyclonedx } from './index.ts';

evidence(
  'vex/cyclonedx',
  'published',
  'samples and JSON schemas of CycloneDX 1.5 to 1.7, the sample with an analysis damaged in one place',
);

const SERIAL = '3e671687-395b-41f5-a30f-a58921a69b79';
const LINK = `urn:cdx:${SERIAL}/3`;
const MUSL = { 'bom-ref': 'musl', type: 'library', name: 'musl', purl: 'pkg:apk/alpine/musl@1.2.5-r0' };
const IMAGE = {
  'bom-ref': 'app',
  type: 'container',
  name: 'app',
  purl: `pkg:oci/app@sha256:${'ab'.repeat(32)}`,
};
const VULNERABILITY = {
  id: 'CVE-2026-1',
  analysis: { state: 'not_affected', justification: 'code_not_present', detail: 'left out' },
  affects: [{ ref: 'musl' }],
};
const EXAMPLE = {
  bomFormat: 'CycloneDX',
  specVersion: '1.6',
  metadata: { timestamp: '2026-01-01T00:00:00Z', authors: [{ name: 'somebody' }] },
  components: [MUSL],
  vulnerabilities: [VULNERABILITY],
};

function read(value: object): VexDocument {
  return cyclonedx.read(value, { name: 'vex.json', id: 'urn:vex' });
}

/** The statements of one vulnerability, as changed. */
function statements(more: object, document: object = {}): readonly VexStatement[] {
  return read({ ...EXAMPLE, ...document, vulnerabilities: [{ ...VULNERABILITY, ...more }] }).statements;
}

const analysed = (analysis: object): readonly VexStatement[] => statements({ analysis });

test('a document and its statement', () => {
  assert.deepEqual(read(EXAMPLE), {
    name: 'vex.json',
    format: 'cyclonedx',
    id: 'urn:vex',
    author: 'somebody',
    timestamp: Date.UTC(2026, 0, 1),
    version: '1',
    statements: [
      {
        vulnerability: 'CVE-2026-1',
        aliases: [],
        products: [{ ids: [MUSL.purl], hashes: new Map(), versions: null, subcomponents: [] }],
        status: 'not_affected',
        justification: 'vulnerable_code_not_present',
        impactStatement: 'left out',
        actionStatement: null,
        timestamp: Date.UTC(2026, 0, 1),
      },
    ],
  });
});

test('every state is a status, and every justification that OpenVEX has too is one of its', () => {
  const states = {
    resolved: 'fixed',
    resolved_with_pedigree: 'fixed',
    exploitable: 'affected',
    in_triage: 'under_investigation',
    false_positive: 'not_affected',
    not_affected: 'not_affected',
  };
  for (const [state, status] of Object.entries(states)) {
    assert.deepEqual([analysed({ state })[0]?.status, state], [status, state]);
  }
  const justifications = {
    code_not_present: 'vulnerable_code_not_present',
    code_not_reachable: 'vulnerable_code_not_in_execute_path',
    protected_by_compiler: 'inline_mitigations_already_exist',
    protected_at_runtime: 'inline_mitigations_already_exist',
    protected_by_mitigating_control: 'inline_mitigations_already_exist',
    protected_at_perimeter: 'protected_at_perimeter',
    requires_configuration: 'requires_configuration',
    requires_dependency: 'requires_dependency',
    requires_environment: 'requires_environment',
  };
  for (const [justification, word] of Object.entries(justifications)) {
    assert.equal(analysed({ state: 'not_affected', justification })[0]?.justification, word);
  }
  assert.equal(analysed({ state: 'false_positive' })[0]?.justification, 'false_positive');
});

test('the newest time of the analysis counts, then that of the document', () => {
  const time = (analysis: object): unknown => analysed({ state: 'resolved', ...analysis })[0]?.timestamp;
  assert.equal(time({}), Date.UTC(2026, 0, 1));
  assert.equal(time({ firstIssued: '2026-02-01T00:00:00Z' }), Date.UTC(2026, 1, 1));
  assert.equal(
    time({ firstIssued: '2026-02-01T00:00:00Z', lastUpdated: '2026-03-01T00:00:00Z' }),
    Date.UTC(2026, 2, 1),
  );
});

test('names of the same vulnerability elsewhere are aliases', () => {
  const references = [
    { id: 'GHSA-1', source: { name: 'GitHub' } },
    { id: 'GO-2026-1', source: {} },
  ];
  assert.deepEqual(statements({ references })[0]?.aliases, ['GHSA-1', 'GO-2026-1']);
});

test('versions have the status of the analysis, but for those that have one of their own', () => {
  const versions = [
    { version: '1.0' },
    { version: '1.1', status: 'affected' },
    { range: 'vers:apk/<1.0', status: 'unaffected' },
    { version: '2.0', status: 'unknown' },
  ];
  const said = (state: string): unknown =>
    statements({ analysis: { state }, affects: [{ ref: 'musl', versions }] }).map(({ status, products }) => [
      status,
      products.map(({ versions: one }) => (one?.kind === 'range' ? one.range : one?.version)),
    ]);
  assert.deepEqual(said('exploitable'), [
    ['affected', ['1.0', '1.1']],
    ['not_affected', ['vers:apk/<1.0']],
    ['under_investigation', ['2.0']],
  ]);
  assert.deepEqual(said('resolved'), [
    ['fixed', ['1.0', '1.1']],
    ['not_affected', ['vers:apk/<1.0']],
    ['under_investigation', ['2.0']],
  ]);
});

test('a bom-ref is the component that has it, nested or not; a link names one of another document', () => {
  const nested = { 'bom-ref': 'outer', type: 'library', name: 'outer', components: [MUSL] };
  const serial = { serialNumber: `urn:uuid:${SERIAL.toUpperCase()}`, version: 3 };
  const ids = (ref: string, document: object = {}): unknown =>
    statements({ affects: [{ ref }] }, document)[0]?.products.map((product) => product.ids);
  assert.deepEqual(ids('musl', { components: [nested] }), [[MUSL.purl]]);
  assert.deepEqual(ids('musl', serial), [[`${LINK}#musl`], [MUSL.purl]]);
  assert.deepEqual(ids(`${LINK}#musl`, serial), [[`${LINK}#musl`], [MUSL.purl]]);
  assert.deepEqual(ids(`urn:cdx:${SERIAL}/4#a%2Fb`, serial), [[`urn:cdx:${SERIAL}/4#a/b`]]);
  assert.deepEqual(ids('pkg:npm/a@1'), [['pkg:npm/a@1']], 'nobody has it, and it says what it is');
  assert.deepEqual(ids(`x@sha256:${'ab'.repeat(32)}`), [[`bom-ref x@sha256:${'ab'.repeat(32)}`]], 'no image');
  assert.deepEqual(ids('nobody'), [['bom-ref nobody']]);
});

test('what is said of a part of the subject of the document is said of that part of it alone', () => {
  const metadata = { ...EXAMPLE.metadata, component: IMAGE };
  const products = (ref: string): unknown => statements({ affects: [{ ref }] }, { metadata })[0]?.products;
  const musl = { ids: [MUSL.purl], hashes: new Map(), versions: null };
  assert.deepEqual(products('musl'), [{ ids: [IMAGE.purl], hashes: new Map(), versions: null, subcomponents: [musl] }]);
  assert.deepEqual(products('app'), [{ ids: [IMAGE.purl], hashes: new Map(), versions: null, subcomponents: [] }]);
  const digest = `sha256:${'cd'.repeat(32)}`;
  const ids = (component: object): unknown => statements({}, { metadata: { component } })[0]?.products[0]?.ids;
  assert.deepEqual(ids({ type: 'container', name: 'registry.example/app', version: digest }), [digest]);
  assert.deepEqual(ids({ type: 'application', name: 'app', version: digest }), []);
});

test('hashes of a package are those of its archive; of anything else they name it', () => {
  const hashes = [{ alg: 'SHA-256', content: 'AB' }];
  const of = (component: object): unknown =>
    statements({}, { components: [{ ...component, hashes }] })[0]?.products[0]?.hashes;
  assert.deepEqual(of(MUSL), new Map());
  assert.deepEqual(of({ 'bom-ref': 'musl', type: 'file', name: 'a' }), new Map([['sha-256', 'ab']]));
});

test('what cannot be told is refused, with the place', () => {
  const cases: readonly (readonly [object, RegExp])[] = [
    [{ bomFormat: 'SPDX' }, /"bomFormat" to be CycloneDX/],
    [{ specVersion: '1.3' }, /"specVersion" to be 1\.4, 1\.5, 1\.6, 1\.7, found "1\.3"/],
    [{ serialNumber: '1' }, /serialNumber/],
    [{ version: 0 }, /a whole number from 1/],
    [{ components: [MUSL, MUSL] }, /bom-ref" to be unlike all others in the document, found "musl" twice/],
    [{ vulnerabilities: [] }, /at least one with an analysis that has a state, found none/],
    [{ vulnerabilities: [{ id: 'CVE-1' }] }, /found 1 without/],
    [{ vulnerabilities: [{ ...VULNERABILITY, id: undefined }] }, /"vulnerabilities\[0\]\.id" to be a text/],
    [{ vulnerabilities: [{ ...VULNERABILITY, analysis: { state: 'fine' } }] }, /analysis\.state" to be resolved,/],
    [{ vulnerabilities: [{ ...VULNERABILITY, affects: [{}] }] }, /affects\[0\]\.ref/],
    [
      { vulnerabilities: [{ ...VULNERABILITY, affects: [{ ref: 'musl', versions: [{}] }] }] },
      /versions\[0\]\.version" to be there, or a range, and not both, found neither/,
    ],
    [
      {
        vulnerabilities: [
          { ...VULNERABILITY, affects: [{ ref: 'musl', versions: [{ version: '1', range: 'vers:apk/1' }] }] },
        ],
      },
      /found both/,
    ],
  ];
  for (const [more, message] of cases) {
    assert.throws(() => read({ ...EXAMPLE, ...more }), { code: 'VEX_INVALID', message });
  }
});

test('components that are nested deeply are no stack', () => {
  let component: object = MUSL;
  for (let depth = 0; depth < 20_000; depth += 1) {
    component = { type: 'library', name: 'a', components: [component] };
  }
  assert.equal(statements({}, { components: [component] })[0]?.products[0]?.ids[0], MUSL.purl);
});

describe('CycloneDX as its schema has it', { skip: missing('shared-data') }, () => {
  const sample = (): { readonly $schema?: unknown } => {
    const path = data('spec/cyclonedx/1.6/valid-vulnerability-1.6.json');
    return parseStrictJson(readFileSync(path), path) as object;
  };
  /** What statements are made of. */
  const READ =
    /^(?:bomFormat|serialNumber|version|vulnerabilities\.0(?:\.analysis(?:\.(?:state|justification|detail|firstIssued|lastUpdated))?|\.affects.*|\.references(?:\.0(?:\.id)?)?|\.recommendation)?)$/;
  const ABSENT = Symbol('absent');
  const DAMAGE: readonly unknown[] = [ABSENT, 7, 'x y', true, [], {}, [{}], ['x'], -1, 'unaffected'];

  test('of published documents only those with an analysis are VEX', (t) => {
    const names = globSync(data('spec/cyclonedx/1.6/valid-*.json'));
    const read = names.filter((path) => {
      try {
        return (
          cyclonedx.read(parseStrictJson(readFileSync(path), path), { name: path, id: path }).statements.length > 0
        );
      } catch (error) {
        assert.ok(isAppError(error) && error.message.includes('an analysis that has a state'), String(error));
        return false;
      }
    });
    t.diagnostic(`${read.length} of ${names.length}`);
    assert.deepEqual(
      read.map((path) => basename(path)),
      ['valid-vulnerability-1.6.json'],
    );
  });

  for (const version of ['1.5', '1.6', '1.7']) {
    test(`${version}: members that are read are damaged one at a time`, (t) => {
      const valid = cyclonedxValidator(version);
      const { $schema: _own, ...rest } = sample();
      const whole = { ...rest, specVersion: version };
      assert.ok(valid(whole), JSON.stringify(valid.errors));
      let [accepted, refused] = [0, 0];
      for (const path of pathsOf(whole).filter((one) => READ.test(one.join('.')))) {
        for (const damage of DAMAGE) {
          const damaged = put(whole, path, damage) as object;
          const expected = valid(damaged) === true && saysSomething(damaged);
          const what = `${path.join('.')} ${damage === ABSENT ? 'absent' : JSON.stringify(damage)}`;
          assert.equal(reads(damaged), expected, `${what}: ${JSON.stringify(valid.errors?.[0])}`);
          accepted += expected ? 1 : 0;
          refused += expected ? 0 : 1;
        }
      }
      t.diagnostic(`${accepted} read, ${refused} refused`);
      assert.ok(accepted >= 39 && refused >= 200, `${accepted} ${refused}`);
    });
  }

  /** The schema asks neither for a name of the vulnerability nor for an analysis. */
  function saysSomething(document: object): boolean {
    const { vulnerabilities = [] } = document as { readonly vulnerabilities?: readonly (typeof VULNERABILITY)[] };
    const [first] = vulnerabilities;
    return first?.analysis?.state !== undefined && first.id !== undefined;
  }

  function put(value: unknown, [name = '', ...rest]: readonly string[], damage: unknown): unknown {
    const entries = Object.entries(value as object).flatMap(([key, item]): [string, unknown][] => {
      const now: unknown = key !== name ? item : rest.length === 0 ? damage : put(item, rest, damage);
      return now === ABSENT ? [] : [[key, now]];
    });
    return Array.isArray(value) ? entries.map(([, item]) => item) : Object.fromEntries(entries);
  }
});

function reads(value: object): boolean {
  try {
    read(value);
    return true;
  } catch (error) {
    assert.ok(isAppError(error) && error.code === 'VEX_INVALID', String(error));
    return false;
  }
}

function pathsOf(value: unknown): readonly (readonly string[])[] {
  return typeof value !== 'object' || value === null
    ? []
    : Object.entries(value).flatMap(([name, item]) => [[name], ...pathsOf(item).map((path) => [name, ...path])]);
}
