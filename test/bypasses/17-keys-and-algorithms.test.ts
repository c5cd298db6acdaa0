import assert from 'node:assert/strict';
import { constants, createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { describe, it } from 'node:test';
import { digestOf } from '#base/digest.ts';
import type { Attachment } from '#model/attachment.ts';
import { evidence } from '../evidence.ts';
import { der } from '../fixtures/hostile-certificates.ts';
import { certify, newKey, signJws } from '../fixtures/notary-signer.ts';
import { signerFile } from '../fixtures/signed/index.ts';
import { attachmentOf, cosignSignature, dsseEnvelope, testKey } from '../fixtures/signing.ts';
import {
  assertAccepted,
  assertRefused,
  IMAGE,
  judge,
  keySigner,
  signedBy,
  signedByCosign,
  trusting,
} from './attack.ts';
import { pem } from './fulcio.ts';
import { partsOf, withAnnotations } from './rekor.ts';

evidence('trust/bypass-17', 'self-made', 'signatures encoded, padded and labelled in ways that some verifiers take');
evidence('trust/bypass-17', 'real tool', 'signatures of cosign 2 under other keys than the one that made them');

const SIGNATURE = 'dev.cosignproject.cosign/signature';
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const release = testKey();
const template = cosignSignature(IMAGE, release);
const { content } = partsOf(template);

async function attempt(signature: Uint8Array | string, key: KeyObject | string = release.pem) {
  const encoded = typeof signature === 'string' ? signature : Buffer.from(signature).toString('base64');
  const text = typeof key === 'string' ? key : key.export({ format: 'pem', type: 'spki' }).toString();
  return await judge({
    attachments: [withAnnotations(template, { [SIGNATURE]: encoded })],
    signers: { release: { key: { pem: text, transparency: 'none' } } },
  });
}

/** Minimal, two's complement, as DER has it; `pad` puts octets before. */
function integer(value: bigint, pad: readonly number[] = []): Buffer {
  const hex = value.toString(16);
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  const positive = (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes;
  return der(0x02, Buffer.from(pad), positive);
}

function numbersOf(signature: Buffer): readonly [bigint, bigint] {
  const length = signature[3] ?? 0;
  const r = BigInt(`0x${signature.subarray(4, 4 + length).toString('hex')}`);
  return [r, BigInt(`0x${signature.subarray(6 + length).toString('hex')}`)];
}

describe('ECDSA: signatures that are not the one encoding of two numbers in range', () => {
  const good = sign('sha256', content, release.privateKey);
  const [r, s] = numbersOf(good);
  const pair = (a: Buffer, b: Buffer, ...rest: readonly Buffer[]): Buffer => der(0x30, a, b, ...rest);
  const [first, second] = [integer(r), integer(s)];

  it('the signature itself is accepted, with a high s as well', async () => {
    assertAccepted(await attempt(good));
    assertAccepted(await attempt(pair(first, second)));
    assertAccepted(await attempt(pair(first, integer(ORDER - s))));
  });

  const encodings: readonly (readonly [name: string, signature: Buffer])[] = [
    ['nothing', Buffer.alloc(0)],
    ['an empty sequence', der(0x30)],
    ['one number', der(0x30, first)],
    ['a third number', pair(first, second, integer(1n))],
    ['octets behind', Buffer.concat([good, Buffer.from([0])])],
    ['octets inside behind', pair(first, second, Buffer.from([0x05, 0x00]))],
    ['cut off', good.subarray(0, -1)],
    ['a length in its long form', Buffer.concat([Buffer.from([0x30, 0x81, good.length - 2]), good.subarray(2)])],
    ['a length without an end', Buffer.concat([Buffer.from([0x30, 0x80]), good.subarray(2), Buffer.from([0, 0])])],
    ['r with a zero before', pair(integer(r, [0, 0]), second)],
    ['s with a zero before', pair(first, integer(s, [0, 0]))],
    ['r of 0', pair(integer(0n), second)],
    ['s of 0', pair(first, integer(0n))],
    ['both of 0', pair(integer(0n), integer(0n))],
    ['r of 1 and s of 1', pair(integer(1n), integer(1n))],
    ['r of the order', pair(integer(ORDER), second)],
    ['s of the order', pair(first, integer(ORDER))],
    ['r plus the order', pair(integer(r + ORDER), second)],
    ['s plus the order', pair(first, integer(s + ORDER))],
    ['r negative', pair(der(0x02, Buffer.from([0xff])), second)],
    ['r and s exchanged', pair(second, first)],
    ['a set in the place of a sequence', der(0x31, first, second)],
    ['an octet string in the place of r', pair(der(0x04, Buffer.from('x')), second)],
    ['r without octets', pair(der(0x02), second)],
    ['the numbers side by side', sign('sha256', content, { key: release.privateKey, dsaEncoding: 'ieee-p1363' })],
    ['a signature of SHA-1', sign('sha1', content, release.privateKey)],
    ['a signature of SHA-512', sign('sha512', content, release.privateKey)],
    ['a signature of another content', sign('sha256', Buffer.concat([content, Buffer.from(' ')]), release.privateKey)],
    ['a signature of the digest', sign('sha256', Buffer.from(digestOf(content).slice(7), 'hex'), release.privateKey)],
    ['zeros', Buffer.alloc(72)],
  ];
  for (const [name, signature] of encodings) {
    it(`refused: ${name}`, async () => {
      assertRefused(await attempt(signature), /^(SIGNATURE_INVALID|ENVELOPE_INVALID) /);
    });
  }
});

describe('other keys', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const ed25519 = generateKeyPairSync('ed25519');

  it('RSA: PKCS #1 v1.5 with SHA-256 and nothing else', async () => {
    assertAccepted(await attempt(sign('sha256', content, rsa.privateKey), rsa.publicKey));
    const pss = { key: rsa.privateKey, padding: constants.RSA_PKCS1_PSS_PADDING };
    for (const signature of [
      sign('sha256', content, { ...pss, saltLength: 32 }),
      sign('sha256', content, { ...pss, saltLength: 0 }),
      sign('sha1', content, rsa.privateKey),
      sign('sha512', content, rsa.privateKey),
      Buffer.alloc(256),
      Buffer.alloc(256, 1),
      Buffer.concat([Buffer.alloc(1), sign('sha256', content, rsa.privateKey)]),
      sign('sha256', content, rsa.privateKey).subarray(1),
    ]) {
      assertRefused(await attempt(signature, rsa.publicKey), /^SIGNATURE_INVALID /);
    }
  });

  it('Ed25519: neither the second form of a signature nor another length', async () => {
    const good = sign(null, content, ed25519.privateKey);
    assertAccepted(await attempt(good, ed25519.publicKey));
    const L = 2n ** 252n + 27742317777372353535851937790883648493n;
    const s = BigInt(`0x${Buffer.from(good.subarray(32)).reverse().toString('hex')}`) + L;
    const malleable = Buffer.concat([
      good.subarray(0, 32),
      Buffer.from(s.toString(16).padStart(64, '0'), 'hex').reverse(),
    ]);
    for (const signature of [
      malleable,
      good.subarray(1),
      Buffer.concat([good, Buffer.alloc(1)]),
      Buffer.alloc(64),
      Buffer.alloc(0),
    ]) {
      assertRefused(await attempt(signature, ed25519.publicKey), /^(SIGNATURE|ENVELOPE)_INVALID /);
    }
  });

  it('a signature verifies under its own kind of key alone', async () => {
    for (const key of [
      rsa.publicKey,
      ed25519.publicKey,
      generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey,
    ]) {
      assertRefused(await attempt(sign('sha256', content, release.privateKey), key), /^SIGNATURE_INVALID /);
    }
  });

  const weak: readonly (readonly [name: string, text: () => string, fault: RegExp])[] = [
    ['RSA of 1024 bits', () => spki(generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey), /RSA of 1024 bits/],
    [
      'a key for PSS alone',
      () => spki(generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).publicKey),
      /algorithm 1\.2\.840\.113549\.1\.1\.10/,
    ],
    [
      'a curve of bitcoin',
      () => spki(generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).publicKey),
      /curve 1\.3\.132\.0\.10/,
    ],
    ['P-224', () => spki(generateKeyPairSync('ec', { namedCurve: 'secp224r1' }).publicKey), /curve 1\.3\.132\.0\.33/],
    [
      'a curve by its parameters',
      () => spki(generateKeyPairSync('ec', { namedCurve: 'P-256', paramEncoding: 'explicit' }).publicKey),
      /./,
    ],
    ['Ed448', () => spki(generateKeyPairSync('ed448').publicKey), /algorithm 1\.3\.101\.113/],
    ['X25519', () => spki(generateKeyPairSync('x25519').publicKey), /algorithm 1\.3\.101\.110/],
    [
      'a private key',
      () => release.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
      /found "PRIVATE KEY"/,
    ],
    ['two keys', () => release.pem + testKey().pem, /one public key/],
    ['no key', () => 'none', /PEM/],
    [
      'a certificate',
      () => pem('CERTIFICATE', certify({ name: 'x', kind: 'root', issuer: null }).certificate),
      /a public key/,
    ],
    ['a secret', () => pem('PUBLIC KEY', Buffer.from('secret')), /./],
  ];
  for (const [name, text, fault] of weak) {
    it(`a configuration is refused: ${name}`, async () => {
      const rules = [{ name: 'rule', repositories: ['**'], platforms: 'either', require: [signedBy('one')] }];
      const signers = { one: { key: { pem: text(), transparency: 'none' } } };
      await assert.rejects(trusting({ signers, rules }), { message: fault });
    });
  }
});

