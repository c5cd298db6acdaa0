import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Artifact } from '#model/artifact.ts';
import { certify } from '#test/fixtures/notary-signer.ts';
import { keyPair, SUBJECT, signingKey, strayKey } from '#test/fixtures/signing-key.ts';
import { IDENTITY, signingServices } from '#test/fixtures/signing-services.ts';
import { notAttached, type Seen, signatureOf, witnessesOf } from '#test/fixtures/witnessed-signatures.ts';
import { exactly, matchIdentity } from '../keyless/identity.ts';
import { verifyKeyless } from '../keyless/verify-keyless.ts';
import { parsePublicKey } from '../keys/public-key.ts';
import { verifyKeyed } from '../keys/verify-keyed.ts';
import type { VerifiedSignature } from '../signed.ts';
import type { TrustRoot } from '../trust-root/trust-root.ts';
import { attestBundle, signBundle } from './bundle.ts';
import { attestLegacy, signLegacy } from './legacy.ts';
import type { SigstoreOptions } from './options.ts';
import type { KeylessIdentity, TimestampAuthority, TransparencyLog } from './witness.ts';

const PREDICATE = { type: 'https://example.org/test/v1', json: '{"a":1}' };
const services = await signingServices();
const strangers = await signingServices();
const identity = await services.identity();
const { now, root } = services;

type Sign = (key: KeylessIdentity['key'], options: SigstoreOptions) => Promise<Artifact>;

const FORMS: Readonly<Record<string, Sign>> = {
  signBundle: async (key, options) => await signBundle(SUBJECT, key, options),
  attestBundle: async (key, options) => await attestBundle(SUBJECT, PREDICATE, key, { ...options, name: 'app' }),
  signLegacy: async (key, options) => await signLegacy(SUBJECT, key, { ...options, repository: 'app' }),
  attestLegacy: async (key, options) => await attestLegacy(SUBJECT, PREDICATE, key, { ...options, repository: 'app' }),
};

/** By an identity, with all that the trust root asks for. */
function keyless(more: Partial<SigstoreOptions> = {}): SigstoreOptions {
  return { now, chain: identity.chain, witnesses: witnessesOf(services, 'timestamp and log'), root, ...more };
}

function verify(artifact: Artifact, trusted: TrustRoot = root): VerifiedSignature {
  return verifyKeyless(signatureOf(artifact), trusted, { now });
}

/** A timestamp authority whose answers are what `change` makes of a request. */
function stamping(change: (message: Uint8Array) => Uint8Array, by = services.timestamps): TimestampAuthority {
  return { name: by.name, timestamp: async (message, hash) => await by.timestamp(change(message), hash) };
}

const failure = new Error('out of order');
const brokenStamps: TimestampAuthority = { name: 'broken', timestamp: async () => await Promise.reject(failure) };
const brokenLog: TransparencyLog = { name: 'broken', enter: async () => await Promise.reject(failure) };

