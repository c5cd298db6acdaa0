import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import test from 'node:test';
import fc from 'fast-check';
import { digestOf } from '#base/digest.ts';
import { type EntryKey, isGenuine, keyBytes, nameOf, openSealed, sealOf } from './entry.ts';

const facts = fc.record({
  kind: fc.constant('facts' as const),
  diffId: fc.string({ maxLength: 4 }).map((text) => digestOf(text)),
  analyser: fc.string({ unit: 'grapheme', maxLength: 8 }),
  version: fc.nat({ max: 3 }),
  configuration: fc.constantFrom('{}', '{"kind":"documents"}', 'documents', ''),
});
const content = fc.uint8Array({ maxLength: 64 });

/** A key with a content that it may have. */
const entry: fc.Arbitrary<readonly [EntryKey, Uint8Array]> = fc.oneof(
  fc.tuple(facts, content),
  fc.tuple(fc.constantFrom('sha256' as const, 'sha512' as const), content).map(([algorithm, bytes]) => {
    return [{ kind: 'documents' as const, digest: digestOf(bytes, algorithm) }, bytes] as const;
  }),
);

function sealed(key: EntryKey, bytes: Uint8Array): Buffer {
  return Buffer.concat([sealOf(keyBytes(key), bytes), bytes]);
}

test('what was sealed is opened by its own key and by no other', () => {
  fc.assert(
    fc.property(entry, entry, ([key, bytes], [other]) => {
      const file = sealed(key, bytes);
      assert.deepEqual(openSealed(keyBytes(key), file), Buffer.from(bytes));
      const same = JSON.stringify(key) === JSON.stringify(other);
      assert.equal(openSealed(keyBytes(other), file) !== null, same);
      assert.equal(isGenuine(key.kind, nameOf(keyBytes(key)), file), true);
      assert.equal(isGenuine(key.kind, nameOf(keyBytes(other)), file), same);
      assert.equal(isGenuine(key.kind === 'facts' ? 'documents' : 'facts', nameOf(keyBytes(key)), file), false);
    }),
    { numRuns: 300 },
  );
});

test('any byte that is changed, cut off or added is noticed', () => {
  fc.assert(
    fc.property(entry, fc.nat(), fc.integer({ min: 1, max: 255 }), ([key, bytes], place, change) => {
      const whole = sealed(key, bytes);
      const changed = Buffer.from(whole);
      const at = place % whole.length;
      changed[at] = (changed[at] ?? 0) ^ change;
      for (const damaged of [changed, whole.subarray(0, at), Buffer.concat([whole, Buffer.of(change)])]) {
        assert.equal(openSealed(keyBytes(key), damaged), null);
        assert.equal(isGenuine(key.kind, nameOf(keyBytes(key)), damaged), false);
      }
    }),
    { numRuns: 500 },
  );
});

test('keys of different kinds have different names, whatever the parts of the keys say', () => {
  fc.assert(
    fc.property(facts, fc.string(), (key, text) => {
      const document: EntryKey = { kind: 'documents', digest: key.diffId };
      assert.notEqual(nameOf(keyBytes(key)), nameOf(keyBytes(document)));
      const posing: EntryKey = { ...key, analyser: keyBytes(document).toString(), configuration: text };
      assert.notEqual(nameOf(keyBytes(posing)), nameOf(keyBytes(document)));
    }),
  );
});

test('a document under a right seal that does not have its digest is not believed', () => {
  const key = keyBytes({ kind: 'documents', digest: digestOf('the manifest') });
  const forged = Buffer.from('another manifest');
  assert.equal(openSealed(key, Buffer.concat([sealOf(key, forged), forged])), null);
  assert.equal(isGenuine('documents', nameOf(key), Buffer.concat([sealOf(key, forged), forged])), false);
});

test('bytes that are no entry, and seals around keys that are none, do no harm', () => {
  const key = keyBytes({ kind: 'documents', digest: digestOf('') });
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), fc.uint8Array({ maxLength: 20 }), (bytes, odd) => {
      assert.equal(openSealed(key, Buffer.from(bytes)), null);
      const oddKey = Buffer.from(odd);
      assert.equal(isGenuine('documents', nameOf(oddKey), Buffer.concat([sealOf(oddKey, bytes), bytes])), false);
    }),
  );
  for (const text of ['null', '[]', '{"kind":"documents","digest":1}', '{"kind":"documents","digest":"sha256:x"}']) {
    const odd = Buffer.from(text);
    assert.equal(isGenuine('documents', nameOf(odd), sealOf(odd, Buffer.alloc(0))), false);
  }
});

test('the seal is what the description of the format says', () => {
  const key = keyBytes({ kind: 'facts', diffId: digestOf(''), analyser: 'a', version: 1, configuration: '{}' });
  const file = Buffer.concat([sealOf(key, Buffer.from('content')), Buffer.from('content')]);
  assert.equal(file.toString('latin1', 0, 8), 'PLCACHE1');
  assert.equal(file.toString('hex', 8, 40), hash('sha256', file.subarray(40)));
  assert.equal(file.readUInt32LE(40), key.length);
  assert.equal(
    file.toString('utf8', 44),
    `{"analyser":"a","configuration":"{}","diffId":"${digestOf('')}","kind":"facts","version":1}content`,
  );
});
