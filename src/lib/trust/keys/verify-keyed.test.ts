import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { evidence } from '#test/evidence.ts';
import { data, missing } from '#test/prerequisites.ts';
import { readBundle } from '../formats/sigstore-bundle/bundle.ts';
import type { SigstoreSignature } from '../signed.ts';
import { parseTrustRoot } from '../trust-root/parse-trust-root.ts';
import type { TrustRoot } from '../trust-root/trust-root.ts';
import { parsePublicKey } from './public-key.ts';
import { type KeyedOptions, verifyKeyed } from './verify-keyed.ts';

evidence(
  'trust/keyed signatures',
  'published',
  'bundles by keys of sigstore-conformance, with log entry and timestamp',
);

const skip = missing('shared-data');
const NOW = Date.parse('2026-08-21T00:00:00Z');
/** By the timestamp; the log's time is the same second. */
const SIGNED = Date.parse('2025-12-18T17:04:39Z');
const FOLDER = 'spec/sigstore/conformance/managed-key-happy-path';

function signature(): SigstoreSignature {
  return readBundle(
    readFileSync(data(`${FOLDER}/bundle.sigstore.json`)),
    'bundle',
    readFileSync(data('spec/sigstore/conformance/a.txt')),
  ).signature;
}

function root(): TrustRoot {
  return parseTrustRoot(readFileSync(data('spec/sigstore/trusted-roots/trusted_root.json')), 'root');
}

function verify(
  options: Partial<KeyedOptions>,
  changed: Partial<SigstoreSignature> = {},
): ReturnType<typeof verifyKeyed> {
  const key = parsePublicKey(readFileSync(data(`${FOLDER}/key.pub`)), 'key');
  const all = { root: root(), now: NOW, requireLog: true, validFrom: null, validUntil: null, ...options };
  return verifyKeyed({ ...signature(), ...changed }, key, all);
}

describe('verifyKeyed', { skip }, () => {
  test('gives the times and the log', () => {
    const { signer, times, logs } = verify({});
    assert.equal(signer.kind, 'key');
    assert.deepEqual(
      times.map(({ source, time }) => [source, time]),
      [
        ['timestamp-authority', SIGNED],
        ['transparency-log', SIGNED],
      ],
    );
    assert.deepEqual(
      logs.map(({ log, index }) => [log, index]),
      [['https://rekor.sigstore.dev', 771488337n]],
    );
  });

  test('without a root nobody vouches for anything', () => {
    assert.deepEqual(
      [verify({ root: null, requireLog: false })].map(({ times, logs }) => [times, logs]),
      [[[], []]],
    );
    assert.throws(() => verify({ root: null }), { code: 'LOG_ENTRY_MISSING' });
  });

  test('a log entry that is required has to be there, of a log of the root', () => {
    assert.throws(() => verify({}, { logEntries: [] }), { code: 'LOG_ENTRY_MISSING' });
    assert.throws(() => verify({ root: { ...root(), transparencyLogs: [] } }), { code: 'LOG_NOT_TRUSTED' });
    assert.deepEqual(verify({ root: { ...root(), transparencyLogs: [] }, requireLog: false }).logs, []);
  });

  test('a log entry that is wrong is refused, required or not', () => {
    const logEntries = signature().logEntries.map((entry) => ({ ...entry, canonicalizedBody: Buffer.from('{}') }));
    for (const requireLog of [true, false]) {
      assert.throws(() => verify({ requireLog }, { logEntries }), { code: 'LOG_PROMISE_INVALID' });
    }
  });

  test('a timestamp of something else is refused', () => {
    assert.throws(() => verify({}, { timestamped: Buffer.from('other') }), { code: 'TIMESTAMP_INVALID' });
  });

  test('a time that is still to come is refused', () => {
    assert.ok(verify({ now: SIGNED }));
    assert.throws(() => verify({ now: SIGNED - 1000 }), { code: 'TIMESTAMP_INVALID' });
  });

  test('a message signature whose artifact nobody gives is refused', () => {
    const bytes = readFileSync(data('spec/sigstore/bundles/sigstore-go/public-key-validity.sigstore.json'));
    assert.throws(() => readBundle(bytes, 'bundle'), { code: 'ENVELOPE_UNSUPPORTED' });
    assert.throws(() => readBundle(bytes, 'bundle', Buffer.from('another')), { code: 'SUBJECT_MISMATCH' });
  });

  describe('a key that counts for a while', () => {
    test('signed inside', () => {
      assert.ok(verify({ validFrom: SIGNED, validUntil: SIGNED + 1000 }));
    });
    test('signed before, or at the end', () => {
      assert.throws(() => verify({ validFrom: SIGNED + 1000 }), { code: 'KEY_OUTSIDE_VALIDITY' });
      assert.throws(() => verify({ validUntil: SIGNED }), { code: 'KEY_OUTSIDE_VALIDITY' });
    });
    test('signed nobody knows when', () => {
      assert.throws(() => verify({ root: null, requireLog: false, validUntil: NOW }), { code: 'TIME_UNVERIFIED' });
      const without = { logEntries: [], timestamps: [] };
      assert.throws(() => verify({ requireLog: false, validFrom: 0 }, without), { code: 'TIME_UNVERIFIED' });
    });
  });
});
