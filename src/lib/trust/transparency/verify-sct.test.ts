import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { isAppError } from '#base/error.ts';
import { evidence } from '#test/evidence.ts';
import { conformanceSample, conformanceSamples, openBundle } from '#test/fixtures/sigstore.ts';
import { missing } from '#test/prerequisites.ts';
import { parseTrustRoot } from '../trust-root/parse-trust-root.ts';
import type { Log, TrustRoot } from '../trust-root/trust-root.ts';
import { type Certificate, parseCertificate } from '../x509/certificate.ts';
import { SCT_LIST_OID } from './precertificate.ts';
import { parseSctList } from './sct-list.ts';
import { verifySct } from './verify-sct.ts';

evidence('trust/certificate transparency', 'published', 'certificates of Fulcio in the Sigstore conformance suite');

/** Every other certificate of the suite has a promise of a log of its trust root. */
const SCT_FAULTS: readonly string[] = ['bundle-from-wrong-instance_fail', 'invalid-ct-key_fail'];

interface Opened {
  readonly leaf: Certificate;
  readonly issuer: Certificate;
  readonly root: TrustRoot;
}

function opened(name: string): Opened | null {
  const sample = conformanceSample(name);
  const root = parseTrustRoot(readFileSync(sample.trustedRootFile), name);
  const [der] = openBundle(sample.bundleFile, sample.artifact).certificates;
  if (der === undefined) {
    return null;
  }
  const leaf = parseCertificate(der, `leaf of ${name}`);
  const issuers = root.certificateAuthorities.map(({ certificates }) => certificates[0]);
  const issuer = issuers.find((candidate) => candidate !== undefined && sameName(candidate, leaf)) ?? issuers.at(-1);
  assert.ok(issuer !== undefined);
  return { leaf, issuer, root };
}

function sameName(issuer: Certificate, leaf: Certificate): boolean {
  return Buffer.compare(issuer.subject.raw, leaf.issuer.raw) === 0;
}

function required(name: string): Opened {
  const result = opened(name);
  assert.ok(result !== null);
  return result;
}

function codeOf(leaf: Certificate, issuer: Certificate, logs: readonly Log[]): string {
  try {
    assert.notEqual(verifySct(leaf, issuer, logs).length, 0);
    return 'verified';
  } catch (error) {
    assert.ok(isAppError(error), String(error));
    return error.code;
  }
}

