import assert from 'node:assert/strict';
import { createPublicKey } from 'node:crypto';
import { describe, it } from 'node:test';
import { bundleFromJSON } from '@sigstore/bundle';
import { TrustedRoot } from '@sigstore/protobuf-specs';
import { toSignedEntity, toTrustMaterial, Verifier } from '@sigstore/verify';
import { digestOf, hexOf } from '#base/digest.ts';
import type { Artifact } from '#model/artifact.ts';
import { evidence } from '#test/evidence.ts';
import { certify } from '#test/fixtures/notary-signer.ts';
import { keyPair, SUBJECT, signingKey, strayKey } from '#test/fixtures/signing-key.ts';
import { IDENTITY, type SigningServices, signingServices } from '#test/fixtures/signing-services.ts';
import { evidenceFormats } from '../formats/list.ts';
import { exactly, matchIdentity } from '../keyless/identity.ts';
import { verifyKeyless } from '../keyless/verify-keyless.ts';
import { parsePublicKey } from '../keys/public-key.ts';
import { verifyKeyed } from '../keys/verify-keyed.ts';
import type { SigstoreSignature, VerifiedSignature } from '../signed.ts';
import type { TrustRoot } from '../trust-root/trust-root.ts';
import { asAttachment } from './artifact.ts';
import { attestBundle, signBundle } from './bundle.ts';
import { attestLegacy, signLegacy } from './legacy.ts';
import type { SigstoreOptions } from './options.ts';
import type { KeylessIdentity, TimestampAuthority, TransparencyLog } from './witness.ts';

evidence(
  'trust/sign-witnessed',
  'real tool',
  'certificates, timestamps and log entries by @sigstore/mock, judged by @sigstore/verify; test/compat has cosign judge them',
);

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

type Seen = 'timestamp' | 'log' | 'timestamp and log';

function witnesses(
  seen: Seen,
  { timestamps, log }: SigningServices = services,
): Required<SigstoreOptions>['witnesses'] {
  return {
    timestamps: seen === 'log' ? [] : [timestamps],
    logs: seen === 'timestamp' ? [] : [log],
  };
}

/** By an identity, with all that the trust root asks for. */
function keyless(more: Partial<SigstoreOptions> = {}): SigstoreOptions {
  return { now, chain: identity.chain, witnesses: witnesses('timestamp and log'), root, ...more };
}

function signatureOf(artifact: Artifact): SigstoreSignature {
  const attachment = asAttachment(artifact);
  const [format] = evidenceFormats.filter((candidate) => candidate.recognises(attachment));
  const { contents = [], failures = [] } = format?.read(attachment) ?? {};
  assert.deepEqual(failures, []);
  const [signature] = contents[0]?.signatures ?? [];
  assert.ok(signature?.kind === 'sigstore');
  return signature;
}

function verify(artifact: Artifact, trusted: TrustRoot = root): VerifiedSignature {
  return verifyKeyless(signatureOf(artifact), trusted, { now });
}

