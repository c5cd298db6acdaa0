import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { evidenceForScan } from '#assess/report-evidence.ts';
import { digestOf } from '#base/digest.ts';
import { silentLog } from '#base/log.ts';
import { evidence } from '../evidence.ts';
import { attachment, described, registryOf, IMAGE as SERVED, served } from '../fixtures/evidence-registry.ts';
import { startHostile } from '../fixtures/hostile-registry.ts';
import { MEDIA_TYPES } from '../fixtures/oci-layout.ts';
import { attachmentOf, testKey } from '../fixtures/signing.ts';
import { sourceAccess } from '../fixtures/source-access.ts';
import { assertRefused, IMAGE, judge, keySigner, NOW, signedByCosign } from './attack.ts';
import { signatureOf, signatureTag, temporary, textOf, trustIn, verify } from './run.ts';

evidence(
  'trust/bypass-07',
  'self-made',
  'tags that move between two looks at them, and verdicts that strangers attach',
);
evidence('trust/bypass-07', 'real tool', 'a signature of cosign 2 for what the tag named before');

const release = testKey();
const { blob, manifest } = signatureOf(SERVED, release);
const signed = registryOf({ content: [blob, manifest], tags: { [signatureTag()]: manifest } });
const evil = served(MEDIA_TYPES.manifest, {
  ...(JSON.parse(SERVED.bytes.toString()) as object),
  annotations: { evil: 'yes' },
});
const trust = trustIn(release);

/** A registry whose tag names the signed image for the first questions, and another one from then on. */
async function moving(context: TestContext, after: number) {
  let asked = 0;
  return await startHostile(context, (request, response) => {
    if (
      request.url?.endsWith('/manifests/latest') !== true &&
      request.url?.endsWith(`/manifests/${evil.digest}`) !== true
    ) {
      signed(request, response);
      return;
    }
    asked += 1;
    const image = asked <= after ? SERVED : evil;
    const headers = {
      'content-type': MEDIA_TYPES.manifest,
      'docker-content-digest': image.digest,
      'content-length': image.size,
    };
    response.writeHead(200, headers).end(request.method === 'HEAD' ? undefined : image.bytes);
  });
}

describe('a tag that moves between resolving, judging and using it', () => {
  for (const after of [1, 2, 3]) {
    it(`what is accepted is what was signed, after ${after} questions`, async (context) => {
      const { host } = await moving(context, after);
      const report = await verify(context, `${host}/team/app`, { trust });
      const digests = report.image.subjects.map(({ digest }) => digest);
      assert.equal(report.verification?.outcome, digests.includes(evil.digest) ? 'refused' : 'accepted');
      assert.deepEqual(
        report.verification.rules.map(({ image }) => image),
        digests,
      );
    });
  }

  it('an acceptance that was kept says nothing of what the tag names now', async (context) => {
    const { host } = await moving(context, 2);
    const home = temporary(context);
    const first = await verify(context, `${host}/team/app`, { trust, home });
    assert.deepEqual([first.verification?.outcome, first.content], ['accepted', 'read']);
    const second = await verify(context, `${host}/team/app`, { trust, home });
    assert.deepEqual([second.verification?.outcome, second.content], ['refused', 'read']);
    assert.deepEqual(
      second.image.subjects.map(({ digest }) => digest),
      [evil.digest],
    );
  });

  it('a scan of one image does not get the evidence of another', async (context) => {
    const { host } = await startHostile(context, signed);
    const folder = temporary(context);
    const path = join(folder, 'trust.yaml');
    writeFileSync(path, JSON.stringify(trust));
    const found = await evidenceForScan(`${host}/team/app`, {
      kind: 'evidence',
      tool: { name: 'plimsoll', version: '0.0.0' },
      host: { os: 'linux', architecture: 'amd64' },
      platform: 'all',
      home: folder,
      cacheBytes: 0,
      access: sourceAccess({ clock: { now: () => NOW } }),
      offline: false,
      trust: { kind: 'file', path },
      clock: { now: () => NOW },
      signal: AbortSignal.timeout(60_000),
      log: silentLog,
    });
    assert.equal(found.of(SERVED.digest).trust?.verification?.outcome, 'accepted');
    for (const scanned of [evil.digest, null]) {
      const { evidence: shown, trust: answer } = found.of(scanned);
      assert.deepEqual(shown, []);
      assert.equal(answer?.verification, null);
      assert.match(answer.notLookedAt ?? '', new RegExp(`expected evidence of .*, found ${SERVED.digest}`));
    }
  });
});