describe('envelopes: what they say of keys and algorithms is not believed', () => {
  const stranger = testKey();
  const [, hex = ''] = IMAGE.digest.split(':');
  const predicateType = 'https://sigstore.dev/cosign/sign/v1';
  const statement = Buffer.from(
    JSON.stringify({
      _type: 'https://in-toto.io/Statement/v1',
      subject: [{ name: 'app', digest: { sha256: hex } }],
      predicateType,
      predicate: {},
    }),
  );
  const envelopeBy = (key: typeof release, type?: string): Envelope =>
    JSON.parse(dsseEnvelope(statement, key.privateKey, type).toString()) as Envelope;
  const dsse = (envelope: object): Attachment =>
    attachmentOf(IMAGE, {
      route: 'attestation-tag',
      artifactType: null,
      mediaType: 'application/vnd.dsse.envelope.v1+json',
      annotations: new Map(),
      content: Buffer.from(JSON.stringify(envelope)),
    });
  const honest = envelopeBy(release);
  const [own] = honest.signatures;
  const [foreign] = envelopeBy(stranger).signatures;
  const attemptEnvelope = async (envelope: object) =>
    await judge({ attachments: [dsse(envelope)], signers: { release: keySigner(release) } });

  it('a signature counts wherever it stands, and whatever its keyid says', async () => {
    assertAccepted(await attemptEnvelope(honest));
    assertAccepted(await attemptEnvelope({ ...honest, signatures: [foreign, own] }));
    assertAccepted(await attemptEnvelope({ ...honest, signatures: [{ ...own, keyid: 'somebody else' }] }));
  });

  const attacks: readonly (readonly [name: string, envelope: object, fault: RegExp])[] = [
    [
      'the keyid of the right key on the signature of another',
      { ...honest, signatures: [{ ...foreign, keyid: digestOf(release.pem) }] },
      /^SIGNATURE_INVALID /,
    ],
    [
      'an algorithm of none',
      { ...honest, alg: 'none', signatures: [{ keyid: '', sig: '', alg: 'none' }] },
      /^(ENVELOPE|BASE64|SIGNATURE)_INVALID /,
    ],
    [
      'a signature of another type of payload',
      { ...envelopeBy(release, 'application/vnd.in-toto.x+json'), payloadType: honest.payloadType },
      /^SIGNATURE_INVALID /,
    ],
    [
      'another type of the payload than was signed',
      { ...honest, payloadType: 'application/vnd.in-toto.x+json' },
      /^SIGNATURE_INVALID /,
    ],
    [
      'a signature of the payload without its type',
      { ...honest, signatures: [{ keyid: '', sig: sign('sha256', statement, release.privateKey).toString('base64') }] },
      /^SIGNATURE_INVALID /,
    ],
    [
      'a key inside',
      { ...honest, signatures: [{ ...foreign, cert: stranger.pem, publicKey: stranger.pem, jwk: {} }] },
      /^SIGNATURE_INVALID /,
    ],
    [
      'another payload',
      { ...honest, payload: Buffer.from(statement.toString().replace('"app"', '"evil"')).toString('base64') },
      /^SIGNATURE_INVALID /,
    ],
    [
      'an HMAC with the public key',
      {
        ...honest,
        signatures: [{ keyid: '', sig: createHmac('sha256', release.pem).update(statement).digest('base64') }],
      },
      /^SIGNATURE_INVALID /,
    ],
  ];
  for (const [name, envelope, fault] of attacks) {
    it(`refused: ${name}`, async () => {
      assertRefused(await attemptEnvelope(envelope), fault);
    });
  }

  it('refused: a payload of simple signing under the type of a statement, and the other way round', async () => {
    const asStatement = JSON.parse(dsseEnvelope(Buffer.from(content), release.privateKey).toString()) as object;
    assertRefused(await attemptEnvelope(asStatement), /^ENVELOPE_INVALID .*_type/);
    assertRefused(
      await judge({
        attachments: [cosignSignature(IMAGE, release, () => statement.toString())],
        signers: { release: keySigner(release) },
      }),
      /^ENVELOPE_INVALID .*critical/,
    );
  });
});