for (const [name, sign] of Object.entries(FORMS)) {
  const keyed = async (more: Partial<SigstoreOptions> = {}): Promise<Artifact> =>
    await sign(signingKey('p256'), { now, ...more });

  describe(`${name} by an identity`, () => {
    for (const seen of ['timestamp', 'log', 'timestamp and log'] as const) {
      it(`with a ${seen} reads as theirs`, async () => {
        const signature = signatureOf(
          await sign(identity.key, { ...keyless({ witnesses: witnessesOf(services, seen) }), root: notLogged(seen) }),
        );
        assert.equal(signature.timestamps.length, seen === 'log' ? 0 : 1);
        assert.equal(signature.logEntries.length, seen === 'timestamp' ? 0 : 1);
        const { signer, times } = verifyKeyless(signature, notLogged(seen), { now, requireLog: false });
        assert.deepEqual([...new Set(times.map(({ time }) => time))], [now]);
        const asked = {
          issuer: exactly(IDENTITY.issuer, 'i'),
          subject: exactly(IDENTITY.subject, 's'),
          claims: new Map(),
        };
        assert.deepEqual(matchIdentity(signer, asked), []);
        assert.notDeepEqual(matchIdentity(signer, { ...asked, subject: exactly('somebody', 's') }), []);
      });
    }

    it('is refused under the trust root of others', async () => {
      const artifact = await sign(identity.key, keyless());
      verify(artifact);
      assert.throws(() => verify(artifact, strangers.root), { name: 'TrustError' });
    });

    it('with nobody to say when is not attached', async () => {
      await assert.rejects(sign(identity.key, { now, chain: identity.chain }), notAttached('TIME_UNVERIFIED'));
    });

    it('with the certificate of another key is not attached', async () => {
      const { chain } = await services.identity();
      await assert.rejects(sign(identity.key, keyless({ chain })), notAttached('CERTIFICATE_KEY_MISMATCH'));
    });

    it('with a certificate of another time is not attached', async () => {
      for (const off of [-11, 21]) {
        await assert.rejects(
          sign(identity.key, keyless({ now: now + off * 60_000 })),
          notAttached('CERTIFICATE_OUTSIDE_VALIDITY'),
        );
      }
    });

    it('with a certificate that names nobody is not attached', async () => {
      const pair = keyPair('p256');
      const { certificate } = certify({ name: 'somebody', kind: 'leaf', key: pair, issuer: null });
      const options = keyless({ chain: [certificate] });
      await assert.rejects(sign(signingKey('p256', pair), options), notAttached('IDENTITY_UNCLEAR'));
    });

    it('seen when the certificate no longer counts is not attached', async () => {
      // Six minutes ahead of whoever signs, however long ago the others were made.
      const slow = await signingServices(now + 11 * 60_000 - Date.now());
      for (const seen of ['timestamp', 'log'] as const) {
        const options = { now: now + 5 * 60_000, chain: identity.chain, witnesses: witnessesOf(slow, seen) };
        await assert.rejects(sign(identity.key, options), notAttached('CERTIFICATE_OUTSIDE_VALIDITY'));
      }
    });
  });

  describe(`${name} by a key`, () => {
    it('with a timestamp and a log entry verifies with both', async () => {
      const key = signingKey('p256');
      const artifact = await sign(key, { now, witnesses: witnessesOf(services, 'timestamp and log'), root });
      const signature = signatureOf(artifact);
      assert.deepEqual(signature.certificates, []);
      const options = { root, now, requireLog: true, validFrom: now, validUntil: now + 1000 };
      const { times, logs } = verifyKeyed(signature, parsePublicKey(key.publicKey, 'key'), options);
      assert.deepEqual(times.map(({ source }) => source).toSorted(), ['timestamp-authority', 'transparency-log']);
      assert.equal(logs.length, 1);
    });

    it('nobody is asked about a signature that is wrong', async () => {
      const key = strayKey(
        signingKey('p256'),
        async () => await Promise.resolve(Buffer.from('30060201010201ff', 'hex')),
      );
      const asked: string[] = [];
      const timestamps = [stamping((message) => (asked.push('timestamp'), message))];
      await assert.rejects(sign(key, { now, witnesses: { timestamps, logs: [] } }), { code: 'SIGNED_WRONGLY' });
      assert.deepEqual(asked, []);
    });
  });

  describe(`${name}: a witness`, () => {
    it('that fails leaves nothing to attach', async () => {
      await assert.rejects(keyed({ witnesses: { timestamps: [brokenStamps], logs: [] } }), failure);
      await assert.rejects(keyed({ witnesses: { timestamps: [services.timestamps], logs: [brokenLog] } }), failure);
    });

    it('of time that fails keeps the log from being asked', async () => {
      const logs = [{ name: 'log', enter: (): Promise<object> => assert.fail('asked') }];
      await assert.rejects(keyed({ witnesses: { timestamps: [brokenStamps], logs } }), failure);
    });

    it('that stamps something else is noticed', async () => {
      const timestamps = [stamping((message) => Buffer.concat([message, message]))];
      await assert.rejects(keyed({ witnesses: { timestamps, logs: [] } }), notAttached('TIMESTAMP_INVALID'));
    });

    it('that answers with something that is no timestamp is noticed', async () => {
      for (const answer of [
        Buffer.alloc(1),
        Buffer.from('300530030201023000', 'hex'),
        Buffer.from('30053003020102', 'hex'),
      ]) {
        const timestamps = [{ name: 'odd', timestamp: async () => await Promise.resolve(answer) }];
        await assert.rejects(keyed({ witnesses: { timestamps, logs: [] } }), { code: 'SIGNED_WRONGLY' });
      }
    });

    it('whose clock is far from ours is noticed', async () => {
      for (const off of [-11, 11]) {
        const options = { now: now + off * 60_000, witnesses: witnessesOf(services, 'timestamp') };
        await assert.rejects(keyed(options), notAttached('TIMESTAMP_INVALID'));
        await assert.rejects(
          keyed({ ...options, witnesses: witnessesOf(services, 'log') }),
          notAttached('TIMESTAMP_INVALID'),
        );
      }
      await keyed({ now: now + 9 * 60_000, witnesses: witnessesOf(services, 'timestamp and log') });
      await keyed({ now: now - 9 * 60_000, witnesses: witnessesOf(services, 'timestamp and log'), root });
    });

    it('that logs another signature is noticed', async () => {
      const earlier: object[] = [];
      const recording: TransparencyLog = {
        name: 'log',
        enter: async (request) => {
          earlier.push(await services.log.enter(request));
          return earlier[0] ?? assert.fail();
        },
      };
      // The hash of the envelope is looked at before there is anything to read back.
      const told = name === 'attestLegacy' ? { code: 'LOG_BODY_MISMATCH' } : notAttached('LOG_BODY_MISMATCH');
      const key = signingKey('p256');
      await sign(key, { now, witnesses: { timestamps: [], logs: [recording] } });
      await assert.rejects(sign(key, { now, witnesses: { timestamps: [], logs: [recording] } }), told);
    });

    it('that the trust root does not know is noticed', async () => {
      for (const seen of ['timestamp', 'log'] as const) {
        const options = { witnesses: witnessesOf(strangers, seen) };
        await keyed({ ...options, now: strangers.now });
        await assert.rejects(keyed({ ...options, root }), { code: 'SIGNED_WRONGLY' });
      }
      const nobody = { ...root, timestampAuthorities: [] };
      await assert.rejects(
        keyed({ witnesses: witnessesOf(services, 'timestamp'), root: nobody }),
        notAttached('TIME_UNVERIFIED'),
      );
    });

    it('is told when to stop', async () => {
      const { signal } = new AbortController();
      const told: unknown[] = [];
      const timestamps: TimestampAuthority[] = [
        {
          name: 't',
          timestamp: async (message, hash, until) => (
            told.push(until), await services.timestamps.timestamp(message, hash)
          ),
        },
      ];
      const logs: TransparencyLog[] = [
        { name: 'l', enter: async (request, until) => (told.push(until), await services.log.enter(request)) },
      ];
      await keyed({ signal, witnesses: { timestamps, logs } });
      assert.deepEqual(told, [signal, signal]);
    });
  });
}

/** A root that asks for no log where none was. */
function notLogged(seen: Seen): TrustRoot {
  return seen === 'timestamp' ? { ...root, transparencyLogs: [] } : root;
}
