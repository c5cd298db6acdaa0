import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { isAppError } from '#base/error.ts';
import { evidence } from '#test/evidence.ts';
import { conformanceSamples } from '#test/fixtures/sigstore.ts';
import { data, missing } from '#test/prerequisites.ts';
import { parseTrustRoot } from './parse-trust-root.ts';

evidence(
  'trust/trust roots',
  'published',
  'trusted roots of the public good instance, sigstore-go and the Sigstore conformance suite',
);

const skip = missing('shared-data');
const PUBLIC_GOOD = data('spec/sigstore/trusted-roots/trusted_root.json');

type Json = { [name: string]: Json } & Json[] & string;

function codeOf(bytes: Buffer): string {
  try {
    parseTrustRoot(bytes, 'root');
    return 'read';
  } catch (error) {
    assert.ok(isAppError(error), String(error));
    return error.code;
  }
}

/** The public good root with one change. */
function changed(change: (root: Json) => void): Buffer {
  const root = JSON.parse(readFileSync(PUBLIC_GOOD, 'utf8')) as Json;
  change(root);
  return Buffer.from(JSON.stringify(root));
}

describe('trusted roots', { skip }, () => {
  test('of the public good instance', () => {
    const bytes = readFileSync(PUBLIC_GOOD);
    const root = parseTrustRoot(bytes, 'root');
    assert.equal(root.digest, `sha256:${createHash('sha256').update(bytes).digest('hex')}`);
    assert.deepEqual(
      root.transparencyLogs.map(({ baseUrl, operator, key, validFor, checkpointKeyHint }) => ({
        baseUrl,
        operator,
        algorithm: key.algorithm,
        validFor,
        hint: Buffer.from(checkpointKeyHint).toString('hex'),
      })),
      [
        {
          baseUrl: 'https://rekor.sigstore.dev',
          operator: 'unnamed operator',
          algorithm: 'ecdsa-sha256',
          validFor: { start: Date.parse('2021-01-12T11:53:27Z'), end: null },
          hint: 'c0d23d6a',
        },
        {
          baseUrl: 'https://log2025-1.rekor.sigstore.dev',
          operator: 'unnamed operator',
          algorithm: 'ed25519',
          validFor: { start: Date.parse('2025-09-23T00:00:00Z'), end: null },
          hint: 'cf119915',
        },
      ],
    );
    assert.deepEqual(
      root.ctLogs.map(({ validFor }) => validFor.end),
      [Date.parse('2022-10-31T23:59:59.999Z'), null],
    );
    assert.deepEqual(
      root.certificateAuthorities.map(({ name, certificates }) => [name, certificates.length]),
      [
        ['https://fulcio.sigstore.dev', 1],
        ['https://fulcio.sigstore.dev', 2],
      ],
    );
    assert.deepEqual(
      root.timestampAuthorities.map(({ name }) => name),
      ['https://timestamp.sigstore.dev/api/v1/timestamp'],
    );
  });

  test('of the conformance suite and of sigstore-go, an RSA key of PKCS #1 among them', (t) => {
    const files = new Set(conformanceSamples().map(({ trustedRootFile }) => trustedRootFile));
    for (const name of ['public-good', 'public-key-validity', 'scaffolding']) {
      files.add(data(`spec/sigstore/trusted-roots/sigstore-go/${name}.json`));
    }
    const algorithms = new Set<string>();
    for (const file of files) {
      const { transparencyLogs, ctLogs } = parseTrustRoot(readFileSync(file), file);
      for (const { key } of [...transparencyLogs, ...ctLogs]) {
        algorithms.add(key.algorithm);
      }
    }
    assert.deepEqual([...algorithms].toSorted(), ['ecdsa-sha256', 'ed25519', 'rsa-pkcs1-sha256']);
    t.diagnostic(`${files.size} trusted roots`);
    assert.ok(files.size >= 12);
  });

  test('without a beginning of a log or an authority are refused', () => {
    for (const kind of ['tlogs', 'ctlogs'] as const) {
      const start = changed((root) => delete root[kind]?.[0]?.['publicKey']?.['validFor']?.['start']);
      const range = changed((root) => delete root[kind]?.[0]?.['publicKey']?.['validFor']);
      assert.equal(codeOf(start), 'TRUST_ROOT_INVALID');
      assert.equal(codeOf(range), 'TRUST_ROOT_INVALID');
    }
    for (const kind of ['certificateAuthorities', 'timestampAuthorities'] as const) {
      const start = changed((root) => delete root[kind]?.[0]?.['validFor']?.['start']);
      assert.equal(codeOf(start), 'TRUST_ROOT_INVALID');
    }
  });

  test('say what is wrong with them', () => {
    const set = (path: readonly (string | number)[], value: unknown) =>
      changed((root) => {
        let at: Json | undefined = root;
        for (const step of path.slice(0, -1)) {
          at = at?.[step as never];
        }
        Object.assign(at ?? {}, { [path.at(-1) ?? '']: value });
      });
    const otherKey = generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey.export({
      type: 'spki',
      format: 'der',
    });
    const k1 = generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).publicKey.export({ type: 'spki', format: 'der' });
    const tlog = ['tlogs', 0] as const;
    const table: readonly [readonly (string | number)[], unknown, string][] = [
      [['mediaType'], 'application/vnd.dev.sigstore.trustedroot.v0.3+json', 'TRUST_ROOT_INVALID'],
      [['mediaType'], '', 'TRUST_ROOT_INVALID'],
      [['tlogs'], {}, 'TRUST_ROOT_INVALID'],
      [[...tlog], null, 'TRUST_ROOT_INVALID'],
      [[...tlog, 'hashAlgorithm'], 'SHA2_512', 'TRUST_ROOT_INVALID'],
      [[...tlog, 'hashAlgorithm'], '', 'TRUST_ROOT_INVALID'],
      [[...tlog, 'logId', 'keyId'], 'YQ==', 'TRUST_ROOT_INVALID'],
      [[...tlog, 'logId', 'keyId'], 'wNI9atQGlz+VWfO6LRygH4QUfY_8W4RFwiT5i5WRgB0=', 'BASE64_INVALID'],
      [[...tlog, 'logId'], undefined, 'TRUST_ROOT_INVALID'],
      [[...tlog, 'checkpointKeyId'], { keyId: '' }, 'TRUST_ROOT_INVALID'],
      [[...tlog, 'publicKey', 'keyDetails'], 'PKIX_ECDSA_P384_SHA_384', 'KEY_INVALID'],
      [[...tlog, 'publicKey', 'keyDetails'], 'PKIX_ED25519', 'KEY_INVALID'],
      [[...tlog, 'publicKey', 'keyDetails'], 'PKCS1_RSA_PKCS1V5', 'KEY_INVALID'],
      [[...tlog, 'publicKey', 'keyDetails'], 'ML_DSA_65', 'KEY_INVALID'],
      [[...tlog, 'publicKey', 'keyDetails'], 5, 'TRUST_ROOT_INVALID'],
      [[...tlog, 'publicKey', 'rawBytes'], otherKey.toString('base64'), 'KEY_INVALID'],
      [[...tlog, 'publicKey', 'rawBytes'], k1.toString('base64'), 'KEY_INVALID'],
      [[...tlog, 'publicKey', 'rawBytes'], 'AAAA', 'DER_INVALID'],
      [[...tlog, 'publicKey', 'validFor', 'start'], '2021-02-30T00:00:00Z', 'TRUST_ROOT_INVALID'],
      [[...tlog, 'publicKey', 'validFor', 'end'], 'never', 'TRUST_ROOT_INVALID'],
      [['certificateAuthorities', 0, 'certChain', 'certificates'], [], 'TRUST_ROOT_INVALID'],
      [['certificateAuthorities', 0, 'certChain', 'certificates', 0, 'rawBytes'], 'AAAA', 'DER_INVALID'],
      [['ctlogs'], Array.from({ length: 129 }, () => ({})), 'LIMIT_EXCEEDED'],
    ];
    for (const [path, value, expected] of table) {
      assert.equal(codeOf(set(path, value)), expected, `${path.join('.')} ${JSON.stringify(value)?.slice(0, 60)}`);
    }
    assert.throws(() => parseTrustRoot(set([...tlog, 'publicKey', 'keyDetails'], 'ML_DSA_65'), 'root'), {
      message: /^key of tlogs\[0\] of root: a kind of key that no log may have: .*found "ML_DSA_65"$/,
    });
  });

  test('name operators and ids of checkpoint keys from v0.2 on', () => {
    const bytes = changed((root) => {
      Object.assign(root, { mediaType: 'application/vnd.dev.sigstore.trustedroot.v0.2+json' });
      Object.assign(root['tlogs']?.[0] ?? {}, { operator: 'sigstore.dev', checkpointKeyId: { keyId: 'AQIDBA==' } });
      Object.assign(root['certificateAuthorities']?.[0] ?? {}, { operator: 'sigstore.dev' });
    });
    const root = parseTrustRoot(bytes, 'root');
    assert.equal(root.transparencyLogs[0]?.operator, 'sigstore.dev');
    assert.deepEqual(root.transparencyLogs[0]?.checkpointKeyHint, Buffer.of(1, 2, 3, 4));
    assert.equal(root.certificateAuthorities[0]?.name, 'sigstore.dev');
  });

  test('are strict JSON of a limited size', () => {
    const text = readFileSync(PUBLIC_GOOD, 'utf8');
    assert.equal(codeOf(Buffer.from(text.replace('"tlogs"', '"tlogs": [], "tlogs"'))), 'JSON_DUPLICATE_KEY');
    assert.equal(codeOf(Buffer.from(text.slice(1))), 'JSON_INVALID');
    assert.equal(codeOf(Buffer.alloc(5 * 1024 * 1024, 0x20)), 'LIMIT_EXCEEDED');
  });

  test('with any octet changed are read or refused', () => {
    const bytes = readFileSync(PUBLIC_GOOD);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), (at, octet) => {
        const copy = Buffer.from(bytes);
        copy[at] = octet;
        codeOf(copy);
      }),
      { numRuns: 200, seed: 4 },
    );
  });
});
