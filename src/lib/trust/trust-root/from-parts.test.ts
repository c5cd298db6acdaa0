import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { evidence } from '#test/evidence.ts';
import { conformanceSample, openBundle } from '#test/fixtures/sigstore.ts';
import { data, missing } from '#test/prerequisites.ts';
import { verifyLogEntry } from '../transparency/verify-log-entry.ts';
import { verifySct } from '../transparency/verify-sct.ts';
import { parseCertificate } from '../x509/certificate.ts';
import { trustRootFromParts } from './from-parts.ts';
import { parseTrustRoot } from './parse-trust-root.ts';
import type { TrustRoot } from './trust-root.ts';

evidence('trust/trust roots', 'published', 'the keys and certificates of the public good instance, as PEM');

const pemOf = (label: string, der: Uint8Array): string =>
  `-----BEGIN ${label}-----\n${Buffer.from(der).toString('base64')}\n-----END ${label}-----\n`;

function published(): TrustRoot {
  return parseTrustRoot(readFileSync(data('spec/sigstore/trusted-roots/trusted_root.json')), 'root');
}

function parts(root: TrustRoot) {
  return {
    object: 'parts',
    caPem: [
      root.certificateAuthorities
        .flatMap(({ certificates }) => certificates)
        .map(({ raw }) => pemOf('CERTIFICATE', raw))
        .join(''),
    ],
    rekorKeyPem: root.transparencyLogs.slice(0, 1).map(({ key }) => pemOf('PUBLIC KEY', key.spki)),
    ctKeyPem: root.ctLogs.map(({ key }) => pemOf('PUBLIC KEY', key.spki)),
    tsaPem: root.timestampAuthorities.map(({ leaf, issuers }) =>
      [...(leaf === null ? [] : [leaf]), ...issuers].map(({ raw }) => pemOf('CERTIFICATE', raw)).join(''),
    ),
  };
}

describe('a trust root out of PEM files', { skip: missing('shared-data') }, () => {
  test('verifies what the trusted root of the same keys verifies', () => {
    const expected = published();
    const root = trustRootFromParts(parts(expected));
    assert.deepEqual(
      root.certificateAuthorities.map(({ certificates }) => certificates.map(({ fingerprint }) => fingerprint)),
      expected.certificateAuthorities.map(({ certificates }) => certificates.map(({ fingerprint }) => fingerprint)),
    );
    assert.deepEqual(
      [...root.transparencyLogs, ...root.ctLogs].map(({ logId }) => logId),
      [...expected.transparencyLogs.slice(0, 1), ...expected.ctLogs].map(({ logId }) => logId),
    );
    assert.equal(root.timestampAuthorities.length, 1);
    const { bundleFile, artifact } = conformanceSample('happy-path-v0.3');
    const { entries, certificates } = openBundle(bundleFile, artifact);
    const [entry] = entries;
    const leaf = parseCertificate(certificates[0] ?? Buffer.alloc(0), 'leaf');
    const issuer = root.certificateAuthorities[1]?.certificates[0];
    assert.ok(entry !== undefined && issuer !== undefined);
    const { log, integratedTime } = verifyLogEntry(entry, root, {
      object: 'entry',
      now: Date.parse('2026-11-22T00:00:00Z'),
      evidence: 'proof',
    });
    assert.equal(log, 'c0d23d6ad406973f9559f3ba2d1ca01f84147d8ffc5b8445c224f98b9591801d');
    assert.equal(integratedTime, 1710869186000);
    assert.equal(verifySct(leaf, issuer, root.ctLogs).length, 1);
  });

  test('has a digest of all of it', () => {
    const all = parts(published());
    const digests = [
      trustRootFromParts(all),
      trustRootFromParts({ ...all, ctKeyPem: [] }),
      trustRootFromParts({ ...all, rekorKeyPem: all.ctKeyPem, ctKeyPem: all.rekorKeyPem }),
      trustRootFromParts({ object: 'nothing' }),
    ].map(({ digest }) => digest);
    assert.equal(new Set(digests).size, digests.length);
    assert.equal(trustRootFromParts({ ...all, object: 'other' }).digest, digests[0]);
  });

  test('says which part is wrong', () => {
    const all = parts(published());
    for (const [change, code, message] of [
      [{ rekorKeyPem: all.caPem }, 'KEY_INVALID', /^parts: transparency log key 1: /],
      [{ caPem: all.rekorKeyPem }, 'PEM_INVALID', /^parts: authorities 1: /],
      [{ ctKeyPem: ['nothing'] }, 'PEM_INVALID', /^parts: certificate log key 1: /],
      [{ tsaPem: [''] }, 'PEM_INVALID', /^parts: timestamp authority 1: /],
    ] as const) {
      assert.throws(() => trustRootFromParts({ ...all, ...change }), { code, message });
    }
  });
});
