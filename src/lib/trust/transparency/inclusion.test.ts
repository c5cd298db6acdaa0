import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { isAppError } from '#base/error.ts';
import { verifyInclusion } from './inclusion.ts';

/** RFC 6962 section 2.1 as it is written down there, recursively: the tree that proofs are taken from. */
function treeHash(leaves: readonly Buffer[]): Buffer {
  const [leaf] = leaves;
  if (leaves.length === 1 && leaf !== undefined) {
    return sha256(Buffer.of(0), leaf);
  }
  const k = split(leaves.length);
  return sha256(Buffer.of(1), treeHash(leaves.slice(0, k)), treeHash(leaves.slice(k)));
}

function auditPath(index: number, leaves: readonly Buffer[]): Buffer[] {
  if (leaves.length === 1) {
    return [];
  }
  const k = split(leaves.length);
  return index < k
    ? [...auditPath(index, leaves.slice(0, k)), treeHash(leaves.slice(k))]
    : [...auditPath(index - k, leaves.slice(k)), treeHash(leaves.slice(0, k))];
}

function split(size: number): number {
  return 2 ** (Math.ceil(Math.log2(size)) - 1);
}

function sha256(...parts: readonly Buffer[]): Buffer {
  return createHash('sha256').update(Buffer.concat(parts)).digest();
}

const leaves = Array.from({ length: 33 }, (_, index) => Buffer.from(`leaf ${index}`));
const at = (index: number): Buffer => leaves[index] ?? Buffer.alloc(0);

function proofOf(index: number, size: number) {
  const tree = leaves.slice(0, size);
  return {
    logIndex: BigInt(index),
    treeSize: BigInt(size),
    rootHash: treeHash(tree),
    hashes: auditPath(index, tree),
    checkpoint: null,
  };
}

function refused(leaf: Buffer, proof: ReturnType<typeof proofOf>): boolean {
  try {
    verifyInclusion(leaf, proof, 'entry');
    return false;
  } catch (error) {
    assert.ok(isAppError(error) && error.code === 'LOG_PROOF_INVALID', String(error));
    return true;
  }
}

test('inclusion proofs: every leaf of every tree of up to 33 leaves is in it, and nowhere else', (t) => {
  let right = 0;
  let wrong = 0;
  for (let size = 1; size <= leaves.length; size += 1) {
    for (let index = 0; index < size; index += 1) {
      const proof = proofOf(index, size);
      verifyInclusion(at(index), proof, 'entry');
      right += 1;
      const others: ReturnType<typeof proofOf>[] = [
        { ...proof, logIndex: proof.logIndex + 1n },
        { ...proof, logIndex: proof.logIndex + proof.treeSize },
        { ...proof, logIndex: -1n },
        { ...proof, hashes: [...proof.hashes, Buffer.alloc(32)] },
        { ...proof, hashes: [...proof.hashes.slice(0, -1), Buffer.alloc(32)] },
        { ...proof, rootHash: Buffer.alloc(32) },
        { ...proof, rootHash: proof.rootHash.subarray(1) },
      ];
      if (proof.hashes.length > 0) {
        others.push({ ...proof, hashes: proof.hashes.slice(1) }, { ...proof, hashes: proof.hashes.slice(0, -1) });
      }
      if (index > 0) {
        others.push({ ...proof, logIndex: proof.logIndex - 1n });
      }
      for (const other of others) {
        assert.ok(refused(at(index), other), `leaf ${index} of ${size} with ${JSON.stringify(other, texts)}`);
        wrong += 1;
      }
      assert.ok(refused(at(index + 1), proof), `leaf ${index + 1} for ${index} of ${size}`);
    }
  }
  t.diagnostic(`${right} proofs hold, ${wrong} do not`);
  assert.ok(right >= 561 && wrong >= 4000);
});

test('inclusion proofs: an inner node does not pass for a leaf', () => {
  const tree = leaves.slice(0, 4);
  const inner = Buffer.concat([sha256(Buffer.of(0), at(0)), sha256(Buffer.of(0), at(1))]);
  const proof = {
    logIndex: 0n,
    treeSize: 2n,
    rootHash: treeHash(tree),
    hashes: [treeHash(tree.slice(2))],
    checkpoint: null,
  };
  assert.ok(refused(inner, proof));
});

test('inclusion proofs: a tree that nobody could have made costs nothing', () => {
  const hashes = Array.from({ length: 64 }, () => Buffer.alloc(32));
  const proof = { ...proofOf(0, 1), treeSize: 2n ** 4096n, logIndex: 2n ** 4095n, hashes };
  assert.ok(refused(at(0), proof));
});

function texts(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