function documentOf({ layers: [layer] }: Artifact): Record<string, unknown> {
  return JSON.parse(Buffer.from(layer?.content ?? []).toString()) as Record<string, unknown>;
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
          await sign(identity.key, { ...keyless({ witnesses: witnesses(seen) }), root: notLogged(seen) }),
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
      await assert.rejects(sign(identity.key, { now, chain: identity.chain }), refusal('TIME_UNVERIFIED'));
    });

    it('with the certificate of another key is not attached', async () => {
      const { chain } = await services.identity();
      await assert.rejects(sign(identity.key, keyless({ chain })), refusal('CERTIFICATE_KEY_MISMATCH'));
    });

    it('with a certificate of another time is not attached', async () => {
      for (const off of [-11, 21]) {
        await assert.rejects(
          sign(identity.key, keyless({ now: now + off * 60_000 })),
          refusal('CERTIFICATE_OUTSIDE_VALIDITY'),
        );
      }
    });

    it('with a certificate that names nobody is not attached', async () => {
      const pair = keyPair('p256');
      const { certificate } = certify({ name: 'somebody', kind: 'leaf', key: pair, issuer: null });
      const options = keyless({ chain: [certificate] });
      await assert.rejects(sign(signingKey('p256', pair), options), refusal('IDENTITY_UNCLEAR'));
    });

    it('seen when the certificate no longer counts is not attached', async () => {
      const slow = await signingServices(12 * 60_000);
      for (const seen of ['timestamp', 'log'] as const) {
        const options = { now: now + 5 * 60_000, chain: identity.chain, witnesses: witnesses(seen, slow) };
        await assert.rejects(sign(identity.key, options), refusal('CERTIFICATE_OUTSIDE_VALIDITY'));
      }
    });
  });

  describe(`${name} by a key`, () => {
    it('with a timestamp and a log entry verifies with both', async () => {
      const key = signingKey('p256');
      const artifact = await sign(key, { now, witnesses: witnesses('timestamp and log'), root });
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
      await assert.rejects(keyed({ witnesses: { timestamps, logs: [] } }), refusal('TIMESTAMP_INVALID'));
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
        const options = { now: now + off * 60_000, witnesses: witnesses('timestamp') };
        await assert.rejects(keyed(options), refusal('TIMESTAMP_INVALID'));
        await assert.rejects(keyed({ ...options, witnesses: witnesses('log') }), refusal('TIMESTAMP_INVALID'));
      }
      await keyed({ now: now + 9 * 60_000, witnesses: witnesses('timestamp and log') });
      await keyed({ now: now - 9 * 60_000, witnesses: witnesses('timestamp and log'), root });
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
      const told = name === 'attestLegacy' ? { code: 'LOG_BODY_MISMATCH' } : refusal('LOG_BODY_MISMATCH');
      const key = signingKey('p256');
      await sign(key, { now, witnesses: { timestamps: [], logs: [recording] } });
      await assert.rejects(sign(key, { now, witnesses: { timestamps: [], logs: [recording] } }), told);
    });

    it('that the trust root does not know is noticed', async () => {
      for (const seen of ['timestamp', 'log'] as const) {
        const options = { witnesses: witnesses(seen, strangers) };
        await keyed({ ...options, now: strangers.now });
        await assert.rejects(keyed({ ...options, root }), { code: 'SIGNED_WRONGLY' });
      }
      const nobody = { ...root, timestampAuthorities: [] };
      await assert.rejects(keyed({ witnesses: witnesses('timestamp'), root: nobody }), refusal('TIME_UNVERIFIED'));
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

/** What was signed is not attached, for the reason that `code` names. */
function refusal(code: string): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof Error);
    assert.equal((error as { code?: string }).code, 'SIGNED_WRONGLY');
    assert.equal((error.cause as { code?: string }).code, code, error.message);
    return true;
  };
}

describe('a bundle with witnesses', () => {
  const material = toTrustMaterial(TrustedRoot.fromJSON(services.trustedRoot), () => assert.fail('a key'));
  const others = toTrustMaterial(TrustedRoot.fromJSON(strangers.trustedRoot), () => assert.fail('a key'));

  it('by an identity is accepted by @sigstore/verify, and refused under another root or for somebody else', async () => {
    const artifact = await signBundle(SUBJECT, identity.key, keyless());
    const entity = toSignedEntity(bundleFromJSON(documentOf(artifact)));
    const options = { tlogThreshold: 1, ctlogThreshold: 1, timestampThreshold: 2 };
    const policy = { subjectAlternativeName: IDENTITY.subject, extensions: { issuer: IDENTITY.issuer } };
    new Verifier(material, options).verify(entity, policy);
    assert.throws(() => new Verifier(others, options).verify(entity, policy));
    assert.throws(() => new Verifier(material, options).verify(entity, { ...policy, subjectAlternativeName: 'me' }));
    assert.throws(() => new Verifier(material, { ...options, timestampThreshold: 3 }).verify(entity, policy));
  });

  it('by a key is accepted by @sigstore/verify, and refused under another key', async () => {
    const key = signingKey('p256');
    const artifact = await signBundle(SUBJECT, key, { now, witnesses: witnesses('timestamp and log') });
    const entity = toSignedEntity(bundleFromJSON(documentOf(artifact)));
    const judge = (spki: Uint8Array): unknown => {
      const publicKey = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
      const trusted = toTrustMaterial(TrustedRoot.fromJSON(services.trustedRoot), () => ({
        publicKey,
        validFor: () => true,
      }));
      return new Verifier(trusted, { tlogThreshold: 1, timestampThreshold: 2 }).verify(entity);
    };
    judge(key.publicKey);
    assert.throws(() => judge(signingKey('p256').publicKey));
  });

  it('of a Rekor 2 has a time from an authority, and is not attached without', async () => {
    const logs = [services.proofLog];
    const both = await signBundle(
      SUBJECT,
      identity.key,
      keyless({ witnesses: { timestamps: [services.timestamps], logs } }),
    );
    assert.equal(verify(both).times.length, 1);
    await assert.rejects(
      signBundle(SUBJECT, identity.key, keyless({ witnesses: { timestamps: [], logs } })),
      refusal('TIME_UNVERIFIED'),
    );
  });

  it('has room for several of a kind', async () => {
    const artifact = await signBundle(SUBJECT, identity.key, {
      now,
      chain: identity.chain,
      witnesses: { timestamps: [services.timestamps, strangers.timestamps], logs: [services.log, services.proofLog] },
    });
    const { timestamps, logEntries } = signatureOf(artifact);
    assert.deepEqual([timestamps.length, logEntries.length], [2, 2]);
  });

  it('is not attached where the root asks for a log and none was asked', async () => {
    await assert.rejects(
      signBundle(SUBJECT, identity.key, keyless({ witnesses: witnesses('timestamp') })),
      refusal('LOG_ENTRY_MISSING'),
    );
  });
});

