import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { digestOf } from '#base/digest.ts';
import type { Attachment } from '#model/attachment.ts';
import { evidence } from '../evidence.ts';
import {
  attachment,
  type Contents,
  described,
  LISTING,
  listOf,
  registryOf,
  IMAGE as SERVED,
  served,
} from '../fixtures/evidence-registry.ts';
import { der, extension, oid, sequence } from '../fixtures/hostile-certificates.ts';
import { accessWithPassword, type HostileRegistry, startHostile } from '../fixtures/hostile-registry.ts';
import { certify, signJws } from '../fixtures/notary-signer.ts';
import { MEDIA_TYPES } from '../fixtures/oci-layout.ts';
import { IDENTITIES, MADE, SUBJECTS, TRUSTED_ROOT_FILE } from '../fixtures/signed/index.ts';
import { signedAttachments } from '../fixtures/signed-attachments.ts';
import { attachmentOf, cosignAttestation, testKey } from '../fixtures/signing.ts';
import { assertAccepted, assertRefused, IMAGE, judge, keySigner, MINUTE, NOW, trusting } from './attack.ts';
import { claim, keylessSignature, newAuthority, pem } from './fulcio.ts';
import { signatureOf, signatureTag, temporary, textOf, trustIn, verify } from './run.ts';

evidence(
  'trust/bypass-16',
  'self-made',
  'certificates, bundles, lists and redirects that name a server of somebody else, which keeps what it is asked',
);
evidence(
  'trust/bypass-16',
  'real tool',
  'a bundle of cosign 3 under a trust root whose addresses are those of somebody else',
);

/** A server of somebody else: whatever it is asked, it would say yes. */
async function somebodyElse(context: TestContext): Promise<HostileRegistry> {
  return await startHostile(
    context,
    (_, response) => void response.writeHead(200, { 'content-type': 'application/json' }).end('{"token":"x"}'),
  );
}

const authorityInformation = (url: string): Buffer =>
  extension(
    '1.3.6.1.5.5.7.1.1',
    false,
    sequence(
      ...['1.3.6.1.5.5.7.48.1', '1.3.6.1.5.5.7.48.2'].map((method) =>
        sequence(oid(method), der(0x86, Buffer.from(url))),
      ),
    ),
  );
const distributionPoint = (url: string): Buffer =>
  extension('2.5.29.31', false, sequence(sequence(der(0xa0, der(0xa0, der(0x86, Buffer.from(url)))))));

