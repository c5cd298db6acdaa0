import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseDer, TAG } from './der.ts';
import { integerOf, oidOf } from './der-values.ts';
import { encodeDer, encodeOid, encodeSequence, encodeUnsigned } from './der-writer.ts';

test('what is written in DER is what the strict reader reads', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 70_000, size: 'max' }), (octets) => {
      const value = parseDer(encodeSequence([encodeDer(TAG.octetString, [octets])]), 'value');
      assert.deepEqual(Buffer.from(value.child(0, 'octets').content), Buffer.from(octets));
    }),
    { numRuns: 50, seed: 1 },
  );
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 20 }), (octets) => {
      const number = BigInt(`0x${Buffer.from(octets).toString('hex')}`);
      assert.equal(integerOf(parseDer(encodeUnsigned(octets), 'number')), number);
    }),
    { numRuns: 300, seed: 2 },
  );
  const arc = fc.nat(0x7fff_ffff);
  fc.assert(
    fc.property(fc.nat(2), fc.nat(39), fc.array(arc, { maxLength: 12 }), (root, second, arcs) => {
      const dotted = [root, second, ...arcs].join('.');
      assert.equal(oidOf(parseDer(encodeOid(dotted), 'identifier')), dotted);
    }),
    { numRuns: 300, seed: 3 },
  );
});

test('lengths are of the shortest form', () => {
  for (const [length, header] of [
    [0, '0400'],
    [127, '047f'],
    [128, '048180'],
    [255, '0481ff'],
    [256, '04820100'],
    [65_536, '0483010000'],
  ] as const) {
    const written = encodeDer(TAG.octetString, [Buffer.alloc(length)]);
    assert.equal(written.subarray(0, written.length - length).toString('hex'), header);
  }
  assert.equal(encodeUnsigned(Buffer.of(0, 0)).toString('hex'), '020100');
  assert.equal(encodeUnsigned(Buffer.of(0, 0x80)).toString('hex'), '02020080');
});
