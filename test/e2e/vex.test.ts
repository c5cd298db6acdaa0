import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { after, describe, it } from 'node:test';
import type { Report } from '#model/report.ts';
import { evidence } from '../evidence.ts';
import { evidenceWorkshop } from '../fixtures/evidence-workshop.ts';
import type { Outcome } from '../fixtures/plimsoll.ts';
import { MUSL } from '../fixtures/two-platforms.ts';
import { data, missing } from '../prerequisites.ts';
import { sarifValidator } from '../schemas.ts';

evidence(
  'advisories/vex',
  'published',
  'documents of OpenVEX, CSAF and CycloneDX under the schema of SARIF 2.1.0; attestations that plimsoll attest makes',
);

const { at, attest, digests, feeds, layout, plimsoll, remove, vex } = await evidenceWorkshop();
after(remove);

const BOTH = ['CVE-2026-1', 'CVE-2026-2'];

async function scan(reference: string, ...more: readonly string[]): Promise<Outcome> {
  return await plimsoll(['scan', reference, '--platform', 'linux/amd64', ...more], feeds.found);
}

/** What is on the screen, its lines joined. */
async function screenOf(reference: string, ...more: readonly string[]): Promise<string> {
  return (await scan(reference, ...more)).out.replaceAll(/\s+/g, ' ');
}

async function reportOf(reference: string, ...more: readonly string[]): Promise<Report> {
  const { out, err } = await scan(reference, '-o', 'json', ...more);
  assert.notEqual(out, '', err);
  return JSON.parse(out) as Report;
}

/** A file of the workshop with this content. */
function file(name: string, content: unknown): string {
  writeFileSync(at(name), typeof content === 'string' ? content : JSON.stringify(content));
  return at(name);
}

const ids = ({ findings }: Report): readonly string[] => findings.map(({ id }) => id).toSorted();
const excepted = ({ exceptions = [] }: Report): readonly string[] =>
  exceptions.map(({ finding }) => finding).toSorted();

