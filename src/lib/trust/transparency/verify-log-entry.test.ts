import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { isAppError } from '#base/error.ts';
import { evidence } from '#test/evidence.ts';
import { conformanceSample, conformanceSamples, openBundle } from '#test/fixtures/sigstore.ts';
import { data, missing } from '#test/prerequisites.ts';
import type { LogEntry } from '../signed.ts';
import { parseTrustRoot } from '../trust-root/parse-trust-root.ts';
import type { TrustRoot } from '../trust-root/trust-root.ts';
import { type LogEntryOptions, verifyLogEntry } from './verify-log-entry.ts';

evidence(
  'trust/transparency log entries',
  'published',
  'bundles of the Sigstore conformance suite, sigstore-go and protobuf-specs',
);

const NOW = Date.parse('2026-11-22T00:00:00Z');
const skip = missing('shared-data');

/** The cases whose fault is in how an entry is in its log, with the check that has to find it. */
const LOG_FAULTS: Readonly<Record<string, string>> = {
  // These two have an entry that no log ever saw, besides what they are for.
  'bundle-empty-certificate-chain_fail': 'LOG_PROMISE_INVALID',
  'bundle-invalid-base64-signature_fail': 'LOG_PROMISE_INVALID',
  'bundle-from-wrong-instance_fail': 'LOG_NOT_TRUSTED',
  'bundle-negative-log-index_fail': 'LOG_PROMISE_INVALID',
  'bundle-unknown-version_fail': 'LOG_EVIDENCE_MISSING',
  'checkpoint-bad-keyhint_fail': 'LOG_CHECKPOINT_INVALID',
  'checkpoint-wrong-roothash_fail': 'LOG_CHECKPOINT_INVALID',
  'inclusion-proof-corrupted-hash_fail': 'LOG_PROOF_INVALID',
  'incorrect-public-key_fail': 'LOG_PROMISE_INVALID',
  'intoto-missing-inclusion-proof_fail': 'LOG_EVIDENCE_MISSING',
  'invalid-checkpoint-signature_fail': 'LOG_CHECKPOINT_INVALID',
  'invalid-inclusion-proof_fail': 'LOG_EVIDENCE_MISSING',
};

/** Not JSON at all. */
const UNREADABLE: readonly string[] = ['bundle-malformed-json_fail'];

function entryAndRoot(name: string): { readonly entry: LogEntry; readonly root: TrustRoot } {
  const sample = conformanceSample(name);
  const [entry] = openBundle(sample.bundleFile, sample.artifact).entries;
  assert.ok(entry !== undefined);
  return { entry, root: parseTrustRoot(readFileSync(sample.trustedRootFile), name) };
}

function codeOf(entry: LogEntry, root: TrustRoot, options: Partial<LogEntryOptions> = {}): string {
  try {
    verifyLogEntry(entry, root, { object: 'entry', now: NOW, evidence: 'either', ...options });
    return 'verified';
  } catch (error) {
    assert.ok(isAppError(error), String(error));
    return error.code;
  }
}