describe("cosign's older forms with witnesses", () => {
  it('have an annotation for each', async () => {
    const [leaf, issuer] = identity.chain;
    for (const sign of [FORMS['signLegacy'], FORMS['attestLegacy']]) {
      const artifact = await sign?.(identity.key, keyless());
      const annotations = artifact?.layers[0]?.annotations ?? new Map<string, string>();
      const pem = (name: string): Buffer =>
        Buffer.from((annotations.get(name) ?? '').replaceAll(/-----.*-----|\n/g, ''), 'base64');
      assert.deepEqual(pem('dev.sigstore.cosign/certificate'), Buffer.from(leaf));
      assert.deepEqual(pem('dev.sigstore.cosign/chain'), Buffer.from(issuer ?? []));
      const kept = JSON.parse(annotations.get('dev.sigstore.cosign/bundle') ?? '') as { Payload: object };
      assert.deepEqual(Object.keys(kept), ['SignedEntryTimestamp', 'Payload']);
      assert.deepEqual(Object.keys(kept.Payload), ['body', 'integratedTime', 'logIndex', 'logID']);
      const stamped = JSON.parse(annotations.get('dev.sigstore.cosign/rfc3161timestamp') ?? '') as object;
      assert.deepEqual(Object.keys(stamped), ['SignedRFC3161Timestamp']);
    }
  });

  it('of an attestation are entered as they are attached, which cosign compares', async () => {
    const other: TransparencyLog = {
      name: 'other',
      enter: async (request) => {
        assert.ok(request.kind === 'dsse');
        const entry = (await services.log.enter(request)) as { readonly canonicalizedBody: string };
        const body = Buffer.from(entry.canonicalizedBody, 'base64').toString();
        const changed = body.replace(
          /"envelopeHash":{"algorithm":"sha256","value":"[0-9a-f]{64}/,
          (text) => `${text.slice(0, -4)}0000`,
        );
        assert.notEqual(changed, body);
        return { ...entry, canonicalizedBody: Buffer.from(changed).toString('base64') };
      },
    };
    const asked = { now, witnesses: { timestamps: [], logs: [other] } };
    await assert.rejects(FORMS['attestLegacy']?.(signingKey('p256'), asked) ?? assert.fail(), {
      code: 'LOG_BODY_MISMATCH',
    });
    const artifact = await FORMS['attestLegacy']?.(signingKey('p256'), { ...asked, witnesses: witnesses('log') });
    const [layer] = artifact?.layers ?? [];
    const kept = JSON.parse(layer?.annotations.get('dev.sigstore.cosign/bundle') ?? '') as {
      Payload: { body: string };
    };
    assert.ok(
      Buffer.from(kept.Payload.body, 'base64')
        .toString()
        .includes(hexOf(digestOf(layer?.content ?? ''))),
    );
  });

  it('have no place for two of a kind, nor for a Rekor 2', async () => {
    const { timestamps: stamps, log, proofLog } = services;
    for (const asked of [
      { timestamps: [stamps, stamps], logs: [] },
      { timestamps: [], logs: [log, log] },
      { timestamps: [], logs: [proofLog] },
    ]) {
      for (const sign of [FORMS['signLegacy'], FORMS['attestLegacy']]) {
        await assert.rejects(sign?.(signingKey('p256'), { now, witnesses: asked }) ?? assert.fail(), {
          code: 'WITNESS_UNSUPPORTED',
        });
      }
    }
  });
});
