import assert from 'node:assert/strict';
import { sign } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { digestOf } from '#base/digest.ts';
import { loadTrustConfiguration } from '#lib/trust/index.ts';
import type { Attachment } from '#model/attachment.ts';
import { evidence } from '../evidence.ts';
import { registryOf, IMAGE as SERVED, served } from '../fixtures/evidence-registry.ts';
import { startHostile } from '../fixtures/hostile-registry.ts';
import { certify, signJws } from '../fixtures/notary-signer.ts';
import { MEDIA_TYPES } from '../fixtures/oci-layout.ts';
import { attachmentOf, cosignSignature, dsseEnvelope, testKey, testSubject } from '../fixtures/signing.ts';
import { assertAccepted, assertRefused, IMAGE, judge, keySigner, signedBy, signedByCosign } from './attack.ts';
import { pem } from './fulcio.ts';
import { hashedRekord, partsOf, promised, withAnnotations } from './rekor.ts';
import { signatureOf, signatureTag, temporary, textOf, trustIn, verify } from './run.ts';
import { doubled, invalidUtf8, promisedText, withBom } from './two-readings.ts';

evidence('trust/bypass-18', 'self-made', 'documents that two readers understand in two ways');
evidence('trust/bypass-18', 'real tool', 'a bundle of cosign 3 with a member twice');

const release = testKey();
const log = testKey();
const other = testSubject('another image');
const signers = { release: keySigner(release) };
const [, hex = ''] = IMAGE.digest.split(':');
const [, otherHex = ''] = other.digest.split(':');
const type = 'https://sigstore.dev/cosign/sign/v1';
const statement = `{"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"app","digest":{"sha256":"${hex}"}}],"predicateType":"${type}","predicate":{}}`;
const simple = Buffer.from(partsOf(cosignSignature(IMAGE, release)).content).toString();

function dsse(content: Buffer | string, mediaType = 'application/vnd.dsse.envelope.v1+json'): Attachment {
  const held = {
    route: 'referrers',
    artifactType: mediaType,
    mediaType,
    annotations: new Map<string, string>(),
  } as const;
  return attachmentOf(IMAGE, { ...held, content: Buffer.from(content) });
}

/** Signed as it is, whatever it is. */
function signedStatement(text: string | Buffer): Attachment {
  return dsse(dsseEnvelope(Buffer.from(text), release.privateKey));
}

function signedPayload(bytes: string | Buffer): Attachment {
  const content = Buffer.from(bytes);
  const signature = sign('sha256', content, release.privateKey).toString('base64');
  const blank = cosignSignature(IMAGE, release);
  const blobs = blank.blobs.map((blob) => ({ ...blob, content, digest: digestOf(content), size: content.length }));
  return withAnnotations({ ...blank, blobs }, { 'dev.cosignproject.cosign/signature': signature });
}

const otherSubject = `[{"name":"app","digest":{"sha256":"${otherHex}"}}]`;

const DUPLICATE = /^JSON_DUPLICATE_KEY .*every member name once/;

