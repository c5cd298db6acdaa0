import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digestOf } from '#base/digest.ts';
import type { Evidence } from '#model/evidence.ts';
import { attestedVex } from './attested.ts';

const PREDICATE = {
  '@context': 'https://openvex.dev/ns/v0.2.0',
  '@id': 'https://vex.example/1',
  author: 'somebody',
  timestamp: '2026-01-01T00:00:00Z',
  version: 1,
  statements: [{ vulnerability: { name: 'CVE-2026-1' }, status: 'fixed' }],
};
const BOM = { bomFormat: 'CycloneDX', specVersion: '1.6', components: [] };

const evidence: Evidence = {
  subject: digestOf('image'),
  kind: 'attestation',
  format: 'sigstore-bundle',
  route: 'referrers',
  attachment: digestOf('attachment'),
  blob: digestOf('blob'),
  predicateType: 'https://openvex.dev/ns',
  says: [],
  trusted: true,
  signed: true,
  claims: [],
  accepted: [],
  rejected: [],
  supersededBy: null,
};

async function judged(more: Partial<Evidence>, predicate: unknown = PREDICATE): Promise<string | null> {
  const one = await attestedVex({ evidence: { ...evidence, ...more }, predicate });
  return one === null ? null : 'document' in one ? one.document.format : one.reason;
}

test('only the last word of a trusted signer counts', async () => {
  const newer = {
    attachment: digestOf('newer'),
    blob: digestOf('newest'),
    time: '',
    timeFrom: 'verified-time',
  } as const;
  const trust = 'expected a signature that the trust configuration accepts, found';
  assert.equal(await judged({}), 'openvex');
  assert.equal(await judged({ trusted: false }), `${trust} signatures of others alone`);
  assert.equal(await judged({ trusted: false, signed: false }), `${trust} none`);
  assert.equal(await judged({ supersededBy: newer }), `its signer has said otherwise since, in ${digestOf('newest')}`);
});

test('what is no VEX document is passed over in silence, and one that is broken is not', async () => {
  assert.equal(await judged({}, BOM), null);
  assert.equal(await judged({}, { ...BOM, vulnerabilities: [{ id: 'CVE-2026-1' }] }), null);
  assert.equal(await judged({}, { any: 'thing' }), null);
  assert.equal(await judged({}, null), null);
  assert.match(String(await judged({}, { ...PREDICATE, statements: [] })), /at least one statement, found none/);
  const analysed = { id: 'CVE-2026-1', analysis: { state: 'resolved' }, affects: [] };
  assert.equal(await judged({}, { ...BOM, vulnerabilities: [analysed] }), 'cyclonedx');
});