describe('the Notary Project: the algorithm that is stated is the one of the key', () => {
  const root = certify({ name: 'root', kind: 'root', issuer: null });
  const leaf = certify({ name: 'leaf', kind: 'leaf', issuer: root });
  const rsaLeaf = certify({ name: 'rsa', kind: 'leaf', issuer: root, key: newKey('rsa2048') });
  const payload = JSON.stringify({
    targetArtifact: { mediaType: IMAGE.mediaType, digest: IMAGE.digest, size: IMAGE.size },
  });
  const attemptJws = async (jws: object, signer = leaf) => {
    const attachment = attachmentOf(IMAGE, {
      route: 'referrers',
      artifactType: 'application/vnd.cncf.notary.signature',
      mediaType: 'application/jose+json',
      annotations: new Map(),
      content: Buffer.from(JSON.stringify(jws)),
    });
    const thumbprints = signer.chain.map((certificate) => digestOf(certificate).slice('sha256:'.length));
    const annotations = new Map([['io.cncf.notary.x509chain.thumbprint#S256', JSON.stringify(thumbprints)]]);
    return await judge({
      attachments: [{ ...attachment, annotations }],
      stores: { ca: { type: 'ca', certificates: [{ pem: pem('CERTIFICATE', root.certificate) }] } },
      signers: {
        notary: { x509: { stores: ['ca'], identities: '*', level: 'strict', override: { revocation: 'skip' } } },
      },
    });
  };

  it('the signature itself is accepted', async () => {
    assertAccepted(await attemptJws(signJws({ signer: leaf, payload })));
    assertAccepted(await attemptJws(signJws({ signer: rsaLeaf, payload, algorithm: 'PS256' }), rsaLeaf));
  });

  for (const alg of [
    'none',
    'None',
    'NONE',
    '',
    'HS256',
    'RS256',
    'ES256K',
    'EdDSA',
    'PS256',
    'ES384',
    'es256',
    0,
    null,
  ]) {
    it(`refused: alg ${JSON.stringify(alg)}`, async () => {
      const jws = signJws({ signer: leaf, payload, protectedHeader: { alg } });
      assertRefused(await attemptJws(jws), /^(ENVELOPE_INVALID|ALGORITHM_MISMATCH) .*alg|^ALGORITHM_MISMATCH /);
    });
  }

  for (const saltLength of [0, 20, 222]) {
    it(`refused: a salt of ${saltLength} octets`, async () => {
      const jws = signJws({ signer: rsaLeaf, payload, algorithm: 'PS256', saltLength });
      assertRefused(await attemptJws(jws, rsaLeaf), /^SIGNATURE_INVALID /);
    });
  }

  it('refused: no signature, and the algorithm in the header that nobody signed', async () => {
    const jws = signJws({ signer: leaf, payload });
    assertRefused(await attemptJws({ ...jws, signature: '' }), /^(ENVELOPE|SIGNATURE|BASE64)_INVALID /);
    assertRefused(await attemptJws({ ...jws, header: { ...jws.header, alg: 'none' } }), /^(ENVELOPE_INVALID|CRITICAL)/);
    assertRefused(
      await attemptJws(signJws({ signer: leaf, payload, protectedHeader: { alg: undefined } })),
      /^ENVELOPE_INVALID .*alg/,
    );
  });
});

function spki(key: KeyObject): string {
  return key.export({ format: 'pem', type: 'spki' }).toString();
}

describe('signatures of cosign 2', () => {
  it('refused: under every other key', async () => {
    for (const [id, own] of [
      ['cosign2-key', 'p256'],
      ['cosign2-key-p384', 'p384'],
      ['cosign2-key-rsa2048', 'rsa2048'],
    ] as const) {
      const real = signedByCosign(id);
      for (const name of ['p256', 'p256-second', 'p384', 'rsa2048', 'ed25519'] as const) {
        const judgement = await judge({
          ...real,
          signers: { one: { key: { file: signerFile(name), transparency: 'none' } } },
        });
        if (name === own) {
          assertAccepted(judgement);
        } else {
          assertRefused(judgement, /^SIGNATURE_INVALID /);
        }
      }
    }
  });
});

interface Envelope {
  readonly payload: string;
  readonly payloadType: string;
  readonly signatures: readonly { readonly keyid: string; readonly sig: string }[];
}