describe('statements and payloads that say two things', () => {
  it('those that say one thing are accepted', async () => {
    assertAccepted(await judge({ attachments: [signedStatement(statement)], signers }));
    assertAccepted(await judge({ attachments: [signedPayload(simple)], signers }));
    assertAccepted(
      await judge({ attachments: [signedStatement(statement.replace('{', '{"__proto__":{"subject":[]},'))], signers }),
    );
  });

  const twice: readonly (readonly [name: string, attachment: Attachment])[] = [
    ...doubled(statement, 'subject', otherSubject).map(
      (text) => ['subject of a statement', signedStatement(text)] as const,
    ),
    ...doubled(statement, 'predicateType', '"https://example.com/x"').map(
      (text) => ['predicateType', signedStatement(text)] as const,
    ),
    ...doubled(statement, 'sha256', `"${otherHex}"`).map(
      (text) => ['digest of a subject', signedStatement(text)] as const,
    ),
    ...doubled(statement, '_type', '"x"').map((text) => ['_type', signedStatement(text)] as const),
    ...doubled(simple, 'docker-manifest-digest', `"${other.digest}"`).map(
      (text) => ['docker-manifest-digest', signedPayload(text)] as const,
    ),
    ...doubled(simple, 'critical', '{}').map((text) => ['critical', signedPayload(text)] as const),
    ...doubled(simple, 'type', '"x"').map((text) => ['type of a payload', signedPayload(text)] as const),
    ['__proto__', signedStatement(statement.replace('{', '{"__proto__":{},"__proto__":{},'))],
  ];
  for (const [name, attached] of twice) {
    it(`refused: ${name} twice`, async () => {
      assertRefused(await judge({ attachments: [attached], signers }), DUPLICATE);
    });
  }

  const odd: readonly (readonly [name: string, attachment: Attachment, fault: RegExp])[] = [
    [
      'a digest in another case of its name (Go takes it)',
      signedPayload(simple.replace('docker-manifest-digest', 'Docker-manifest-digest')),
      /^ENVELOPE_INVALID .*Docker-manifest-digest/,
    ],
    [
      'a second digest in another case',
      signedPayload(
        simple.replace(
          '"docker-manifest-digest"',
          `"Docker-Manifest-Digest":"${other.digest}","docker-manifest-digest"`,
        ),
      ),
      /^ENVELOPE_INVALID .*Docker-Manifest-Digest/,
    ],
    [
      'a subject in another case',
      signedStatement(statement.replace('"subject"', '"Subject"')),
      /^ENVELOPE_INVALID .*subject/,
    ],
    ['an algorithm in another case', signedStatement(statement.replace('"sha256"', '"SHA256"')), /^SUBJECT_MISMATCH /],
    [
      'a digest in upper case',
      signedStatement(statement.replace(hex, hex.toUpperCase())),
      /^ENVELOPE_INVALID .*lower-case/,
    ],
    [
      'a subject in __proto__',
      signedStatement(
        statement
          .replace('"subject":', '"__proto__":{"subject":')
          .replace('}}],"predicateType"', '}}]},"predicateType"'),
      ),
      /^ENVELOPE_INVALID .*subject/,
    ],
    [
      'a digest in __proto__',
      signedStatement(statement.replace(`{"sha256":"${hex}"}`, `{"__proto__":{"sha256":"${hex}"}}`)),
      /^ENVELOPE_INVALID |^SUBJECT_MISMATCH /,
    ],
    ['a payload in __proto__', signedPayload(`{"__proto__":${simple}}`), /^ENVELOPE_INVALID .*critical/],
    ['a byte order mark before a statement', signedStatement(withBom(statement)), /^JSON_INVALID /],
    ['a byte order mark before a payload', signedPayload(withBom(simple)), /^JSON_INVALID /],
    ['octets in a statement that are no UTF-8', signedStatement(invalidUtf8(statement)), /^JSON_INVALID .*UTF-8/],
    ['octets in a payload that are no UTF-8', signedPayload(invalidUtf8(simple)), /^JSON_INVALID .*UTF-8/],
    ['UTF-16', signedStatement(Buffer.from(statement, 'utf16le')), /^JSON_INVALID /],
    ['a second document behind', signedStatement(`${statement}${statement}`), /^JSON_INVALID /],
    ['a NUL behind', signedStatement(`${statement}\0`), /^JSON_INVALID /],
    ['a comment', signedStatement(statement.replace('{', '{/* x */')), /^JSON_INVALID /],
    ['a comma too many', signedStatement(statement.replace('"predicate":{}', '"predicate":{},')), /^JSON_INVALID /],
    ['quotes of another kind', signedStatement(statement.replaceAll('"', "'")), /^JSON_INVALID /],
    ['a subject that is no list', signedStatement(statement.replace(/\[(.*)\]/, '$1')), /^ENVELOPE_INVALID .*subject/],
    ['a digest that is a list', signedStatement(statement.replace(`"${hex}"`, `["${hex}"]`)), /^ENVELOPE_INVALID /],
  ];
  for (const [name, attached, fault] of odd) {
    it(`refused: ${name}`, async () => {
      assertRefused(await judge({ attachments: [attached], signers }), fault);
    });
  }
});