describe('log entries', { skip }, () => {
  test('of the conformance suite are in their logs, but for those whose fault that is', (t) => {
    const counts = { verified: 0, refused: 0 };
    for (const sample of conformanceSamples().filter(({ name }) => !UNREADABLE.includes(name))) {
      const root = parseTrustRoot(readFileSync(sample.trustedRootFile), sample.name);
      const old = readFileSync(sample.bundleFile, 'utf8').includes('version=0.1"');
      for (const entry of openBundle(sample.bundleFile, sample.artifact).entries) {
        const expected = LOG_FAULTS[sample.name] ?? 'verified';
        assert.equal(codeOf(entry, root, { evidence: old ? 'promise' : 'proof' }), expected, sample.name);
        counts[expected === 'verified' ? 'verified' : 'refused'] += 1;
      }
    }
    t.diagnostic(JSON.stringify(counts));
    assert.ok(counts.verified >= 22 && counts.refused >= 12);
  });

  test('of 2022 and 2023 have a promise and no proof, and vouch for their time', () => {
    const root = parseTrustRoot(readFileSync(data('spec/sigstore/trusted-roots/trusted_root.json')), 'root');
    for (const [file, index, time] of [
      ['dsse.sigstore.json', 6800908n, 1668034836000],
      ['bundle-provenance.json', 18300934n, 1681839912000],
    ] as const) {
      const [entry] = openBundle(data(`spec/sigstore/bundles/sigstore-go/${file}`), Buffer.alloc(0)).entries;
      assert.ok(entry !== undefined);
      assert.deepEqual(verifyLogEntry(entry, root, { object: file, now: NOW, evidence: 'promise' }), {
        log: 'https://rekor.sigstore.dev',
        operator: 'unnamed operator',
        index,
        integratedTime: time,
      });
      assert.equal(codeOf(entry, root, { evidence: 'proof' }), 'LOG_EVIDENCE_MISSING');
    }
  });

  test('of Rekor v2 have no time, whatever they say', () => {
    const { entry, root } = entryAndRoot('bundle-with-sct-with-extensions');
    const options = { object: 'entry', now: NOW, evidence: 'proof' } as const;
    for (const integratedTime of [null, 1000, NOW + 1]) {
      const verified = verifyLogEntry({ ...entry, integratedTime }, root, options);
      assert.deepEqual(verified, {
        log: 'http://rekor-local',
        operator: 'unnamed operator',
        index: 3n,
        integratedTime: null,
      });
    }
  });

  test('without a promise vouch for no time, and have the index of the tree that the proof is of', () => {
    const { entry, root } = entryAndRoot('happy-path-v0.3');
    const options = { object: 'entry', now: NOW, evidence: 'either' } as const;
    assert.deepEqual(verifyLogEntry(entry, root, options), {
      log: 'https://rekor.sigstore.dev',
      operator: 'unnamed operator',
      index: 79571823n,
      integratedTime: 1710869186000,
    });
    const { index, integratedTime } = verifyLogEntry({ ...entry, inclusionPromise: null }, root, options);
    assert.deepEqual({ index, integratedTime }, { index: 75408392n, integratedTime: null });
  });

  test('need what the format asks for, and what is there besides has to be right', () => {
    const { entry, root } = entryAndRoot('happy-path-v0.3');
    const proof = entry.inclusionProof;
    assert.ok(proof !== null);
    const broken = { ...proof, rootHash: Buffer.alloc(32) };
    const table: readonly [string, Partial<LogEntry>, LogEntryOptions['evidence'], string][] = [
      ['both', {}, 'proof', 'verified'],
      ['both', {}, 'promise', 'verified'],
      ['neither', { inclusionPromise: null, inclusionProof: null }, 'either', 'LOG_EVIDENCE_MISSING'],
      ['a promise', { inclusionProof: null }, 'proof', 'LOG_EVIDENCE_MISSING'],
      ['a promise', { inclusionProof: null }, 'either', 'verified'],
      ['a proof', { inclusionPromise: null }, 'promise', 'LOG_EVIDENCE_MISSING'],
      ['a proof', { inclusionPromise: null }, 'either', 'verified'],
      [
        'a proof without checkpoint',
        { inclusionProof: { ...proof, checkpoint: null } },
        'proof',
        'LOG_EVIDENCE_MISSING',
      ],
      [
        'a promise, a proof without checkpoint',
        { inclusionProof: { ...proof, checkpoint: null } },
        'either',
        'verified',
      ],
      [
        'a promise, a broken proof without checkpoint',
        { inclusionProof: { ...broken, checkpoint: null } },
        'promise',
        'LOG_PROOF_INVALID',
      ],
      [
        'only a proof without checkpoint',
        { inclusionPromise: null, inclusionProof: { ...proof, checkpoint: null } },
        'either',
        'LOG_EVIDENCE_MISSING',
      ],
      ['a promise, a proof to another root', { inclusionProof: broken }, 'promise', 'LOG_CHECKPOINT_INVALID'],
      ['an empty promise', { inclusionPromise: Buffer.alloc(0) }, 'proof', 'LOG_PROMISE_INVALID'],
      ['a promise without time', { integratedTime: null }, 'either', 'LOG_PROMISE_INVALID'],
      ['a promise of another time', { integratedTime: 1710869187000 }, 'either', 'LOG_PROMISE_INVALID'],
      ['a promise of another index', { logIndex: 75408392n }, 'either', 'LOG_PROMISE_INVALID'],
      ['the id of another log', { logId: Buffer.alloc(32) }, 'either', 'LOG_NOT_TRUSTED'],
      ['the beginning of an id', { logId: entry.logId.subarray(0, 4) }, 'either', 'LOG_NOT_TRUSTED'],
      ['no id', { logId: Buffer.alloc(0) }, 'either', 'LOG_NOT_TRUSTED'],
    ];
    for (const [what, change, wanted, expected] of table) {
      assert.equal(
        codeOf({ ...entry, ...change }, root, { evidence: wanted }),
        expected,
        `${what} where ${wanted} counts`,
      );
    }
  });

  test('of a time that is still to come are refused', () => {
    const { entry, root } = entryAndRoot('integrated-time-in-future_fail');
    const time = 1778168051000;
    assert.equal(codeOf(entry, root, { now: time }), 'verified');
    assert.equal(codeOf(entry, root, { now: time - 1 }), 'LOG_TIME_INVALID');
  });

  test('count while their log is trusted: at the time it vouches for, else at a time that somebody else does, else now', () => {
    const { entry, root } = entryAndRoot('happy-path-v0.3');
    const time = 1710869186000;
    const during = (start: number, end: number | null): TrustRoot => ({
      ...root,
      transparencyLogs: root.transparencyLogs.map((log) => ({ ...log, validFor: { start, end } })),
    });
    assert.equal(codeOf(entry, during(time, time)), 'verified');
    assert.equal(codeOf(entry, during(time + 1, null)), 'LOG_NOT_TRUSTED');
    assert.equal(codeOf(entry, during(0, time - 1)), 'LOG_NOT_TRUSTED');
    // A promise that is there decides, not what a timestamp says besides.
    assert.equal(codeOf(entry, during(0, time - 1), { times: [time - 1] }), 'LOG_NOT_TRUSTED');
    const proofOnly = { ...entry, inclusionPromise: null };
    assert.equal(codeOf(proofOnly, during(time, time)), 'LOG_NOT_TRUSTED');
    assert.equal(codeOf(proofOnly, during(time, time), { times: [time - 1, time] }), 'verified');
    assert.equal(codeOf(proofOnly, during(time, time), { times: [time - 1] }), 'LOG_NOT_TRUSTED');
    assert.equal(codeOf(proofOnly, during(time, NOW)), 'verified');
  });

  test('are refused when any octet of them is another', () => {
    const { entry, root } = entryAndRoot('happy-path-v0.3');
    const flip = (bytes: Uint8Array, at: number, bit: number): Buffer => {
      const copy = Buffer.from(bytes);
      copy[at % copy.length] = (copy[at % copy.length] ?? 0) ^ (1 << bit);
      return copy;
    };
    const { inclusionProof: proof, inclusionPromise: promise } = entry;
    assert.ok(proof !== null && proof.checkpoint !== null && promise !== null);
    const note = proof.checkpoint;
    const mutations: readonly ((at: number, bit: number) => Partial<LogEntry>)[] = [
      (at, bit) => ({ canonicalizedBody: flip(entry.canonicalizedBody, at, bit) }),
      (at, bit) => ({ inclusionPromise: flip(promise, at, bit) }),
      (at, bit) => ({ logId: flip(entry.logId, at, bit) }),
      (at, bit) => ({ logIndex: entry.logIndex ^ (1n << BigInt((at * 8 + bit) % 62)) }),
      (at, bit) => ({ inclusionProof: { ...proof, rootHash: flip(proof.rootHash, at, bit) } }),
      (at, bit) => ({ inclusionProof: { ...proof, logIndex: proof.logIndex ^ (1n << BigInt((at * 8 + bit) % 62)) } }),
      (at, bit) => ({ inclusionProof: { ...proof, treeSize: proof.treeSize ^ (1n << BigInt((at * 8 + bit) % 62)) } }),
      (at, bit) => {
        const hashes = [...proof.hashes];
        const which = at % hashes.length;
        hashes[which] = flip(hashes[which] ?? Buffer.alloc(32), at, bit);
        return { inclusionProof: { ...proof, hashes } };
      },
      (at, bit) => {
        // The name in the signature line is not signed, but has to be that of the origin.
        const checkpoint = flip(Buffer.from(note), at, bit % 7).toString('utf8');
        return { inclusionProof: { ...proof, checkpoint } };
      },
    ];
    fc.assert(
      fc.property(fc.nat(mutations.length - 1), fc.nat(100_000), fc.nat(7), (which, at, bit) => {
        const mutation = mutations[which]?.(at, bit) ?? {};
        assert.notEqual(
          codeOf({ ...entry, ...mutation }, root, { evidence: 'proof' }),
          'verified',
          JSON.stringify([which, at, bit]),
        );
      }),
      { numRuns: 500, seed: 4 },
    );
  });
});
