import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { isAppError } from '#base/error.ts';
import { evidence } from '#test/evidence.ts';
import { conformanceSample, openBundle } from '#test/fixtures/sigstore.ts';
import { missing } from '#test/prerequisites.ts';
import { logKeyOf } from '../trust-root/log-key.ts';
import { parseTrustRoot } from '../trust-root/parse-trust-root.ts';
import { KEY_HINT_BYTES, type Log, UNNAMED_OPERATOR } from '../trust-root/trust-root.ts';
import { verifyCheckpoint } from './checkpoint.ts';

evidence(
  'trust/checkpoints',
  'published',
  'checkpoints of Rekor v1 and v2 in bundles of the Sigstore conformance suite',
);

const NAME = 'log.example';
const ROOT = Buffer.alloc(32, 7);
const TEXT = `${NAME}\n42\n${ROOT.toString('base64')}\n`;

function logOf(publicKey: KeyObject, id: (spki: Buffer) => Buffer): Log {
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const logId = id(spki);
  return {
    baseUrl: `https://${NAME}`,
    operator: UNNAMED_OPERATOR,
    key: logKeyOf(spki, 'log'),
    logId,
    checkpointKeyHint: logId.subarray(0, KEY_HINT_BYTES),
    validFor: { start: 0, end: null },
  };
}

const sha256 = (bytes: Buffer): Buffer => createHash('sha256').update(bytes).digest();
/** C2SP signed-note, Signatures: the id of an Ed25519 key is over its name too. */
const namedId = (name: string) => (spki: Buffer) =>
  sha256(Buffer.concat([Buffer.from(`${name}\n`), Buffer.of(1), spki.subarray(-32)]));

const ed25519 = generateKeyPairSync('ed25519');
const log = logOf(ed25519.publicKey, namedId(NAME));

function lineOf(text: string, name = NAME, key: KeyObject = ed25519.privateKey, hint = log.checkpointKeyHint): string {
  const signature = Buffer.concat([hint, sign(null, Buffer.from(text), key)]);
  return `\u2014 ${name} ${signature.toString('base64')}\n`;
}

function codeOf(envelope: string, of: Log = log): string {
  try {
    verifyCheckpoint(envelope, of, 'checkpoint');
    return 'signed';
  } catch (error) {
    assert.ok(isAppError(error), String(error));
    return error.code;
  }
}

test('checkpoints: signed by ECDSA and Ed25519 keys', () => {
  assert.deepEqual(verifyCheckpoint(`${TEXT}\n${lineOf(TEXT)}`, log, 'checkpoint'), {
    origin: NAME,
    treeSize: 42n,
    rootHash: ROOT,
  });
  for (const [namedCurve, hash] of [
    ['P-256', 'sha256'],
    ['P-384', 'sha384'],
    ['P-521', 'sha512'],
  ] as const) {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve });
    const ecdsa = logOf(publicKey, sha256);
    const signature = Buffer.concat([ecdsa.checkpointKeyHint, sign(hash, Buffer.from(TEXT), privateKey)]);
    assert.equal(codeOf(`${TEXT}\n\u2014 ${NAME} ${signature.toString('base64')}\n`, ecdsa), 'signed');
  }
});

test('checkpoints: the forms that are none', () => {
  const line = lineOf(TEXT);
  const signed = (text: string): string => `${text}\n${lineOf(text)}`;
  const root = ROOT.toString('base64');
  const table: readonly [string, string][] = [
    ['nothing', ''],
    ['no signature', `${TEXT}\n`],
    ['no empty line', `${TEXT}${line}`],
    ['no end of the last line', `${TEXT}\n${line.slice(0, -1)}`],
    ['text that is not Unicode', `${TEXT}\n${line}\ud800\n`],
    ['a hyphen for a dash', `${TEXT}\n${line.replace('\u2014', '-')}`],
    ['a name with a plus', `${TEXT}\n${line.replace(NAME, 'log+example')}`],
    ['no name', `${TEXT}\n${line.replace(`${NAME} `, '')}`],
    ['a third word', `${TEXT}\n${line.slice(0, -1)} more\n`],
    ['a signature of four octets', `${TEXT}\n\u2014 ${NAME} ${log.checkpointKeyHint.toString()}\n`],
    ['two lines of text', signed(`${NAME}\n42\n`)],
    ['a size in hex', signed(`${NAME}\n0x2a\n${root}\n`)],
    ['a size with a zero before', signed(`${NAME}\n042\n${root}\n`)],
    ['a negative size', signed(`${NAME}\n-42\n${root}\n`)],
    ['a size that is no number of 64 bits', signed(`${NAME}\n${'9'.repeat(20)}\n${root}\n`)],
    ['a root hash of 31 octets', signed(`${NAME}\n42\n${ROOT.subarray(1).toString('base64')}\n`)],
    ['an empty line in the text', signed(`${NAME}\n42\n${root}\n\nmore\n`)],
    ['an empty line and another signature', `${TEXT}\n${line}\n${line}`],
  ];
  for (const [what, envelope] of table) {
    assert.ok(['LOG_CHECKPOINT_INVALID', 'BASE64_INVALID'].includes(codeOf(envelope)), `${what}: ${codeOf(envelope)}`);
  }
  assert.equal(codeOf(`${TEXT}\n${'x'.repeat(65_536)}\n`), 'LIMIT_EXCEEDED');
  assert.equal(codeOf(`${TEXT}\n${line.repeat(200)}`), 'LIMIT_EXCEEDED');
  assert.equal(codeOf(signed(`${NAME}\n42\n${root}\nTimestamp: 1675209600000000000\n`)), 'signed');
});