describe('embedded SCTs', { skip: missing('shared-data') }, () => {
  test('of the conformance suite are right, but for those whose fault that is', (t) => {
    const counts = { verified: 0, refused: 0 };
    for (const { name } of conformanceSamples().filter((sample) => sample.name !== 'bundle-malformed-json_fail')) {
      const certificate = opened(name);
      if (certificate !== null) {
        const expected = SCT_FAULTS.includes(name) ? 'SCT_INVALID' : 'verified';
        assert.equal(codeOf(certificate.leaf, certificate.issuer, certificate.root.ctLogs), expected, name);
        counts[expected === 'verified' ? 'verified' : 'refused'] += 1;
      }
    }
    t.diagnostic(JSON.stringify(counts));
    assert.ok(counts.verified >= 24 && counts.refused >= 2);
  });

  test('have extensions where the log is a static one, and these are signed', () => {
    const { leaf, issuer, root } = required('bundle-with-sct-with-extensions');
    assert.deepEqual(verifySct(leaf, issuer, root.ctLogs), [
      { log: 'http://tesseract', operator: 'unnamed operator', time: 1768517364925 },
    ]);
    const extension = leaf.extensions.get(SCT_LIST_OID);
    assert.ok(extension !== undefined);
    const value = Buffer.from(extension.value);
    const at = value.indexOf(Buffer.from('0000050000000070', 'hex'));
    assert.ok(at > 0);
    value[at + 7] = 0x71;
    const changed = { ...leaf, extensions: new Map([[SCT_LIST_OID, { ...extension, value }]]) };
    assert.equal(codeOf(changed, issuer, root.ctLogs), 'SCT_INVALID');
  });

  test('are of a log that was trusted at their time', () => {
    const { leaf, issuer, root } = required('happy-path-v0.3');
    const time = 1710869186470;
    const during = (start: number, end: number | null): Log[] =>
      root.ctLogs.map((log) => ({ ...log, validFor: { start, end } }));
    assert.equal(codeOf(leaf, issuer, during(time, time)), 'verified');
    assert.equal(codeOf(leaf, issuer, during(time + 1, null)), 'SCT_INVALID');
    assert.equal(codeOf(leaf, issuer, during(0, time - 1)), 'SCT_INVALID');
    assert.equal(codeOf(leaf, issuer, []), 'SCT_INVALID');
  });

  test('are for this certificate, of this issuer, by this key', () => {
    const { leaf, issuer, root } = required('happy-path-v0.3');
    const other = required('happy-path-intoto-in-dsse-v3');
    assert.equal(codeOf(leaf, leaf, root.ctLogs), 'SCT_INVALID');
    const scts = leaf.extensions.get(SCT_LIST_OID);
    assert.ok(scts !== undefined);
    assert.equal(
      codeOf({ ...other.leaf, extensions: new Map([[SCT_LIST_OID, scts]]) }, issuer, root.ctLogs),
      'SCT_INVALID',
    );
    assert.equal(codeOf({ ...leaf, extensions: new Map() }, issuer, root.ctLogs), 'SCT_INVALID');
    const rekorKey = root.transparencyLogs[0]?.key;
    assert.ok(rekorKey !== undefined);
    assert.equal(
      codeOf(
        leaf,
        issuer,
        root.ctLogs.map((log) => ({ ...log, key: rekorKey })),
      ),
      'SCT_INVALID',
    );
  });

  test('are refused when any octet of them is another', () => {
    const { leaf, issuer, root } = required('happy-path-v0.3');
    const extension = leaf.extensions.get(SCT_LIST_OID);
    assert.ok(extension !== undefined);
    fc.assert(
      fc.property(fc.nat(extension.value.length - 1), fc.nat(7), (at, bit) => {
        const value = Buffer.from(extension.value);
        value[at] = (value[at] ?? 0) ^ (1 << bit);
        const changed = { ...leaf, extensions: new Map([[SCT_LIST_OID, { ...extension, value }]]) };
        assert.notEqual(codeOf(changed, issuer, root.ctLogs), 'verified');
      }),
      { numRuns: 300, seed: 4 },
    );
  });
});

test('lists of SCTs: any octets are read or refused', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const list = Buffer.concat([Buffer.of(bytes.length >> 8, bytes.length & 0xff), bytes]);
      for (const input of [bytes, list]) {
        try {
          parseSctList(input, 'list');
        } catch (error) {
          assert.ok(isAppError(error) && error.code === 'SCT_INVALID', String(error));
        }
      }
    }),
    { numRuns: 300, seed: 4 },
  );
});

test('lists of SCTs: an empty one is one, many are too many, other versions are passed over', () => {
  const sct = Buffer.concat([Buffer.alloc(1 + 32 + 8), Buffer.of(0, 0, 4, 3, 0, 0)]);
  const listOf = (scts: readonly Buffer[]): Buffer => {
    const inner = Buffer.concat(scts.flatMap((one) => [Buffer.of(0, one.length), one]));
    return Buffer.concat([Buffer.of(inner.length >> 8, inner.length & 0xff), inner]);
  };
  assert.deepEqual(parseSctList(listOf([]), 'list'), []);
  assert.equal(parseSctList(listOf([sct, Buffer.of(1, 2, 3), sct]), 'list').length, 2);
  assert.throws(() => parseSctList(listOf(Array.from({ length: 17 }, () => sct)), 'list'), { code: 'LIMIT_EXCEEDED' });
  assert.throws(() => parseSctList(Buffer.concat([listOf([sct]), Buffer.of(0)]), 'list'), { code: 'SCT_INVALID' });
  assert.throws(() => parseSctList(listOf([sct.subarray(1)]), 'list'), { code: 'SCT_INVALID' });
});