const VERDICTS: Readonly<Record<string, string>> = {
  'kyverno.io/verify-images': `{"registry.example/team/app@${IMAGE.digest}":"pass"}`,
  'kyverno.io/image-verification-outcomes': `{"release":{"status":"pass"}}`,
  'image-verification-outcomes': '{"verified":true}',
  'policy.sigstore.dev/verified': 'true',
  'plimsoll.dev/verified': 'accepted',
  'org.opencontainers.image.verified': 'true',
};

describe('verdicts that are carried along (Kyverno #16336)', () => {
  const verdict = JSON.stringify({
    schemaVersion: '1.1',
    kind: 'verification',
    verification: { outcome: 'accepted', reasons: [], rules: [], validUntil: null },
  });

  it('refused: annotations that say it was verified, on whatever hangs on the image', async () => {
    for (const mediaType of [
      'application/json',
      'application/vnd.in-toto+json',
      'application/vnd.dev.cosign.simplesigning.v1+json',
    ]) {
      const held = { route: 'referrers', artifactType: mediaType, mediaType, content: Buffer.from(verdict) } as const;
      const carried = attachmentOf(IMAGE, { ...held, annotations: new Map(Object.entries(VERDICTS)) });
      const attachments = [{ ...carried, annotations: new Map(Object.entries(VERDICTS)) }];
      assertRefused(await judge({ attachments, signers: { release: keySigner(release) } }), /: 0 of 1 found/);
    }
  });

  it('refused: an image whose manifest says so, and a report of an acceptance in the registry', async (context) => {
    const image = served(MEDIA_TYPES.manifest, {
      ...(JSON.parse(SERVED.bytes.toString()) as object),
      annotations: VERDICTS,
    });
    const report = served('application/json', verdict);
    const referrer = attachment([report], described(image));
    const contents = registryOf({ content: [image, report, referrer], referrers: [referrer] });
    const { host } = await startHostile(context, contents);
    const answer = await verify(context, `${host}/team/app@${image.digest}`, { trust });
    assert.equal(answer.verification?.outcome, 'refused');
    assert.match(textOf(answer), /signature by release: 0 of 1 found/);
  });

  it('refused: an acceptance of another image, in the place where acceptances are kept', async (context) => {
    const { host } = await startHostile(context, signed);
    const home = temporary(context);
    assert.equal((await verify(context, `${host}/team/app`, { trust, home })).content, 'read');
    assert.equal((await verify(context, `${host}/team/app`, { trust, home })).content, 'cached');
    // Asked for by another tag the same bytes are judged anew.
    const other = await verify(context, `${host}/team/app@${SERVED.digest}`, { trust, home });
    assert.equal(other.content, 'read');
    assert.notEqual(digestOf(evil.bytes), SERVED.digest);
  });
});

describe('a signature of cosign 2', () => {
  it('refused: for the image that the tag named before', async () => {
    const real = signedByCosign('cosign2-key');
    assert.equal((await judge(real)).verification.outcome, 'accepted');
    const attachments = real.attachments.map((attached) => ({ ...attached, subject: IMAGE.digest }));
    assertRefused(await judge({ ...real, attachments, subjects: [IMAGE] }), /^SUBJECT_MISMATCH .*about another image/);
  });
});
