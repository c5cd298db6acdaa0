import assert from 'node:assert/strict';
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import type { EvidenceReport } from '#model/evidence.ts';
import { openCache } from '#store/cache/index.ts';
import { evidence } from '../evidence.ts';
import { entryFiles } from '../fixtures/cache.ts';
import { type Contents, registryOf, IMAGE as SERVED, served } from '../fixtures/evidence-registry.ts';
import { type HostileRegistry, startHostile } from '../fixtures/hostile-registry.ts';
import { MEDIA_TYPES } from '../fixtures/oci-layout.ts';
import { SUBJECTS, signerFile } from '../fixtures/signed/index.ts';
import { testKey } from '../fixtures/signing.ts';
import { keySigner, MINUTE, NOW } from './attack.ts';
import { contentsOf, signatureOf, signatureTag, temporary, trustIn, verify } from './run.ts';

evidence(
  'trust/bypass-08',
  'self-made',
  'acceptances that were kept: of other images, by other configurations, old, damaged and foreign',
);
evidence('trust/bypass-08', 'real tool', 'a signature of cosign 2 that is gone when it is asked for again');

const release = testKey();
const stranger = testKey();
const { blob, manifest } = signatureOf(SERVED, release);
const SIGNED: Contents = { content: [blob, manifest], tags: { [signatureTag()]: manifest } };
const trust = trustIn(release);

interface World {
  readonly server: HostileRegistry;
  readonly home: string;
  readonly run: (more?: {
    readonly trust?: object;
    readonly now?: number;
    readonly reference?: string;
    readonly kind?: EvidenceReport['kind'];
  }) => Promise<EvidenceReport>;
}

async function world(context: TestContext, contents: Contents = SIGNED): Promise<World> {
  const server = await startHostile(context, registryOf(contents));
  const home = temporary(context);
  return {
    server,
    home,
    run: async ({ reference = 'team/app', ...more } = {}) =>
      await verify(context, `${server.host}/${reference}`, { trust, home, ...more }),
  };
}

function verifications(home: string): readonly string[] {
  return entryFiles(join(home, 'cache')).filter((name) => name.includes('verifications'));
}

function said({ verification, content }: EvidenceReport): readonly [string | undefined, string] {
  return [verification?.outcome, content];
}