describe('addresses inside of evidence are not asked: CVE-2026-22039, CVE-2026-41323, CVE-2026-40868, CVE-2026-4789', () => {
  it('authority information and distribution points of a certificate', async (context) => {
    const other = await somebodyElse(context);
    const authority = newAuthority(NOW);
    const issued = authority.issue({
      subject: `${other.origin}/subject`,
      issuer: other.origin,
      from: NOW - MINUTE,
      extensions: [
        claim(8, other.origin),
        authorityInformation(`${other.origin}/aia`),
        distributionPoint(`${other.origin}/crl`),
      ],
    });
    const signature = keylessSignature(IMAGE, issued, authority.log, NOW);
    const keyless = { keyless: { root: 'own', issuer: other.origin, subject: `${other.origin}/subject` } };
    assertAccepted(await judge({ attachments: [signature], roots: { own: authority.entry }, signers: { keyless } }));
    assert.deepEqual(other.asked, []);
  });

  it('the revocation list of a Notary certificate: who asks for one and has none is refused', async (context) => {
    const other = await somebodyElse(context);
    const root = certify({ name: 'root', kind: 'root', issuer: null });
    const leaf = certify({ name: 'leaf', kind: 'leaf', issuer: root, crl: `${other.origin}/list.crl` });
    const payload = JSON.stringify({
      targetArtifact: { mediaType: IMAGE.mediaType, digest: IMAGE.digest, size: IMAGE.size },
    });
    const header = { x5u: `${other.origin}/chain`, jku: `${other.origin}/keys` };
    const one = attachmentOf(IMAGE, {
      route: 'referrers',
      artifactType: 'application/vnd.cncf.notary.signature',
      mediaType: 'application/jose+json',
      annotations: new Map(),
      content: Buffer.from(JSON.stringify(signJws({ signer: leaf, payload }))),
    });
    const thumbprints = leaf.chain.map((certificate) => digestOf(certificate).slice('sha256:'.length));
    const annotations = new Map([['io.cncf.notary.x509chain.thumbprint#S256', JSON.stringify(thumbprints)]]);
    const attempt = async (attached: Attachment) =>
      await judge({
        attachments: [{ ...attached, annotations }],
        stores: { ca: { type: 'ca', certificates: [{ pem: pem('CERTIFICATE', root.certificate) }] } },
        signers: { notary: { x509: { stores: ['ca'], identities: '*', level: 'strict' } } },
      });
    assertRefused(await attempt(one), /^REVOCATION_UNKNOWN /);
    const withKeys = Buffer.from(JSON.stringify(signJws({ signer: leaf, payload, header })));
    assertRefused(await attempt({ ...one, blobs: one.blobs.map((blob) => ({ ...blob, content: withKeys })) }), /./);
    assert.deepEqual(other.asked, []);
  });

  it('addresses of logs, authorities and services in a trust root, and further ones in a bundle', async (context) => {
    const other = await somebodyElse(context);
    const file = join(temporary(context), 'root.json');
    const text = readFileSync(TRUSTED_ROOT_FILE, 'utf8');
    const changed = text.replace(/"(baseUrl|uri)": ?"[^"]*"/g, (_, name: string) => `"${name}":"${other.origin}"`);
    assert.notEqual(changed, text);
    writeFileSync(file, changed);
    const [signature] = signedAttachments('cosign3-keyless');
    assert.ok(signature?.declaredSubject);
    const subjects = [{ ...IMAGE, ...signature.declaredSubject, digest: SUBJECTS.amd64 }];
    const signers = { person: { keyless: { root: 'own', ...IDENTITIES.person } } };
    const asked = { subjects, signers, roots: { own: { file } }, now: MADE + MINUTE };
    await judge({ ...asked, attachments: [signature] });
    const blobs = signature.blobs.map((blob) => {
      const bundle = JSON.parse(Buffer.from(blob.content ?? []).toString()) as object;
      return { ...blob, content: Buffer.from(JSON.stringify({ ...bundle, rekorUrl: other.origin })) };
    });
    assertRefused(await judge({ ...asked, attachments: [{ ...signature, blobs }] }), /^ENVELOPE_INVALID .*rekorUrl/);
    assert.deepEqual(other.asked, []);
  });

  it('addresses in statements', async (context) => {
    const other = await somebodyElse(context);
    const release = testKey();
    const predicate = {
      buildDefinition: {
        buildType: `${other.origin}/type`,
        externalParameters: { source: other.origin },
        resolvedDependencies: [{ uri: `${other.origin}/source`, downloadLocation: `${other.origin}/download` }],
      },
      runDetails: { builder: { id: `${other.origin}/builder` } },
    };
    const attachments = [
      cosignAttestation(IMAGE, release, { predicateType: 'https://slsa.dev/provenance/v1', predicate }),
    ];
    const require = [
      {
        attestation: {
          predicateType: 'provenance',
          signers: ['release'],
          provenance: { builders: [{ id: `${other.origin}/builder`, level: 1 }] },
        },
      },
    ];
    assertAccepted(await judge({ attachments, require, signers: { release: keySigner(release) } }));
    assert.deepEqual(other.asked, []);
  });

  it('addresses in the place of files of a configuration', async (context) => {
    const other = await somebodyElse(context);
    for (const document of [
      { roots: { own: { file: `${other.origin}/root.json` } }, rules: [] },
      { signers: { release: { key: { file: `${other.origin}/key.pub`, transparency: 'none' } } }, rules: [] },
      { stores: { ca: { type: 'ca', certificates: [`${other.origin}/ca.pem`] } }, rules: [] },
    ]) {
      await assert.rejects(trusting(document));
    }
    assert.deepEqual(other.asked, []);
  });
});

