import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { isAppError } from '#base/error.ts';
import { evidence } from '#test/evidence.ts';
import { notarySignature } from '#test/fixtures/notary-attachments.ts';
import { outcomeText } from '#test/fixtures/notary-outcome.ts';
import { data, missing } from '#test/prerequisites.ts';
import { readCose } from '../formats/notation/cose.ts';
import { readJws } from '../formats/notation/jws.ts';
import type { NotarySignature } from '../signed.ts';
import type { NotaryOutcome } from './outcome.ts';
import { type NotaryStore, notaryStore, notaryStores } from './stores.ts';
import { type NotaryOptions, verifyNotary } from './verify.ts';

evidence(
  'trust/notary-verify',
  'published',
  'envelopes, layouts, timestamps and trust stores of notation and notation-go',
);

const skip = missing('shared-data');
const ROOT = 'spec/notation';

/** Everything is enforced but revocation, about which the samples bring nothing. */
const STRICT: Omit<NotaryOptions, 'now'> = {
  rules: {
    authenticity: 'enforce',
    authenticTimestamp: 'enforce',
    expiry: 'enforce',
    revocation: 'skip',
    verifyTimestamp: 'always',
  },
  identities: 'any',
  crls: [],
  ocspResponses: [],
};

interface Case {
  readonly file: string;
  /** The trust stores of notation-go by `TYPE:NAME`, or `own`: a store of type `ca` with the root of the signature. */
  readonly stores: readonly string[];
  readonly now: string;
  readonly verifyTimestamp?: 'always' | 'afterCertExpiry';
  /** `accepted`, the code of the error that refuses the envelope, or the checks that fail. */
  readonly expected: string;
}

const CA = 'ca:valid-trust-store';
const TSA = 'tsa:test-timestamp';
const PLUGIN = 'integrity PLUGIN_NEEDED';