describe('envelopes, bundles and annotations that say two things', () => {
  const envelope = dsseEnvelope(Buffer.from(statement), release.privateKey).toString();
  const payload = Buffer.from(statement).toString('base64');
  const signature = (JSON.parse(envelope) as { signatures: readonly { sig: string }[] }).signatures[0]?.sig ?? '';
  const bundle = JSON.stringify({
    mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
    verificationMaterial: { publicKey: { hint: '' } },
    dsseEnvelope: JSON.parse(envelope) as object,
  });
  const asBundle = (text: string): Attachment => dsse(text, 'application/vnd.dev.sigstore.bundle.v0.3+json');

  it('those that say one thing are accepted', async () => {
    assertAccepted(await judge({ attachments: [dsse(envelope)], signers }));
    assertAccepted(await judge({ attachments: [asBundle(bundle)], signers }));
  });

  const evil = Buffer.from(statement.replace(hex, otherHex)).toString('base64');
  const twice: readonly (readonly [name: string, attachment: Attachment])[] = [
    ...doubled(envelope, 'payload', `"${evil}"`).map((text) => ['payload', dsse(text)] as const),
    ...doubled(envelope, 'payloadType', '"x"').map((text) => ['payloadType', dsse(text)] as const),
    ...doubled(envelope, 'signatures', '[]').map((text) => ['signatures', dsse(text)] as const),
    ...doubled(envelope, 'sig', '"AAAA"').map((text) => ['sig', dsse(text)] as const),
    ...doubled(bundle, 'dsseEnvelope', '{}').map((text) => ['dsseEnvelope of a bundle', asBundle(text)] as const),
    ...doubled(bundle, 'mediaType', '"x"').map((text) => ['mediaType of a bundle', asBundle(text)] as const),
    ...doubled(bundle, 'verificationMaterial', '{}').map((text) => ['verificationMaterial', asBundle(text)] as const),
    ...doubled(bundle, 'payload', `"${evil}"`).map((text) => ['payload of a bundle', asBundle(text)] as const),
  ];
  for (const [name, attached] of twice) {
    it(`refused: ${name} twice`, async () => {
      assertRefused(await judge({ attachments: [attached], signers }), DUPLICATE);
    });
  }

  const lenient: readonly (readonly [name: string, change: (text: string) => string])[] = [
    ['with a character that base64 does not have', (text) => `${text.slice(0, 4)}!${text.slice(4)}`],
    ['with a line break', (text) => `${text.slice(0, 4)}\n${text.slice(4)}`],
    ['with blanks', (text) => ` ${text} `],
    ['with more behind its end', (text) => `${text}AAAA=`],
    ['without its padding', (text) => text.replace(/=+$/, '').slice(0, -1)],
    ['with padding in the middle', (text) => `${text.slice(0, 4)}==${text.slice(4)}`],
    ['of the alphabet of URLs', (text) => `${text.slice(0, -8)}-_-_${text.slice(-4)}`],
    ['that is empty', () => ''],
  ];
  for (const [name, change] of lenient) {
    it(`refused: base64 ${name}`, async () => {
      for (const part of [payload, signature]) {
        const changed = envelope.replace(JSON.stringify(part), JSON.stringify(change(part)));
        assertRefused(
          await judge({ attachments: [dsse(changed)], signers }),
          /^(BASE64_INVALID|ENVELOPE_INVALID) /,
          changed,
        );
      }
      const blank = cosignSignature(IMAGE, release);
      const annotated = withAnnotations(blank, {
        'dev.cosignproject.cosign/signature': change(partsOf(blank).signature),
      });
      assertRefused(await judge({ attachments: [annotated], signers }), /^(BASE64_INVALID|ENVELOPE_INVALID) /);
    });
  }

  it('refused: base64 whose last bits are not zero', async () => {
    const texts = [payload, signature].filter((text) => text.endsWith('='));
    for (const text of texts) {
      const at = text.indexOf('=') - 1;
      const next = text.charAt(at) === 'A' ? 'B' : String.fromCharCode(text.charCodeAt(at) + 1);
      const changed = envelope.replace(text, `${text.slice(0, at)}${next}${text.slice(at + 1)}`);
      assertRefused(await judge({ attachments: [dsse(changed)], signers }), /^BASE64_INVALID |^SIGNATURE_INVALID /);
    }
  });

  it('refused: a bundle with a member of another case, of the wire names or of a later version', async () => {
    for (const change of [
      bundle.replace('"dsseEnvelope"', '"dsse_envelope"'),
      bundle.replace('"dsseEnvelope"', '"DsseEnvelope"'),
      bundle.replace('{"mediaType"', '{"extra":1,"mediaType"'),
      bundle.replace('{"mediaType"', '{"__proto__":{},"mediaType"'),
      bundle.replace('"verificationMaterial":{', '"verificationMaterial":{"tlog_entries":[],'),
    ]) {
      assertRefused(await judge({ attachments: [asBundle(change)], signers }), /^ENVELOPE_INVALID /, change);
    }
  });

  it('refused: a log entry that says two things, in the annotation and in the body', async () => {
    const blank = cosignSignature(IMAGE, release);
    const { signature: encoded, content } = partsOf(blank);
    const body = hashedRekord(encoded, content, release.pem);
    const text = JSON.stringify(promised(log, { body, integratedTime: 1_780_000_000, logIndex: 1 }));
    const needsLog = { release: keySigner(release, { root: 'own', transparency: 'required' }) };
    const roots = { own: { rekorKeys: [{ pem: log.pem }] } };
    const annotated = (bundleText: string): Attachment =>
      withAnnotations(blank, { 'dev.sigstore.cosign/bundle': bundleText });
    assertAccepted(await judge({ attachments: [annotated(text)], signers: needsLog, roots }));
    for (const changed of [
      ...doubled(text, 'integratedTime', '1'),
      ...doubled(text, 'body', '"e30="'),
      ...doubled(text, 'Payload', '{}'),
    ]) {
      assertRefused(await judge({ attachments: [annotated(changed)], signers: needsLog, roots }), DUPLICATE);
    }
    const evilBody = JSON.stringify(body).replace('"spec":', '"spec":{},"spec":');
    const two = promisedText(log, evilBody);
    assertRefused(await judge({ attachments: [annotated(two)], signers: needsLog, roots }), DUPLICATE);
  });

  it('refused: a JWS whose headers or payload say two things', async () => {
    const root = certify({ name: 'root', kind: 'root', issuer: null });
    const leaf = certify({ name: 'leaf', kind: 'leaf', issuer: root });
    const target = JSON.stringify({
      targetArtifact: { mediaType: IMAGE.mediaType, digest: IMAGE.digest, size: IMAGE.size },
    });
    const thumbprints = leaf.chain.map((certificate) => digestOf(certificate).slice('sha256:'.length));
    const annotations = new Map([['io.cncf.notary.x509chain.thumbprint#S256', JSON.stringify(thumbprints)]]);
    const attempt = async (content: string, more: ReadonlyMap<string, string> = annotations) =>
      await judge({
        attachments: [
          {
            ...dsse(content, 'application/jose+json'),
            artifactType: 'application/vnd.cncf.notary.signature',
            annotations: more,
          },
        ],
        stores: { ca: { type: 'ca', certificates: [{ pem: pem('CERTIFICATE', root.certificate) }] } },
        signers: {
          notary: { x509: { stores: ['ca'], identities: '*', level: 'strict', override: { revocation: 'skip' } } },
        },
      });
    const jws = JSON.stringify(signJws({ signer: leaf, payload: target }));
    assertAccepted(await attempt(jws));
    for (const changed of [
      ...doubled(jws, 'payload', '"e30"'),
      ...doubled(jws, 'protected', '"e30"'),
      ...doubled(jws, 'x5c', '[]'),
    ]) {
      assertRefused(await attempt(changed), DUPLICATE);
    }
    for (const payloadText of doubled(target, 'digest', `"${other.digest}"`)) {
      assertRefused(await attempt(JSON.stringify(signJws({ signer: leaf, payload: payloadText }))), DUPLICATE);
    }
    const marked = jws.replace(/"payload":"([^"]*)"/, '"payload":"$1="');
    assertRefused(await attempt(marked), /^(BASE64|ENVELOPE)_INVALID /);
    const twice = new Map([
      ['io.cncf.notary.x509chain.thumbprint#S256', `${JSON.stringify(thumbprints).slice(0, -1)},"x"]`],
    ]);
    assertRefused(await attempt(jws, twice), /^ENVELOPE_INVALID .*thumbprint/);
  });
});

