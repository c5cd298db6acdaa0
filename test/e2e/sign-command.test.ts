import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { EvidenceReport } from '#model/evidence.ts';
import { SIGNING_FORMATS, type SigningReport } from '#model/signing-report.ts';
import { evidence } from '../evidence.ts';
import { type DockerRegistry, startRegistry } from '../fixtures/docker-registry.ts';
import { certify } from '../fixtures/notary-signer.ts';
import { type Outcome, temporaryHome } from '../fixtures/plimsoll.ts';
import { pushLayout } from '../fixtures/push-layout.ts';
import { type ReferrersRegistry, startReferrersRegistry } from '../fixtures/referrers-registry.ts';
import { SUBJECTS } from '../fixtures/signed/index.ts';
import { writeImages } from '../fixtures/signed/make/image.ts';
import { keyPair } from '../fixtures/signing-key.ts';
import { missing } from '../prerequisites.ts';

evidence(
  'trust/sign-commands',
  'real tool',
  'sign and attest into layouts, docker-registry and a registry with the referrers API',
);

const PASSPHRASE = 'planted passphrase 5f2c';
const folder = mkdtempSync(join(tmpdir(), 'plimsoll-sign-'));
const home = temporaryHome();
after(() => {
  home.remove();
  rmSync(folder, { recursive: true, force: true });
});

const at = (name: string): string => join(folder, name);
const root = certify({ name: 'root', kind: 'root', issuer: null });
const pair = keyPair('p256');
const leaf = certify({ name: 'leaf', kind: 'leaf', key: pair, issuer: root });
const pem = (der: Buffer): string =>
  `-----BEGIN CERTIFICATE-----\n${der.toString('base64')}\n-----END CERTIFICATE-----\n`;

/** Everything that any run of this file said, to look for secrets in. */
const said: string[] = [];