/** What notation-go's tests expect of its samples, but for plugins, of which there are none here. */
const ENVELOPES: readonly Case[] = [
  { file: 'jws/ca_valid_sig_env.json', stores: [CA], now: '2023-01-01', expected: 'accepted' },
  {
    file: 'jws/ca_valid_sig_env.json',
    stores: ['ca:valid-trust-store-2'],
    now: '2023-01-01',
    expected: 'authenticity SIGNER_UNTRUSTED',
  },
  {
    file: 'jws/ca_valid_sig_env.json',
    stores: ['signingAuthority:valid-trust-store'],
    now: '2023-01-01',
    expected: 'authenticity SIGNER_UNTRUSTED',
  },
  {
    file: 'jws/ca_valid_sig_env.json',
    stores: [CA],
    now: '2123-01-01',
    expected: 'authenticTimestamp CERTIFICATE_OUTSIDE_VALIDITY, expiry SIGNATURE_EXPIRED',
  },
  {
    file: 'jws/ca_valid_sig_env.json',
    stores: [CA],
    now: '2020-10-01',
    expected: 'authenticTimestamp CERTIFICATE_OUTSIDE_VALIDITY',
  },
  { file: 'jws/ca_expired_sig_env.json', stores: [CA], now: '2023-01-01', expected: 'expiry SIGNATURE_EXPIRED' },
  { file: 'jws/ca_expired_sig_env.json', stores: [CA], now: '2022-07-29', expected: 'accepted' },
  { file: 'jws/ca_invalid_sig_env.json', stores: [CA], now: '2023-01-01', expected: 'BASE64_INVALID' },
  { file: 'jws/ca_plugin_sig_env.json', stores: [CA], now: '2023-01-01', expected: PLUGIN },
  { file: 'jws/ca_compatible_pluginver_sig_env_0.0.9.json', stores: [CA], now: '2023-02-01', expected: PLUGIN },
  { file: 'jws/ca_compatible_pluginver_sig_env_1.0.0.json', stores: [CA], now: '2023-02-01', expected: PLUGIN },
  { file: 'jws/ca_incompatible_pluginver_sig_env_1.0.1.json', stores: [CA], now: '2023-02-01', expected: PLUGIN },
  { file: 'jws/ca_incompatible_pluginver_sig_env_1.1.0-alpha.json', stores: [CA], now: '2023-02-01', expected: PLUGIN },
  { file: 'jws/jws_signature.sig', stores: ['own'], now: '2023-04-01', expected: 'accepted' },
  { file: 'jws/jws_signature.sig', stores: [CA], now: '2023-04-01', expected: 'authenticity SIGNER_UNTRUSTED' },
  { file: 'jws/jws_signature.sig', stores: [], now: '2023-04-01', expected: 'authenticity SIGNER_UNTRUSTED' },
  { file: 'cose/cose_signature.sig', stores: ['own'], now: '2023-04-01', expected: 'accepted' },
  { file: 'cose/cose_signature.sig', stores: [CA], now: '2023-04-01', expected: 'authenticity SIGNER_UNTRUSTED' },
  { file: 'timestamped/jwsExpiredWithTimestamp.sig', stores: ['own', TSA], now: '2025-01-01', expected: 'accepted' },
  {
    file: 'timestamped/jwsExpiredWithTimestamp.sig',
    stores: ['own', TSA],
    now: '2025-01-01',
    verifyTimestamp: 'afterCertExpiry',
    expected: 'accepted',
  },
  {
    file: 'timestamped/jwsExpiredWithTimestamp.sig',
    stores: ['own'],
    now: '2025-01-01',
    expected: 'authenticTimestamp CERTIFICATE_OUTSIDE_VALIDITY',
  },
  {
    file: 'timestamped/jwsExpiredWithTimestamp.sig',
    stores: ['own', 'tsa:test-mismatch'],
    now: '2025-01-01',
    expected: 'authenticTimestamp CHAIN_INVALID',
  },
  {
    file: 'timestamped/jwsExpiredWithTimestamp.sig',
    stores: [CA, TSA],
    now: '2025-01-01',
    expected: 'authenticity SIGNER_UNTRUSTED',
  },
  { file: 'timestamped/coseExpiredWithTimestamp.sig', stores: ['own', TSA], now: '2025-01-01', expected: 'accepted' },
  {
    file: 'timestamped/coseExpiredWithTimestamp.sig',
    stores: ['own', TSA],
    now: '2025-01-01',
    verifyTimestamp: 'afterCertExpiry',
    expected: 'accepted',
  },
  {
    file: 'timestamped/coseExpiredWithTimestamp.sig',
    stores: ['own'],
    now: '2025-01-01',
    expected: 'authenticTimestamp CERTIFICATE_OUTSIDE_VALIDITY',
  },
  {
    file: 'timestamped/coseExpiredWithTimestamp.sig',
    stores: ['own', 'tsa:test-mismatch'],
    now: '2025-01-01',
    expected: 'authenticTimestamp CHAIN_INVALID',
  },
  {
    file: 'timestamped/timestampAfterNotAfter.sig',
    stores: ['own', TSA],
    now: '2025-01-01',
    expected: 'authenticTimestamp CERTIFICATE_OUTSIDE_VALIDITY',
  },
  {
    file: 'timestamped/timestampAfterNotAfter.sig',
    stores: ['own', TSA],
    now: '2025-01-01',
    verifyTimestamp: 'afterCertExpiry',
    expected: 'authenticTimestamp CERTIFICATE_OUTSIDE_VALIDITY',
  },
  { file: 'timestamped/withoutTimestamp.sig', stores: [CA], now: '2025-01-01', expected: 'accepted' },
  {
    file: 'timestamped/withoutTimestamp.sig',
    stores: [CA, TSA],
    now: '2025-01-01',
    verifyTimestamp: 'afterCertExpiry',
    expected: 'accepted',
  },
  {
    file: 'timestamped/withoutTimestamp.sig',
    stores: [CA, TSA],
    now: '2025-01-01',
    expected: 'authenticTimestamp TIME_UNVERIFIED',
  },
  {
    file: 'timestamped/withoutTimestamp.sig',
    stores: [CA, TSA],
    now: '2034-01-01',
    verifyTimestamp: 'afterCertExpiry',
    expected: 'authenticTimestamp TIME_UNVERIFIED',
  },
];