test('checkpoints: the name is that of the origin and of the key', () => {
  const text = (origin: string): string => TEXT.replace(NAME, origin);
  const envelope = (origin: string, name: string): string => `${text(origin)}\n${lineOf(text(origin), name)}`;
  assert.equal(codeOf(envelope(NAME, NAME)), 'signed');
  assert.equal(codeOf(envelope(`${NAME} - 2605736670972794746`, NAME)), 'signed');
  for (const [origin, name] of [
    ['other.example', NAME],
    [NAME, 'other.example'],
    // The same key under another name is another key.
    ['other.example', 'other.example'],
    [`${NAME}.other`, NAME],
    [`${NAME} -`, NAME],
  ] as const) {
    assert.equal(codeOf(envelope(origin, name)), 'LOG_CHECKPOINT_INVALID', `${origin} by ${name}`);
  }
});

test('checkpoints: cosignatures are passed over, a wrong signature of the log is not', () => {
  const other = generateKeyPairSync('ed25519').privateKey;
  const witness = lineOf(TEXT, 'witness.example', other, Buffer.from('abcd'));
  assert.equal(codeOf(`${TEXT}\n${witness}${lineOf(TEXT)}${witness}`), 'signed');
  assert.equal(codeOf(`${TEXT}\n${witness}`), 'LOG_CHECKPOINT_INVALID');
  assert.equal(codeOf(`${TEXT}\n${lineOf(TEXT, NAME, other)}`), 'LOG_CHECKPOINT_INVALID');
  assert.equal(codeOf(`${TEXT}\n${lineOf(TEXT)}${lineOf(TEXT, NAME, other)}`), 'LOG_CHECKPOINT_INVALID');
});

test('checkpoints: of the public logs', { skip: missing('shared-data') }, () => {
  for (const [name, origin, treeSize] of [
    ['happy-path-v0.3', 'rekor.sigstore.dev - 2605736670972794746', 75408393n],
    ['bundle-with-sct-with-extensions', 'rekor-local', 4n],
    ['intoto-with-custom-trust-root', 'localhost:8000 - 124190645164477', 1n],
  ] as const) {
    const sample = conformanceSample(name);
    const [entry] = openBundle(sample.bundleFile, sample.artifact).entries;
    const root = parseTrustRoot(readFileSync(sample.trustedRootFile), name);
    const of = root.transparencyLogs.find(
      ({ logId }) => entry !== undefined && Buffer.compare(logId, entry.logId) === 0,
    );
    assert.ok(of !== undefined);
    const checkpoint = verifyCheckpoint(entry?.inclusionProof?.checkpoint ?? '', of, name);
    assert.deepEqual({ origin: checkpoint.origin, treeSize: checkpoint.treeSize }, { origin, treeSize });
  }
});

test('checkpoints: nobody can write one', () => {
  const line = fc.oneof(fc.string(), fc.constantFrom(NAME, '42', ROOT.toString('base64'), '', lineOf(TEXT).trimEnd()));
  fc.assert(
    fc.property(fc.array(line, { maxLength: 8 }), (lines) => {
      const envelope = `${lines.join('\n')}\n`;
      assert.ok(codeOf(envelope) !== 'signed' || envelope.startsWith(TEXT), envelope);
    }),
    { numRuns: 500, seed: 4 },
  );
});