async function plimsoll(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Outcome> {
  const outcome = await home.plimsoll([...args, '--debug'], env);
  said.push(outcome.out, outcome.err);
  return outcome;
}

const OPEN = { PLIMSOLL_KEY_PASSPHRASE: PASSPHRASE };

before(async () => {
  await writeImages(at('single'), at('multiple'));
  writeFileSync(at('leaf.key'), pair.privateKey.export({ format: 'pem', type: 'pkcs8' }));
  writeFileSync(at('chain.pem'), leaf.chain.map(pem).join(''));
  writeFileSync(at('root.pem'), pem(root.certificate));
  writeFileSync(at('passphrase'), `${PASSPHRASE}\n`);
  writeFileSync(at('bom.json'), '{"bomFormat":"CycloneDX","specVersion":"1.6"}');
  writeFileSync(at('notary.yaml'), notaryTrust());
  for (const name of ['release', 'another']) {
    const { code, err } = await plimsoll(['key', 'generate', '--output-prefix', at(name)], OPEN);
    assert.equal(code, 0, err);
  }
});

function notaryTrust(): string {
  return JSON.stringify({
    apiVersion: 'plimsoll.dev/v1',
    kind: 'Trust',
    metadata: { name: 'notary' },
    stores: { own: { type: 'ca', certificates: [at('root.pem')] } },
    signers: {
      leaf: { x509: { stores: ['own'], identities: '*', level: 'strict', override: { revocation: 'skip' } } },
    },
    rules: [
      {
        name: 'signed',
        repositories: ['**', 'local'],
        platforms: 'either',
        require: [{ signature: { signers: ['leaf'] } }],
      },
    ],
  });
}

/** A copy of an image without anything on it. */
function layout(image: 'single' | 'multiple'): string {
  const copy = mkdtempSync(at('layout-'));
  cpSync(at(image), copy, { recursive: true });
  return `oci:${copy}:1.0`;
}

/** What `sign` is told for a format, and what `verify` is told to accept or to refuse it. */
function toldFor(format: (typeof SIGNING_FORMATS)[number]): Record<'sign' | 'right' | 'wrong', readonly string[]> {
  const isNotation = format.startsWith('notation');
  return {
    sign: isNotation
      ? ['--key', at('leaf.key'), '--certificate-chain', at('chain.pem'), '--expires', '90d', '--format', format]
      : ['--key', at('release.key'), '--format', format],
    right: isNotation ? ['--trust', at('notary.yaml')] : ['--key', at('release.pub')],
    wrong: ['--key', at('another.pub')],
  };
}

async function signAndVerify(reference: string, format: (typeof SIGNING_FORMATS)[number]): Promise<SigningReport> {
  const { sign, right, wrong } = toldFor(format);
  const signed = await plimsoll(['sign', reference, ...sign, '-o', 'json'], OPEN);
  assert.equal(signed.code, 0, signed.err);
  const accepted = await plimsoll(['verify', reference, ...right]);
  assert.equal(accepted.code, 0, accepted.out + accepted.err);
  assert.equal((await plimsoll(['verify', reference, ...wrong])).code, 1);
  return JSON.parse(signed.out) as SigningReport;
}

describe('plimsoll sign', () => {
  for (const format of SIGNING_FORMATS) {
    it(`${format} in a layout verifies, and is refused under another key`, async () => {
      const { attached, format: written, kind } = await signAndVerify(layout('single'), format);
      assert.deepEqual([kind, written], ['signature', format]);
      assert.deepEqual(
        attached.map(({ subject }) => subject.digest),
        [SUBJECTS.amd64],
      );
    });
  }

  for (const [on, digests] of [
    ['index', [SUBJECTS.index]],
    ['platforms', [SUBJECTS.amd64, SUBJECTS.arm64]],
    ['both', [SUBJECTS.index, SUBJECTS.amd64, SUBJECTS.arm64]],
  ] as const) {
    it(`--on ${on} signs ${digests.length} of an image for two platforms`, async () => {
      const reference = layout('multiple');
      const { code, out, err } = await plimsoll(
        ['sign', reference, '--key', at('release.key'), '--on', on, '-o', 'json'],
        OPEN,
      );
      assert.equal(code, 0, err);
      const { attached } = JSON.parse(out) as SigningReport;
      assert.deepEqual(
        attached.map(({ subject }) => subject.digest),
        digests,
      );
      const shown = await plimsoll([
        'evidence',
        reference,
        '--platform',
        'all',
        '--key',
        at('release.pub'),
        '-o',
        'json',
      ]);
      const found = (JSON.parse(shown.out) as EvidenceReport).evidence.filter(({ trusted }) => trusted);
      assert.deepEqual(
        found.map(({ subject }) => subject),
        digests,
      );
    });
  }

  it('signs again beside what is there', async () => {
    const reference = layout('single');
    for (const [key, format] of [
      ['release.key', 'bundle'],
      ['another.key', 'bundle'],
      ['release.key', 'cosign-legacy'],
      ['another.key', 'cosign-legacy'],
    ] as const) {
      assert.equal((await plimsoll(['sign', reference, '--key', at(key), '--format', format], OPEN)).code, 0);
    }
    const { out } = await plimsoll(['evidence', reference, '-o', 'json']);
    assert.equal((JSON.parse(out) as EvidenceReport).evidence.length, 4);
  });

  it('with a key that lies open says so, and signs', async () => {
    const signed = await plimsoll(['sign', layout('single'), '--key', at('leaf.key')]);
    assert.equal(signed.code, 0);
    assert.match(signed.err, /leaf\.key is not encrypted/);
    assert.doesNotMatch((await plimsoll(['sign', layout('single'), '--key', at('leaf.key'), '-q'])).err, /encrypted/);
  });
});

describe('plimsoll attest', () => {
  for (const format of ['bundle', 'cosign-legacy']) {
    it(`${format}: the statement is found, and who says so`, async () => {
      const reference = layout('single');
      const told = [
        '--key',
        at('release.key'),
        '--predicate',
        at('bom.json'),
        '--type',
        'cyclonedx',
        '--format',
        format,
      ];
      const { code, out, err } = await plimsoll(['attest', reference, ...told], OPEN);
      assert.equal(code, 0, err);
      assert.match(out, /states +https:\/\/cyclonedx\.org\/bom/);
      const shown = await plimsoll(['evidence', reference, '--key', at('release.pub'), '-o', 'json']);
      const [item] = (JSON.parse(shown.out) as EvidenceReport).evidence;
      assert.deepEqual([item?.predicateType, item?.trusted], ['https://cyclonedx.org/bom', true]);
    });
  }
});

describe('signing in registries', { skip: missing('docker-registry', 'go') }, () => {
  let without: DockerRegistry;
  let withApi: ReferrersRegistry;
  before(async () => {
    [without, withApi] = await Promise.all([startRegistry(), startReferrersRegistry()]);
  });
  after(async () => {
    await Promise.all([without.stop(), withApi.stop()]);
  });

  for (const format of SIGNING_FORMATS) {
    it(`${format} verifies with the referrers API and without`, async () => {
      for (const [{ host }, route] of [
        [without, 'fallback-tag'],
        [withApi, 'referrers'],
      ] as const) {
        await pushLayout(at('multiple'), `http://${host}`, `signed/${format}`);
        const report = await signAndVerify(`${host}/signed/${format}:1.0`, format);
        assert.equal(report.image.repository, `${host}/signed/${format}`);
        const expected = format === 'cosign-legacy' ? 'signature-tag' : route;
        assert.deepEqual(
          report.attached.map((one) => one.route),
          [expected],
        );
      }
    });
  }
});

describe('what goes wrong', () => {
  const IMAGE = 'oci:LAYOUT:1.0';
  const cases: readonly (readonly [name: string, code: number, args: readonly string[], says: RegExp])[] = [
    ['no action', 2, ['key'], /wrong arguments/],
    ['an unknown algorithm', 2, ['key', 'generate', '--algorithm', 'dsa'], /ecdsa-p256/],
    ['an option of the other action', 2, ['key', 'show', 'KEY', '--force'], /does not go with show/],
    ['no key', 2, ['sign', IMAGE], /either --key, the key that signs, or --keyless, found neither/],
    ['a key, and none', 2, ['sign', IMAGE, '--key', 'KEY', '--keyless'], /found both/],
    [
      'a key that Fulcio is to certify',
      2,
      ['sign', IMAGE, '--key', 'KEY', '--fulcio', 'https://f'],
      /--keyless with it/,
    ],
    ['keyless without services', 2, ['sign', IMAGE, '--keyless'], /no --fulcio/],
    ['keyless without a time', 2, ['sign', IMAGE, '--keyless', '--fulcio', 'https://f'], /nobody who says when/],
    [
      'services twice',
      2,
      ['sign', IMAGE, '--key', 'KEY', '--signing-config', 'c.json', '--rekor', 'https://r'],
      /two answers/,
    ],
    ['a key in an unknown place', 2, ['sign', IMAGE, '--key', 'nowhere://key'], /not a place for keys/],
    ['a format that there is not', 2, ['sign', IMAGE, '--key', 'KEY', '--format', 'pgp'], /one of bundle/],
    ['a part that there is not', 2, ['sign', IMAGE, '--key', 'KEY', '--on', 'layers'], /one of index/],
    [
      'notation without certificates',
      2,
      ['sign', IMAGE, '--key', 'KEY', '--format', 'notation-jws'],
      /certificate-chain is needed/,
    ],
    [
      'certificates without notation',
      2,
      ['sign', IMAGE, '--key', 'KEY', '--certificate-chain', 'x'],
      /does not go with bundle/,
    ],
    ['an end for a bundle', 2, ['sign', IMAGE, '--key', 'KEY', '--expires', '1d'], /does not go with bundle/],
    ['no predicate', 2, ['attest', IMAGE, '--key', 'KEY', '--type', 'cyclonedx'], /--predicate is needed/],
    ['no type', 2, ['attest', IMAGE, '--key', 'KEY', '--predicate', 'BOM'], /--type is needed/],
    [
      'a type that there is not',
      2,
      ['attest', IMAGE, '--key', 'KEY', '--predicate', 'BOM', '--type', 'x'],
      /one of custom/,
    ],
    [
      'a predicate of another type',
      3,
      ['attest', IMAGE, '--key', 'KEY', '--predicate', 'BOM', '--type', 'openvex'],
      /context/,
    ],
    ['a key that is not there', 3, ['sign', IMAGE, '--key', 'NOWHERE'], /no such file/],
    ['an image that is not there', 3, ['sign', 'oci:NOWHERE:1.0', '--key', 'KEY'], /NOWHERE|no such file/i],
    ['an image that keeps no signatures', 3, ['sign', 'rootfs:NOWHERE', '--key', 'KEY'], /signatures/],
    ['a public key', 3, ['sign', IMAGE, '--key', 'PUBLIC'], /public half/],
    [
      'the chain of another key',
      3,
      ['sign', IMAGE, '--key', 'KEY', '--format', 'notation-cose', '--certificate-chain', 'CHAIN'],
      /another key/,
    ],
  ];
  for (const [name, code, args, says] of cases) {
    it(`exits with ${code}: ${name}`, async () => {
      const image = layout('single');
      const words = args.map((word) =>
        word
          .replace(IMAGE, image)
          .replace(/^KEY$/, at('release.key'))
          .replace(/^PUBLIC$/, at('release.pub'))
          .replace(/^BOM$/, at('bom.json'))
          .replace(/^CHAIN$/, at('chain.pem'))
          .replace('NOWHERE', at('nowhere')),
      );
      const before = filesBelow(image);
      const outcome = await plimsoll(words, OPEN);
      assert.equal(outcome.code, code, outcome.out + outcome.err);
      assert.match(outcome.err, says);
      assert.deepEqual(filesBelow(image), before, 'nothing is attached');
    });
  }

  it('a wrong passphrase, or none: nothing is attached', async () => {
    const image = layout('single');
    const before = filesBelow(image);
    const sign = ['sign', image, '--key', at('release.key')];
    const wrong = await plimsoll(sign, { PLIMSOLL_KEY_PASSPHRASE: `${PASSPHRASE}!` });
    assert.equal(wrong.code, 3);
    assert.match(wrong.err, /release\.key: the passphrase does not open the key/);
    const none = await plimsoll(sign);
    assert.equal(none.code, 2);
    assert.match(none.err, /a passphrase is needed/);
    const empty = await plimsoll(['key', 'generate', '--output-prefix', at('empty')], { COSIGN_PASSWORD: '' });
    assert.equal(empty.code, 2);
    assert.deepEqual(filesBelow(image), before);
  });
});

function filesBelow(image: string): readonly string[] {
  return readdirSync(image.slice('oci:'.length, -':1.0'.length), { recursive: true }).map(String).toSorted();
}

describe('secrets', () => {
  it('are in nothing that was said, with --debug and in errors', () => {
    const open = readFileSync(at('leaf.key'), 'utf8').split('\n').slice(1, -2);
    const raw = pair.privateKey.export({ format: 'jwk' }).d ?? '';
    const boxes = ['release', 'another'].flatMap((name) =>
      readFileSync(at(`${name}.key`), 'utf8')
        .split('\n')
        .slice(1, -2),
    );
    const planted = [PASSPHRASE, ...open, raw, Buffer.from(raw, 'base64url').toString('hex'), ...boxes];
    const text = said.join('\n');
    assert.ok(said.length > 100 && text.length > 20_000, `${said.length} outputs of ${text.length} characters`);
    for (const secret of planted) {
      assert.ok(secret.length >= 10);
      assert.ok(!text.includes(secret), 'a secret was said');
    }
  });

  it('are in no file but those of the keys', () => {
    const found = execFileSync('grep', ['-rlF', '-e', PASSPHRASE, folder, home.folder], { encoding: 'utf8' });
    assert.deepEqual(found.trim().split('\n'), [at('passphrase')]);
  });
});