/** Stores of certificates in `e2e-certs`. The timestamped one is Microsoft's, whose root is not among the samples. */
const LAYOUTS: readonly Case[] = [
  { file: 'e2e-valid-signature', stores: ['e2e.crt'], now: '2024-01-01', expected: 'accepted' },
  {
    file: 'e2e-valid-signature',
    stores: ['new_e2e.crt'],
    now: '2024-01-01',
    expected: 'authenticity SIGNER_UNTRUSTED',
  },
  {
    file: 'e2e-valid-signature',
    stores: ['expired_e2e.crt'],
    now: '2024-01-01',
    expected: 'authenticity SIGNER_UNTRUSTED',
  },
  { file: 'e2e-expired-signature', stores: ['e2e.crt'], now: '2024-01-01', expected: 'expiry SIGNATURE_EXPIRED' },
  { file: 'e2e-expired-signature', stores: ['e2e.crt'], now: '2023-06-27T05:20:30Z', expected: 'accepted' },
  { file: 'e2e-with-timestamped-signature', stores: ['own'], now: '2025-01-21T10:00:00Z', expected: 'accepted' },
  {
    file: 'e2e-with-timestamped-signature',
    stores: ['own', 'tsa globalsignTSARoot.cer'],
    now: '2025-01-21T10:00:00Z',
    expected: 'authenticTimestamp CHAIN_INVALID',
  },
  {
    file: 'e2e-with-timestamped-signature',
    stores: ['own', 'tsa DigiCertTSARootSHA384.cer'],
    now: '2025-01-21T10:00:00Z',
    expected: 'authenticTimestamp CHAIN_INVALID',
  },
  {
    file: 'e2e-with-timestamped-signature',
    stores: ['own', 'tsa globalsignTSARoot.cer'],
    now: '2025-02-21',
    verifyTimestamp: 'afterCertExpiry',
    expected: 'authenticTimestamp CHAIN_INVALID, expiry SIGNATURE_EXPIRED',
  },
];