describe('manifests, trust roots and configurations that say two things', () => {
  it('refused: the manifest of a signature with layers twice', async (context) => {
    const { blob, manifest } = signatureOf(SERVED, release);
    for (const text of doubled(manifest.bytes.toString(), 'layers', '[]')) {
      const two = served(MEDIA_TYPES.manifest, text);
      const { host } = await startHostile(
        context,
        registryOf({ content: [blob, two], tags: { [signatureTag()]: two } }),
      );
      const report = await verify(context, `${host}/team/app`, { trust: trustIn(release) });
      assert.notEqual(report.verification?.outcome, 'accepted');
      assert.match(textOf(report), /JSON_DUPLICATE_KEY .*"layers" again/);
    }
  });

  it('refused: the manifest of the image with layers twice', async (context) => {
    const two = served(MEDIA_TYPES.manifest, SERVED.bytes.toString().replace('"layers":', '"layers":[],"layers":'));
    const { host } = await startHostile(context, registryOf({ content: [two] }));
    const answer = verify(context, `${host}/team/app@${two.digest}`, { trust: trustIn(release) });
    await assert.rejects(answer, { code: 'JSON_DUPLICATE_KEY' });
  });

  it('refused: a trust root with logs twice', async (context) => {
    const file = join(temporary(context), 'root.json');
    const root = '{"mediaType":"application/vnd.dev.sigstore.trustedroot+json;version=0.1","tlogs":[],"tlogs":[]}';
    writeFileSync(file, root);
    await assert.rejects(judge({ attachments: [], roots: { own: { file } }, signers }), { code: 'JSON_DUPLICATE_KEY' });
    writeFileSync(file, withBom(root.replace(',"tlogs":[]}', '}')));
    await assert.rejects(judge({ attachments: [], roots: { own: { file } }, signers }), { code: 'JSON_INVALID' });
  });

  const head = 'apiVersion: plimsoll.dev/v1\nkind: Trust\nmetadata: { name: x }\n';
  const configurations: readonly (readonly [name: string, text: string, fault: RegExp])[] = [
    ['rules twice', `${head}rules: []\nrules: []\n`, /every key once/],
    [
      'a signer twice',
      `${head}signers:\n  a: { key: { pem: x, transparency: none } }\n  a: { key: { pem: y, transparency: none } }\nrules: []\n`,
      /every key once/,
    ],
    ['__proto__', `${head}__proto__: { rules: [] }\n`, /keys that are texts/],
    [
      '__proto__ of a signer',
      `${head}signers: { __proto__: { key: { pem: x, transparency: none } } }\nrules: []\n`,
      /keys that are texts/,
    ],
    ['a merge', `${head}x: &x { rules: [] }\n<<: *x\n`, /./],
    ['another case', `${head}Rules: []\n`, /a key that there is|rules/],
    ['another kind', head.replace('Trust', 'trust').concat('rules: []\n'), /kind/],
    ['another version', head.replace('v1', 'v2').concat('rules: []\n'), /apiVersion/],
    ['two documents', `${head}rules: []\n---\n${head}rules: []\n`, /./],
    ['a tag', `${head}rules: !!js/function "x"\n`, /./],
    ['aliases without end', `${head}rules: &a [${'*a,'.repeat(100)}]\n`, /./],
    ['nothing', '', /./],
  ];
  for (const [name, text, fault] of configurations) {
    it(`a configuration is refused: ${name}`, async () => {
      const loading = loadTrustConfiguration(
        text,
        '/trust.yaml',
        async () => await Promise.reject(new Error('no file')),
      );
      await assert.rejects(loading, { code: 'TRUST_CONFIGURATION_INVALID', message: fault });
    });
  }

  it('signers called like members of objects are signers and nothing else', async () => {
    for (const name of ['constructor', 'toString', 'hasOwnProperty', 'valueOf']) {
      const rules = [{ name, repositories: ['**'], platforms: 'either', require: [signedBy(name)] }];
      await assert.rejects(judge({ attachments: [], signers, rules }), { message: /the name of one of the signers/ });
      assertAccepted(
        await judge({ attachments: [cosignSignature(IMAGE, release)], signers: { [name]: keySigner(release) }, rules }),
      );
    }
  });
});

describe('a bundle of cosign 3', () => {
  it('refused: with any of its members twice', async () => {
    const real = signedByCosign('cosign3-key');
    assertAccepted(await judge(real));
    for (const member of ['mediaType', 'dsseEnvelope', 'payload', 'signatures', 'sig', 'verificationMaterial']) {
      const attachments = real.attachments.map((attached) => ({
        ...attached,
        blobs: attached.blobs.map((blob) => {
          const text = Buffer.from(blob.content ?? []).toString();
          return { ...blob, content: Buffer.from(doubled(text, member, '"x"')[0] ?? '') };
        }),
      }));
      assertRefused(await judge({ ...real, attachments }), DUPLICATE, member);
    }
  });
});
