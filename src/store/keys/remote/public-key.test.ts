import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { isAppError } from '#base/error.ts';
import { decodeBase64, publicKeyFromDer, publicKeyFromPem } from './public-key.ts';

const NAME = 'hashivault://release';
const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const der = publicKey.export({ format: 'der', type: 'spki' });
const pem = publicKey.export({ format: 'pem', type: 'spki' }).toString();

test('a public key is read from PEM, with the ends of lines of any system, and from DER', () => {
  for (const text of [pem, pem.trim(), pem.replaceAll('\n', '\r\n'), `\n${pem}\n`]) {
    assert.ok(publicKeyFromPem(text, NAME).equals(publicKey));
  }
  assert.ok(publicKeyFromDer(der, NAME).equals(publicKey));
});

test('nothing else is', () => {
  const lines = pem.split('\n');
  const texts: readonly string[] = [
    '',
    'a key',
    privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    privateKey.export({ format: 'pem', type: 'sec1' }).toString(),
    pem.repeat(2),
    `${pem}more`,
    `before\n${pem}`,
    pem.replaceAll('PUBLIC KEY', 'CERTIFICATE'),
    pem.replaceAll('PUBLIC KEY', 'RSA PUBLIC KEY'),
    [lines[0], lines.at(-2)].join('\n'),
    [lines[0], '!!!!', lines.at(-2)].join('\n'),
    [lines[0], 'x: y', '', ...lines.slice(1)].join('\n'),
    [lines[0], Buffer.concat([der, Buffer.of(0)]).toString('base64'), lines.at(-2)].join('\n'),
  ];
  for (const text of texts) {
    assert.throws(() => publicKeyFromPem(text, NAME), { code: 'KEY_SERVICE_ANSWER_INVALID', object: NAME }, text);
  }
  const pkcs8 = privateKey.export({ format: 'der', type: 'pkcs8' });
  for (const bytes of [Buffer.alloc(0), pkcs8, der.subarray(1), Buffer.concat([der, Buffer.of(0)])]) {
    assert.throws(() => publicKeyFromDer(bytes, NAME), { code: 'KEY_SERVICE_ANSWER_INVALID' });
  }
});

test('damaged DER is refused, or a key that is written so', () => {
  fc.assert(
    fc.property(fc.nat(der.length - 1), fc.nat(255), (at, octet) => {
      const bytes = Buffer.from(der);
      bytes[at] = octet;
      try {
        assert.deepEqual(publicKeyFromDer(bytes, NAME).export({ format: 'der', type: 'spki' }), bytes);
      } catch (error) {
        assert.ok(isAppError(error), String(error));
      }
    }),
    { numRuns: 500 },
  );
});

test('base64 is read in its one form', () => {
  assert.deepEqual(decodeBase64('AQI='), Buffer.of(1, 2));
  for (const text of ['', 'AQI', 'AQJ=', 'AQI= ', 'A Q=', 'AQ-_', 'AQI==', '====']) {
    assert.equal(decodeBase64(text), null, text);
  }
});
