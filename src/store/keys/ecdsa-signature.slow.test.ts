import assert from 'node:assert/strict';
import { generateKeyPairSync, sign, verify } from 'node:crypto';
import { test } from 'node:test';
import { derFromRaw } from './ecdsa-signature.ts';

const BYTES = Buffer.from('something to sign');
const KEY = 'awskms:///key';

test('two numbers become the DER that OpenSSL writes and verifies, for every curve', () => {
  for (const [namedCurve, octets] of [
    ['P-256', 32],
    ['P-384', 48],
    ['P-521', 66],
  ] as const) {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve });
    // Often enough that numbers with a leading zero, and with a first bit that is set, are among them.
    for (let count = 0; count < 300; count += 1) {
      const raw = sign('sha256', BYTES, { key: privateKey, dsaEncoding: 'ieee-p1363' });
      assert.ok(verify('sha256', BYTES, publicKey, derFromRaw(raw, octets, KEY)));
    }
  }
});

test('numbers are written as short as DER wants them', () => {
  const raw = Buffer.from(`${'00'.repeat(31)}01${'ff'.repeat(32)}`, 'hex');
  assert.equal(derFromRaw(raw, 32, KEY).toString('hex'), `3026020101022100${'ff'.repeat(32)}`);
  const long = Buffer.alloc(132, 0x7f);
  assert.equal(derFromRaw(long, 66, KEY).subarray(0, 5).toString('hex'), '3081880242');
});

test('other lengths and zeros are refused', () => {
  const one = Buffer.from(`${'00'.repeat(31)}01`, 'hex');
  for (const raw of [
    Buffer.alloc(0),
    Buffer.alloc(63, 1),
    Buffer.alloc(65, 1),
    Buffer.concat([Buffer.alloc(32), one]),
    Buffer.concat([one, Buffer.alloc(32)]),
  ]) {
    assert.throws(() => derFromRaw(raw, 32, KEY), { code: 'KEY_SERVICE_ANSWER_INVALID', object: KEY });
  }
});
