import assert from 'node:assert/strict';
import { isAppError } from '#base/error.ts';
import { type Der, isConstructed, parseDer, TAG } from '#lib/trust/encoding/der.ts';
import { booleanOf, integerOf, oidOf, textOf, timeOf } from '#lib/trust/encoding/der-values.ts';
import { certificateSeeds } from '#test/fixtures/fuzz-seeds.ts';
import { mutateStructure } from '../../tools/fuzz/structure/mutate-structure.ts';
import { type FuzzTarget, invariant } from '../../tools/fuzz/target.ts';

/** DER: what is accepted is the only encoding of what it says, at every depth. */
export const der: FuzzTarget = {
  id: 'der',
  seeds: certificateSeeds,
  maxMillis: 200,
  mutate: mutateStructure,
  run: (input) => {
    const value = parseDer(input, 'input');
    invariant('re-encoding gives the input', () => assert.ok(Buffer.compare(value.raw, input) === 0));
    walk(value);
  },
};

function walk(value: Der): void {
  invariant('re-encoding gives the value', () => {
    assert.ok(
      Buffer.compare(Buffer.concat([Uint8Array.of(value.tag), lengthOf(value.content), value.content]), value.raw) ===
        0,
    );
  });
  if (!isConstructed(value)) {
    readValue(value);
    return;
  }
  const { children } = value;
  invariant('the children are the content', () => {
    assert.ok(Buffer.compare(Buffer.concat(children.map(({ raw }) => raw)), value.content) === 0);
  });
  for (const child of children) {
    walk(child);
  }
}

/** A primitive value as each of what its tag may mean; a refusal says nothing about the others. */
function readValue(value: Der): void {
  refusable(() => {
    switch (value.tag) {
      case TAG.integer: {
        const integer = integerOf(value);
        invariant('an integer has one encoding', () => {
          const bits = BigInt(value.content.length * 8);
          const hex = BigInt.asUintN(Number(bits), integer).toString(16);
          assert.equal(hex.padStart(Number(bits / 4n), '0'), Buffer.from(value.content).toString('hex'));
        });
        break;
      }
      case TAG.oid: {
        const oid = oidOf(value);
        invariant('an object identifier has one encoding', () => {
          assert.equal(encodedOid(oid).toString('hex'), Buffer.from(value.content).toString('hex'));
        });
        break;
      }
      case TAG.utcTime:
      case TAG.generalizedTime: {
        const time = timeOf(value);
        invariant('a time is of the calendar', () => assert.ok(!Number.isNaN(new Date(time).getTime())));
        break;
      }
      case TAG.boolean:
        booleanOf(value);
        break;
      default:
        textOf(value);
    }
  });
}

function refusable(read: () => void): void {
  try {
    read();
  } catch (error) {
    if (!isAppError(error)) {
      throw error;
    }
  }
}

function lengthOf(content: Uint8Array): Uint8Array {
  const hex = content.length.toString(16);
  const octets = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  return content.length < 0x80 ? octets : Buffer.concat([Uint8Array.of(0x80 | octets.length), octets]);
}

function encodedOid(text: string): Buffer {
  const [first = 0n, second = 0n, ...rest] = text.split('.').map(BigInt);
  return Buffer.concat([first * 40n + second, ...rest].map(encodedArc));
}

function encodedArc(arc: bigint): Buffer {
  const octets = [Number(arc & 0x7fn)];
  for (let left = arc >> 7n; left > 0n; left >>= 7n) {
    octets.unshift(Number(left & 0x7fn) | 0x80);
  }
  return Buffer.from(octets);
}