describe('a cache that answers for more than was verified: Kyverno #17130, #17173, #17105', () => {
  it('an acceptance is taken again', async (context) => {
    const { run, server } = await world(context);
    assert.deepEqual(said(await run()), ['accepted', 'read']);
    const before = server.asked.length;
    assert.deepEqual(said(await run()), ['accepted', 'cached']);
    assert.ok(
      server.asked.slice(before).every(({ line }) => !line.includes('sha256-')),
      'nothing that was not judged is fetched',
    );
  });

  it('a refusal is not kept, so that a signature which comes later counts (#17105)', async (context) => {
    const { run, server, home } = await world(context, {});
    assert.deepEqual(said(await run()), ['refused', 'read']);
    assert.deepEqual(verifications(home), []);
    server.answer = registryOf(SIGNED);
    assert.deepEqual(said(await run()), ['accepted', 'read']);
  });

  it('nor is an answer that is open', async (context) => {
    const { run, home } = await world(context, {
      instead: { [`manifests/${signatureTag()}`]: (_, response) => void response.writeHead(403).end() },
    });
    assert.deepEqual(said(await run()), ['unknown', 'read']);
    assert.deepEqual(verifications(home), []);
  });

  const others: readonly (readonly [name: string, trust: object, outcome: string])[] = [
    ['another key', trustIn(stranger), 'refused'],
    ['a rule more, which refuses (#17173)', withRule({ refuse: 'under review' }), 'refused'],
    [
      'a rule more, which asks for more',
      withRule({ attestation: { predicateType: 'provenance', signers: ['release'] } }),
      'refused',
    ],
    [
      'another name of the signer',
      { ...trust, signers: { release: { operator: 'other', ...keySigner(release) } } },
      'accepted',
    ],
  ];
  for (const [name, changed, outcome] of others) {
    it(`an acceptance by another configuration does not count: ${name}`, async (context) => {
      const { run } = await world(context);
      await run();
      assert.deepEqual(said(await run({ trust: changed })), [outcome, 'read']);
    });
  }

  it('a key that was replaced in its file is another configuration', async (context) => {
    const { run, home } = await world(context);
    const file = join(home, 'release.pub');
    writeFileSync(file, release.pem);
    const byFile = { ...trust, signers: { release: { key: { file, transparency: 'none' } } } };
    assert.deepEqual(said(await run({ trust: byFile })), ['accepted', 'read']);
    assert.deepEqual(said(await run({ trust: byFile })), ['accepted', 'cached']);
    writeFileSync(file, stranger.pem);
    assert.deepEqual(said(await run({ trust: byFile })), ['refused', 'read']);
  });

  it('another image under the tag, and the same image in another repository, are judged anew', async (context) => {
    const evil = served(MEDIA_TYPES.manifest, {
      ...(JSON.parse(SERVED.bytes.toString()) as object),
      annotations: { evil: 'yes' },
    });
    const { run, server } = await world(context);
    await run();
    server.answer = (request, response) => {
      request.url = request.url?.replace('/v2/team/other/', '/v2/team/app/') ?? '';
      registryOf(SIGNED)(request, response);
    };
    assert.deepEqual(said(await run({ reference: 'team/other' })), ['accepted', 'read']);
    server.answer = registryOf({
      ...SIGNED,
      tags: { ...SIGNED.tags },
      instead: {
        'manifests/latest': (_, response) =>
          void response.writeHead(200, { 'content-type': MEDIA_TYPES.manifest }).end(evil.bytes),
      },
    });
    assert.deepEqual(said(await run()), ['refused', 'read']);
  });

  it('an acceptance ends after an hour, and does not count before it was made', async (context) => {
    const { run, server } = await world(context);
    await run();
    server.answer = registryOf({});
    assert.deepEqual(said(await run({ now: NOW + 59 * MINUTE })), ['accepted', 'cached']);
    assert.deepEqual(said(await run({ now: NOW + 60 * MINUTE })), ['refused', 'read']);
    assert.deepEqual(said(await run({ now: NOW - MINUTE })), ['refused', 'read']);
  });

  it('evidence is always read', async (context) => {
    const { run } = await world(context);
    await run();
    assert.deepEqual(said(await run({ kind: 'evidence' })), ['accepted', 'read']);
  });

  it('an entry that is damaged, cut off, empty or of another image is not believed', async (context) => {
    const { run, server, home } = await world(context);
    await run();
    const [path] = verifications(home);
    assert.ok(path !== undefined);
    const genuine = readFileSync(path);
    server.answer = registryOf({});
    for (const change of [
      (bytes: Buffer) => Buffer.from(bytes.toString('latin1').replace('"accepted"', '"Accepted"'), 'latin1'),
      (bytes: Buffer) => bytes.subarray(0, bytes.length - 1),
      () => Buffer.alloc(0),
      () => Buffer.from('{"at":0,"report":{"verification":{"outcome":"accepted"}}}'),
    ]) {
      writeFileSync(path, change(genuine));
      assert.deepEqual(said(await run()), ['refused', 'read']);
      writeFileSync(path, genuine);
      assert.deepEqual(said(await run()), ['accepted', 'cached']);
    }
    // An acceptance of the same image by somebody else, under the name of this one.
    server.answer = registryOf(signedBy(stranger));
    assert.deepEqual(said(await run({ trust: trustIn(stranger) })), ['accepted', 'read']);
    const foreign = verifications(home).find((name) => name !== path);
    assert.ok(foreign !== undefined);
    copyFileSync(foreign, path);
    server.answer = registryOf({});
    assert.deepEqual(said(await run()), ['refused', 'read']);
    rmSync(foreign);
  });

  it('an entry that is sealed as it should be, and is no acceptance, is not believed', async (context) => {
    const { run, server, home } = await world(context);
    await run();
    const [path] = verifications(home);
    assert.ok(path !== undefined);
    const key = keyIn(readFileSync(path));
    server.answer = registryOf({});
    const clock = { now: () => NOW };
    for (const content of [
      '{}',
      'null',
      '[]',
      'no JSON',
      '',
      '{"at":0}',
      `{"at":${NOW},"report":{"verification":null}}`,
      `{"at":"${NOW}","report":{}}`,
    ]) {
      await openCache(join(home, 'cache'), { maxBytes: 1 << 24, clock }).verifications.put(key, Buffer.from(content));
      assert.deepEqual(said(await run()), ['refused', 'read'], content);
    }
  });
});

function withRule(requirement: object): object {
  const more = { name: 'more', repositories: ['**'], platforms: 'either', require: [requirement] };
  return { ...trust, rules: [...(trust as { readonly rules: readonly object[] }).rules, more] };
}

function signedBy(key: typeof release): Contents {
  const other = signatureOf(SERVED, key);
  return { content: [other.blob, other.manifest], tags: { [signatureTag()]: other.manifest } };
}

/** Behind what the file is, its hash and a length stands the key, as JSON with its kind. */
function keyIn(bytes: Buffer): string {
  const length = bytes.readUInt32LE(40);
  return (JSON.parse(bytes.subarray(44, 44 + length).toString()) as { readonly key: string }).key;
}

describe('a signature of cosign 2', () => {
  it('refused: when it is gone and the acceptance is old, or by another key', async (context) => {
    const { run, server } = await world(context, contentsOf('cosign2-key'));
    const reference = `team/app@${SUBJECTS.amd64}`;
    const byFile = (file: string): object => ({
      ...trust,
      signers: { release: { key: { file, transparency: 'none' } } },
    });
    const mine = byFile(signerFile('p256'));
    assert.deepEqual(said(await run({ reference, trust: mine })), ['accepted', 'read']);
    server.answer = registryOf({ ...contentsOf('cosign2-key'), tags: {} });
    assert.deepEqual(said(await run({ reference, trust: mine })), ['accepted', 'cached']);
    assert.deepEqual(said(await run({ reference, trust: mine, now: NOW + 60 * MINUTE })), ['refused', 'read']);
    assert.deepEqual(said(await run({ reference, trust: byFile(signerFile('p384')) })), ['refused', 'read']);
  });
});