describe('published signatures of the Notary Project', { skip }, () => {
  for (const sample of ENVELOPES) {
    test(nameOf(sample), () => {
      assert.equal(
        judge(sample, () => envelope(sample.file)),
        sample.expected,
      );
    });
  }
  for (const sample of LAYOUTS) {
    test(nameOf(sample), () => {
      assert.equal(
        judge(sample, () => notarySignature(data(join(ROOT, 'oci-layouts', sample.file)))),
        sample.expected,
      );
    });
  }

  test('every published envelope is judged, accepted ones and refused ones', (t) => {
    const judged = new Set(ENVELOPES.map(({ file }) => file));
    const published = ['jws', 'cose', 'timestamped'].flatMap((folder) =>
      readdirSync(data(join(ROOT, 'envelopes', folder))).map((file) => `${folder}/${file}`),
    );
    assert.deepEqual(
      published.filter((file) => !judged.has(file)),
      [],
    );
    const all = [...ENVELOPES, ...LAYOUTS];
    const accepted = all.filter(({ expected }) => expected === 'accepted').length;
    t.diagnostic(
      `${published.length} envelopes and 3 layouts: ${accepted} judgements accept, ${all.length - accepted} refuse`,
    );
    assert.ok(accepted >= 12 && all.length - accepted >= 20);
  });

  test('an accepted timestamp gives its time and who vouches, and the judgement does not run out with the certificate', () => {
    const { verified, validUntil } = verify(
      { stores: ['own', TSA], now: '2025-01-01' },
      envelope('timestamped/coseExpiredWithTimestamp.sig'),
    );
    const time = Date.parse('2024-06-18T07:21:12Z');
    assert.deepEqual(verified?.times, [{ source: 'timestamp-authority', time, authority: 'test-timestamp' }]);
    assert.equal(validUntil, null);
  });

  test("a timestamp counts only where its authority's certificates can be shown not to be revoked", () => {
    const signature = envelope('timestamped/coseExpiredWithTimestamp.sig');
    const options = {
      ...STRICT,
      now: Date.parse('2025-01-01'),
      rules: { ...STRICT.rules, revocation: 'enforce' as const },
    };
    assert.equal(
      outcomeText(verifyNotary(signature, storesFor(['own', TSA], signature), options)),
      'revocation REVOCATION_UNKNOWN',
    );
  });

  const tokens: readonly (readonly [string, string])[] = [
    ['TimeStampToken.p7s', 'authenticTimestamp TIMESTAMP_INVALID'],
    ['TimeStampTokenWithInvalideContentType.p7s', 'authenticTimestamp TIMESTAMP_INVALID'],
  ];
  for (const [file, expected] of tokens) {
    test(`a foreign token ${file}: ${expected}`, () => {
      const timestamp = readFileSync(data(join(ROOT, 'timestamp-tokens', file)));
      const signature = { ...envelope('timestamped/withoutTimestamp.sig'), timestamp };
      assert.equal(outcomeText(verify({ stores: [CA, TSA], now: '2025-01-01' }, signature)), expected);
    });
  }

  test('the token of another signature is refused, however good it is', () => {
    const { timestamp } = envelope('timestamped/jwsExpiredWithTimestamp.sig');
    const signature = { ...envelope('timestamped/coseExpiredWithTimestamp.sig'), timestamp };
    assert.equal(
      outcomeText(verify({ stores: ['own', TSA], now: '2025-01-01' }, signature)),
      'authenticTimestamp TIMESTAMP_INVALID',
    );
  });
});

function nameOf({ file, stores, now, verifyTimestamp = 'always', expected }: Case): string {
  return `${file} with ${stores.join(' and ') || 'no store'} at ${now}, timestamps ${verifyTimestamp}: ${expected}`;
}

function judge(sample: Omit<Case, 'file' | 'expected'>, read: () => NotarySignature): string {
  try {
    return outcomeText(verify(sample, read()));
  } catch (error) {
    assert.ok(isAppError(error));
    return error.code;
  }
}

function verify(
  { stores, now, verifyTimestamp = 'always' }: Omit<Case, 'file' | 'expected'>,
  signature: NotarySignature,
): NotaryOutcome {
  const options = { ...STRICT, now: Date.parse(now), rules: { ...STRICT.rules, verifyTimestamp } };
  return verifyNotary(signature, storesFor(stores, signature), options);
}

function envelope(file: string): NotarySignature {
  const bytes = readFileSync(data(join(ROOT, 'envelopes', file)));
  return (bytes[0] === 0x7b ? readJws(bytes, file) : readCose(bytes, file)).signature;
}

function storesFor(names: readonly string[], signature: NotarySignature): ReturnType<typeof notaryStores> {
  return notaryStores(names.map((name) => (name === 'own' ? ownRoot(signature) : publishedStore(name))));
}

function ownRoot(signature: NotarySignature): NotaryStore {
  return notaryStore('ca', 'own', [{ name: 'root', bytes: signature.certificates.at(-1) ?? Buffer.alloc(0) }]);
}

function publishedStore(name: string): NotaryStore {
  const [type, store] = name.split(':');
  if (store === undefined) {
    const [kind, file = kind] = name.split(' ');
    const bytes = readFileSync(data(join(ROOT, 'e2e-certs', file ?? '')));
    return notaryStore(kind === 'tsa' ? 'tsa' : 'ca', name, [{ name, bytes }]);
  }
  const folder = data(join(ROOT, 'truststore/x509', type ?? '', store));
  const files = readdirSync(folder).map((file) => ({ name: file, bytes: readFileSync(join(folder, file)) }));
  return notaryStore(type === 'tsa' || type === 'signingAuthority' ? type : 'ca', store, files);
}