describe('registries that send elsewhere: CVE-2025-27403', () => {
  const release = testKey();
  const trust = trustIn(release);
  const { blob, manifest } = signatureOf(SERVED, release);

  /** A registry that wants a login, with something instead of what is honest. */
  function guarded(contents: Contents): ReturnType<typeof registryOf> {
    const honest = registryOf(contents);
    return (request, response) => {
      if (request.headers.authorization === undefined) {
        response.writeHead(401, { 'www-authenticate': 'Basic realm="registry"' }).end();
      } else {
        honest(request, response);
      }
    };
  }

  it('a part that lies elsewhere is not fetched from there', async (context) => {
    const other = await somebodyElse(context);
    const part = { ...described(blob), urls: [`${other.origin}/part`] };
    const one = served(MEDIA_TYPES.manifest, {
      ...(JSON.parse(attachment([]).bytes.toString()) as object),
      layers: [part],
    });
    const { host } = await startHostile(context, registryOf({ content: [one], referrers: [one] }));
    const report = await verify(context, `${host}/team/app`, { trust });
    assert.equal(report.verification?.outcome, 'refused');
    assert.match(textOf(report), /BLOB_MISSING /);
    assert.deepEqual(other.asked, []);
  });

  for (const path of [LISTING, `manifests/${signatureTag()}`, `blobs/${blob.digest}`]) {
    it(`no password goes along when ${path.split('/')[0]} are redirected`, async (context) => {
      const other = await somebodyElse(context);
      const redirect = {
        [path]: (_: unknown, response: ServerResponse) =>
          void response.writeHead(307, { location: `${other.origin}/${path}` }).end(),
      };
      const contents = { content: [blob, manifest], tags: { [signatureTag()]: manifest }, instead: redirect };
      const { host, asked } = await startHostile(context, guarded(contents));
      const report = await verify(context, `${host}/team/app`, { trust, access: accessWithPassword(context, host) });
      assert.ok(
        asked.some(({ headers }) => headers.authorization !== undefined),
        'the registry itself gets it',
      );
      assert.ok(
        other.asked.every(({ headers }) => headers.authorization === undefined && headers.cookie === undefined),
      );
      // Without the list the tag still shows the signature; without tag or part there is none.
      assert.equal(report.verification?.outcome === 'accepted', path === LISTING, textOf(report));
    });
  }

  it('a token service of somebody else gets no password', async (context) => {
    const other = await somebodyElse(context);
    const realm = `Bearer realm="${other.origin}/token",service="x",scope="repository:team/app:pull"`;
    const { host } = await startHostile(
      context,
      (_, response) => void response.writeHead(401, { 'www-authenticate': realm }).end(),
    );
    const answer = verify(context, `${host}/team/app`, { trust, access: accessWithPassword(context, host) });
    await assert.rejects(answer, /127\.0\.0\.1/);
    const secret = Buffer.from('user:password').toString('base64');
    for (const { line, headers } of other.asked) {
      assert.ok(!`${line} ${headers.authorization ?? ''}`.includes(secret), line);
    }
  });

  it('a list that names other repositories and hosts leads to none of them', async (context) => {
    const other = await somebodyElse(context);
    const listed = [
      {
        ...described(manifest),
        urls: [other.origin],
        annotations: { 'org.opencontainers.image.source': other.origin },
      },
    ];
    const list = { ...listOf([]), manifests: listed };
    const answer: Contents = {
      content: [blob, manifest],
      instead: {
        [LISTING]: (_, response) =>
          void response
            .writeHead(200, { 'content-type': MEDIA_TYPES.index, link: `<${other.origin}/next>; rel="next"` })
            .end(JSON.stringify(list)),
      },
    };
    const { host, asked } = await startHostile(context, registryOf(answer));
    const report = await verify(context, `${host}/team/app`, { trust });
    assert.notEqual(report.verification?.outcome, 'accepted');
    assert.deepEqual(other.asked, []);
    assert.ok(asked.every(({ line }) => line.includes('/v2/team/app/') || line.endsWith('/v2/')));
  });
});
