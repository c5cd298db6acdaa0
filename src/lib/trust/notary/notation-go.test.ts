import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { evidence } from '#test/evidence.ts';
import { notarySignature } from '#test/fixtures/notary-attachments.ts';
import { outcomeText } from '#test/fixtures/notary-outcome.ts';
import { MADE, signedLayout } from '#test/fixtures/signed/index.ts';
import type { NotaryOutcome } from './outcome.ts';
import { type NotaryStore, type NotaryStoreType, notaryStore, notaryStores } from './stores.ts';
import { type NotaryOptions, verifyNotary } from './verify.ts';

evidence('trust/notary-verify', 'real tool', 'signatures by notation-go with keys of each kind, in either envelope');

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

describe('signatures by notation-go', () => {
  const keys = ['p256', 'p384', 'p521', 'rsa2048', 'rsa3072'] as const;
  for (const envelope of ['jws', 'cose']) {
    for (const key of keys) {
      test(`${envelope} with ${key}: accepted under its own root and under no other`, () => {
        const signature = notarySignature(signedLayout(`notation-${envelope}-${key}`));
        for (const other of keys) {
          const outcome = verifyNotary(signature, notaryStores([made('ca', other)]), { ...STRICT, now: MADE });
          assert.equal(outcome.accepted, other === key);
          assert.equal(outcome.verified?.signer.kind, other === key ? 'x509' : undefined);
        }
      });
    }

    test(`${envelope} by a signing authority: accepted by stores of that type alone, with its time`, () => {
      const signature = notarySignature(signedLayout(`notation-${envelope}-authority`));
      const options = { ...STRICT, now: MADE };
      assert.equal(
        outcomeText(verifyNotary(signature, notaryStores([made('ca', 'p256')]), options)),
        'authenticity SIGNER_UNTRUSTED',
      );
      const { accepted, verified } = verifyNotary(signature, notaryStores([made('signingAuthority', 'p256')]), options);
      assert.ok(accepted);
      assert.deepEqual(
        verified?.times.map(({ source, time }) => [source, time]),
        [['signing-authority', signature.signingTime]],
      );
    });

    test(`${envelope} with an expiry: until then and no longer`, () => {
      const signature = notarySignature(signedLayout(`notation-${envelope}-expiry`));
      const { expiry } = signature;
      assert.ok(expiry !== null);
      const at = (now: number): NotaryOutcome =>
        verifyNotary(signature, notaryStores([made('ca', 'p256')]), { ...STRICT, now });
      assert.equal(at(MADE).validUntil, expiry);
      assert.equal(outcomeText(at(expiry - 1)), 'accepted');
      assert.equal(outcomeText(at(expiry)), 'expiry SIGNATURE_EXPIRED');
    });

    test(`${envelope} with a timestamp: accepted by the authority that made it`, () => {
      const signature = notarySignature(signedLayout(`notation-${envelope}-timestamp`));
      const stores = notaryStores([made('ca', 'p256'), made('tsa', 'timestamp-authority')]);
      const { accepted, verified } = verifyNotary(signature, stores, { ...STRICT, now: MADE });
      assert.ok(accepted);
      assert.deepEqual(
        verified?.times.map(({ source, authority }) => [source, authority]),
        [['timestamp-authority', 'timestamp-authority']],
      );
      const others = notaryStores([made('ca', 'p256'), made('tsa', 'rsa2048')]);
      assert.equal(verifyNotary(signature, others, { ...STRICT, now: MADE }).accepted, false);
    });
  }
});

/** The root of a made certificate. */
function made(type: NotaryStoreType, key: string): NotaryStore {
  const file = key === 'timestamp-authority' ? 'timestamp-authority-root.pem' : `notary-${key}-root.pem`;
  return notaryStore(type, key, [{ name: file, bytes: readFileSync(join(signedLayout('certificates'), file)) }]);
}
