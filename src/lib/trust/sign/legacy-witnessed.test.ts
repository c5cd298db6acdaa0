import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { digestOf, hexOf } from '#base/digest.ts';
import type { Artifact } from '#model/artifact.ts';
import { signedLayout } from '#test/fixtures/signed/index.ts';
import { SUBJECT, signingKey } from '#test/fixtures/signing-key.ts';
import { signingServices } from '#test/fixtures/signing-services.ts';
import { witnessesOf } from '#test/fixtures/witnessed-signatures.ts';
import { attestLegacy, signLegacy } from './legacy.ts';
import type { SigstoreOptions } from './options.ts';
import type { KeylessIdentity, TransparencyLog } from './witness.ts';

const services = await signingServices();
const identity = await services.identity();
const { now, root } = services;
const PREDICATE = { type: 'https://example.org/test/v1', json: '{"a":1}' };

type Sign = (key: KeylessIdentity['key'], options: SigstoreOptions) => Promise<Artifact>;

const sign: Sign = async (key, options) => await signLegacy(SUBJECT, key, { ...options, repository: 'app' });
const attest: Sign = async (key, options) =>
  await attestLegacy(SUBJECT, PREDICATE, key, { ...options, repository: 'app' });

function annotationsOf({ layers: [layer] }: Artifact): ReadonlyMap<string, string> {
  return layer?.annotations ?? new Map();
}

describe("cosign's older forms with witnesses", () => {
  it('have an annotation for each', async () => {
    const [leaf, issuer] = identity.chain;
    for (const make of [sign, attest]) {
      const artifact = await make(identity.key, {
        now,
        root,
        chain: identity.chain,
        witnesses: witnessesOf(services, 'timestamp and log'),
      });
      const annotations = annotationsOf(artifact);
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
    await assert.rejects(attest(signingKey('p256'), asked), {
      code: 'LOG_BODY_MISMATCH',
    });
    const artifact = await attest(signingKey('p256'), { ...asked, witnesses: witnessesOf(services, 'log') });
    const [layer] = artifact.layers;
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
      for (const make of [sign, attest]) {
        await assert.rejects(make(signingKey('p256'), { now, witnesses: asked }), {
          code: 'WITNESS_UNSUPPORTED',
        });
      }
    }
  });

  for (const [fixture, chain] of [
    ['cosign2-timestamp', null],
    ['cosign2-certificate', identity.chain],
  ] as const) {
    it(`are laid out as cosign lays them out: ${fixture}`, async () => {
      const theirs = layerAnnotations(fixture);
      const key = chain === null ? signingKey('p256') : identity.key;
      const witnesses = witnessesOf(services, 'timestamp');
      const ours = annotationsOf(await sign(key, { now, witnesses, ...(chain === null ? {} : { chain }) }));
      assert.deepEqual([...ours.keys()].toSorted(), [...theirs.keys()].toSorted());
      for (const [name, text] of ours) {
        assert.deepEqual(outline(text), outline(theirs.get(name) ?? ''), name);
      }
    });
  }
});

/** Of the one signature in a layout. */
function layerAnnotations(fixture: string): ReadonlyMap<string, string> {
  const blobs = join(signedLayout(fixture), 'blobs/sha256');
  const texts = readdirSync(blobs).map((name) => readFileSync(join(blobs, name), 'latin1'));
  const manifest = texts.find((text) => text.includes('cosign/signature')) ?? assert.fail();
  const { layers } = JSON.parse(manifest) as { layers: readonly [{ annotations: Record<string, string> }] };
  return new Map(Object.entries(layers[0].annotations));
}

/** What is around the base64 of a text: PEM's lines, JSON's names. Of a chain one certificate stands for all. */
function outline(text: string): readonly string[] {
  return [
    ...new Set(
      text
        .replaceAll(/(?<![A-Za-z0-9+/-])[A-Za-z0-9+/]{40,}={0,2}/g, '*')
        .split('\n')
        .map((line) => (/^[A-Za-z0-9+/=]{1,63}$/.test(line) ? '*' : line)),
    ),
  ];
}