describe('scan --vex', () => {
  it('what is excepted stays among the findings with who says so, and does not count', async () => {
    const reference = layout();
    const report = await reportOf(reference, '--vex', at('half.json'), '--severity', 'critical');
    assert.deepEqual(ids(report), BOTH);
    assert.deepEqual(excepted(report), ['CVE-2026-1']);
    const [exception] = report.exceptions ?? [];
    assert.deepEqual(
      [exception?.author, exception?.document, exception?.status, exception?.from.kind, exception?.from.name],
      ['security team', 'https://vex.example/1', 'not_affected', 'file', at('half.json')],
    );
    assert.equal((await scan(reference, '--fail-on', 'high', '--vex', at('half.json'))).code, 1);
    const passed = await scan(reference, '--fail-on', 'high', '--vex', at('vex.json'));
    assert.equal(passed.code, 0, passed.out);
    const screen = await screenOf(reference, '--vex', at('vex.json'));
    assert.match(screen, /EXCEPTED 2 vulnerabilities do not count CVE-2026-1 musl 1\.2\.5-r0: not affected/);
    assert.match(screen, /security team, 2026-01-01 in https:\/\/vex\.example\/1/);
    assert.match(screen, /No other known vulnerabilities .* 2 vulnerabilities are excepted/);
  });

  it('SARIF has them as suppressed results, and says of the others that they are not', {
    skip: missing('shared-data'),
  }, async () => {
    const { out } = await scan(layout(), '-o', 'sarif', '--vex', at('half.json'));
    const sarif = JSON.parse(out) as {
      readonly runs: readonly {
        readonly results: readonly { readonly ruleId: string; readonly suppressions: readonly object[] }[];
      }[];
    };
    const validate = sarifValidator();
    assert.ok(validate(sarif), JSON.stringify(validate.errors));
    const results = sarif.runs[0]?.results ?? [];
    assert.deepEqual(
      results.map(({ ruleId, suppressions }) => [ruleId, suppressions.length]),
      BOTH.map((id) => [id, id === 'CVE-2026-1' ? 1 : 0]),
    );
  });

  it('a document about something else is idle, and says so', async () => {
    const report = await reportOf(layout(), '--vex', at('foreign.json'), '--vex', at('vex.json'));
    assert.deepEqual(
      report.vex?.map(({ excepted: count, idle }) => [count, idle]),
      [
        [0, 2],
        [2, 0],
      ],
    );
    assert.match(
      report.vex?.[0]?.reasons[0] ?? '',
      /foreign\.json: "CVE-2026-1": expected a product that is this image/,
    );
    const screen = await screenOf(layout(), '--vex', at('foreign.json'));
    assert.match(screen, /EXCEPTED no vulnerability/);
    assert.match(screen, /excepts 0 findings, 2 statements that change nothing/);
  });

  it('CSAF is taken as well: a package wherever it is, and a part of an image', async () => {
    const csaf = (status: object): object => ({
      document: {
        category: 'csaf_vex',
        csaf_version: '2.0',
        title: 'musl',
        publisher: { category: 'vendor', name: 'security team', namespace: 'https://vendor.example' },
        tracking: {
          id: 'VEX-1',
          status: 'final',
          version: '1',
          initial_release_date: '2026-01-01T00:00:00Z',
          current_release_date: '2026-01-01T00:00:00Z',
          revision_history: [{ number: '1', date: '2026-01-01T00:00:00Z', summary: 'first' }],
        },
        notes: [{ category: 'summary', text: 'musl' }],
      },
      product_tree: {
        full_product_names: [
          { product_id: 'musl', name: 'musl', product_identification_helper: { purl: MUSL } },
          { product_id: 'app', name: 'app', product_identification_helper: { purl: `pkg:oci/app@${digests.index}` } },
          { product_id: 'other', name: 'other', product_identification_helper: { purl: 'pkg:oci/app' } },
        ],
        relationships: ['app', 'other'].map((holder) => ({
          category: 'default_component_of',
          product_reference: 'musl',
          relates_to_product_reference: holder,
          full_product_name: { product_id: `musl:${holder}`, name: `musl in ${holder}` },
        })),
      },
      vulnerabilities: [
        {
          ids: [{ system_name: 'ours', text: 'CVE-2026-1' }],
          notes: [{ category: 'description', text: 'bad' }],
          ...status,
        },
      ],
    });
    const flagged = (...products: readonly string[]): object => ({
      product_status: { known_not_affected: products },
      flags: [{ label: 'vulnerable_code_not_present', product_ids: products }],
    });
    const cases: readonly (readonly [object, readonly string[]])[] = [
      [flagged('musl'), ['CVE-2026-1']],
      [flagged('musl:app'), ['CVE-2026-1']],
      [flagged('musl:other'), []],
      [{ product_status: { fixed: ['musl'] } }, ['CVE-2026-1']],
      [{ product_status: { under_investigation: ['musl'] } }, []],
    ];
    for (const [status, expected] of cases) {
      const report = await reportOf(layout(), '--vex', file('csaf.json', csaf(status)));
      assert.deepEqual(excepted(report), expected, JSON.stringify([status, report.vex]));
    }
  });

  it('CycloneDX is taken as well', async () => {
    const cyclonedx = file('vex.cdx.json', {
      bomFormat: 'CycloneDX',
      specVersion: '1.6',
      version: 1,
      metadata: { timestamp: '2026-01-01T00:00:00Z', authors: [{ name: 'security team' }] },
      components: [{ type: 'library', name: 'musl', 'bom-ref': 'musl', purl: MUSL }],
      vulnerabilities: [
        {
          id: 'CVE-2026-1',
          analysis: { state: 'not_affected', justification: 'code_not_reachable', detail: 'never called' },
          affects: [{ ref: 'musl' }],
        },
      ],
    });
    const report = await reportOf(layout(), '--vex', cyclonedx);
    assert.deepEqual(excepted(report), ['CVE-2026-1']);
    assert.equal(report.exceptions?.[0]?.justification, 'vulnerable_code_not_in_execute_path');
  });

  it('of a document that is scanned itself, CycloneDX names the components by links', async () => {
    const serial = '3e671687-395b-41f5-a30f-a58921a69b79';
    const subject = { type: 'application', name: 'app', 'bom-ref': 'app' };
    const sbom = {
      bomFormat: 'CycloneDX',
      specVersion: '1.6',
      serialNumber: `urn:uuid:${serial}`,
      version: 1,
      metadata: { component: subject },
      components: [{ type: 'library', name: 'musl', version: '1.2.5-r0', 'bom-ref': 'musl', purl: MUSL }],
    };
    const linked = (ref: string, more: object = {}): string =>
      file('linked.cdx.json', {
        bomFormat: 'CycloneDX',
        specVersion: '1.6',
        ...more,
        vulnerabilities: [{ id: 'CVE-2026-1', analysis: { state: 'not_affected' }, affects: [{ ref }] }],
      });
    const scanned = async (vexPath: string): Promise<readonly string[]> => {
      const path = `sbom:${file('app.cdx.json', sbom)}`;
      const { out, err } = await plimsoll(['scan', path, '-o', 'json', '--vex', vexPath], feeds.found);
      assert.notEqual(out, '', err);
      return excepted(JSON.parse(out) as Report);
    };
    assert.deepEqual(await scanned(linked(`urn:cdx:${serial}/1#musl`)), ['CVE-2026-1']);
    assert.deepEqual(await scanned(linked(`urn:cdx:${serial}/2#musl`)), [], 'another revision of it');
    assert.deepEqual(await scanned(linked(`urn:cdx:${serial}/1#zlib`)), []);
    const { version, serialNumber, metadata, components } = sbom;
    assert.deepEqual(await scanned(linked('musl', { version, serialNumber, metadata, components })), ['CVE-2026-1']);
    const about = { metadata, components };
    assert.deepEqual(await scanned(linked('musl', about)), [], 'a part of something that cannot be told');
  });

  it('--explain says what excepts a finding', async () => {
    const { out } = await scan(layout(), '--vex', at('half.json'), '--explain', 'CVE-2026-1');
    assert.match(out.replaceAll(/\s+/g, ' '), /suppressed: security team says not_affected \(vulnerable_code/);
  });

  it('a document of CSAF that says nothing of the image is read, and idle', {
    skip: missing('shared-data'),
  }, async () => {
    const path = data('spec/csaf/csaf_2.0/examples/csaf/csaf_vex/2022-evd-uc-01-na-001.json');
    const report = await reportOf(layout(), '--vex', path);
    assert.deepEqual(excepted(report), []);
    assert.deepEqual(
      report.vex?.map(({ format, excepted: count }) => [format, count]),
      [['csaf', 0]],
    );
  });

  it('a file that cannot be read ends the scan, and is named with the place', async () => {
    const cases: readonly (readonly [string, RegExp])[] = [
      [at('none.json'), /none\.json/],
      [file('broken.json', '{"@context": '), /broken\.json: not valid JSON/],
      [file('twice.json', '{"@context": "a", "@context": "b"}'), /twice\.json/],
      [file('other.json', { spdxVersion: 'SPDX-2.3' }), /other\.json: no VEX document: expected CSAF/],
      [file('list.json', '[]'), /list\.json: no VEX document/],
      [
        file('status.json', {
          ...vex(digests.index, []),
          statements: [{ vulnerability: { name: 'a' }, status: 'ok' }],
        }),
        /status\.json: .*"statements\[0\]\.status" to be not_affected.*found "ok"/,
      ],
    ];
    for (const [path, message] of cases) {
      const { code, err } = await scan(layout(), '--vex', path);
      assert.equal(code, 3, err);
      assert.match(err, message);
    }
  });
});

describe('VEX in attestations', () => {
  it('counts when a signer of the trust configuration made it, and only for the image it is attached to', async () => {
    const reference = layout();
    const attested = await attest(reference, feeds.found, '--only', 'vex', '--vex', at('half.json'));
    assert.equal(attested.code, 0, attested.err);
    const trusting = await reportOf(reference, '--trust', at('local.yaml'));
    assert.deepEqual([ids(trusting), excepted(trusting)], [BOTH, ['CVE-2026-1']]);
    assert.equal(trusting.exceptions?.[0]?.from.kind, 'attestation');
    assert.deepEqual(excepted(await reportOf(layout(), '--trust', at('local.yaml'))), []);
    const trustless = await reportOf(reference, '--evidence');
    assert.deepEqual([excepted(trustless), trustless.vex?.length], [[], 1]);
    assert.match(trustless.vex?.[0]?.passedOver ?? '', /a signature that the trust configuration accepts/);
    assert.deepEqual((await reportOf(reference)).vex, undefined);
  });

  it('of a stranger counts for nothing, and is said', async () => {
    const reference = layout();
    const predicate = ['--predicate', at('vex.json'), '--type', 'openvex', '--on', 'both'];
    const made = await plimsoll(['attest', reference, '--key', at('stranger.key'), ...predicate]);
    assert.equal(made.code, 0, made.err);
    const { code } = await scan(reference, '--fail-on', 'high', '--trust', at('local.yaml'));
    assert.equal(code, 1);
    const screen = await screenOf(reference, '--trust', at('local.yaml'));
    assert.match(screen, /counts for nothing: expected a signature that the trust configuration accepts/);
    const report = await reportOf(reference, '--trust', at('local.yaml'));
    assert.deepEqual(excepted(report), []);
    assert.ok(report.vex?.every(({ passedOver }) => passedOver !== null));
  });

  it('without products is about what it is attached to, and the last word of its signer counts', async () => {
    const reference = layout();
    const say = async (name: string, status: string, version: number): Promise<void> => {
      const document = {
        ...vex(digests.index, []),
        timestamp: `2026-01-0${version}T00:00:00Z`,
        version,
        statements: [{ vulnerability: { name: 'CVE-2026-2' }, status, impact_statement: 'unused' }],
      };
      const args = ['--predicate', file(name, document), '--type', 'openvex', '--on', 'index'];
      const made = await plimsoll(['attest', reference, '--key', at('release.key'), ...args]);
      assert.equal(made.code, 0, made.err);
    };
    await say('first.json', 'not_affected', 1);
    assert.deepEqual(excepted(await reportOf(reference, '--trust', at('local.yaml'))), ['CVE-2026-2']);
    await say('second.json', 'under_investigation', 2);
    const report = await reportOf(reference, '--trust', at('local.yaml'));
    assert.deepEqual(excepted(report), []);
    assert.ok(report.vex?.some(({ passedOver }) => passedOver?.includes('has said otherwise since') === true));
  });
});
