import { hash } from 'node:crypto';
import { TrustError } from '../error.ts';
import type { InclusionProof } from '../signed.ts';

const HASH_BYTES = 32;
const LEAF = 0x00;
const NODE = 0x01;
const MAX_TREE_SIZE = 1n << 63n;

/**
 * Verifies that the proof leads from the leaf to `proof.rootHash` (RFC 9162 section 2.1.3.2). Whether that root is the
 * log's is for the checkpoint to say. Throws `LOG_PROOF_INVALID`.
 */
export function verifyInclusion(leaf: Uint8Array, proof: InclusionProof, object: string): void {
  const { logIndex, treeSize, rootHash, hashes } = proof;
  if (logIndex < 0n || logIndex >= treeSize || treeSize > MAX_TREE_SIZE) {
    throw invalid(object, 'an index below the size of the tree', `index ${logIndex} of ${treeSize}`);
  }
  const needed = proofLength(logIndex, treeSize);
  if (hashes.length !== needed || hashes.some((step) => step.length !== HASH_BYTES)) {
    throw invalid(object, `${needed} hashes of ${HASH_BYTES} octets`, `${hashes.length} hashes`);
  }
  let current = leafHash(leaf);
  let at = logIndex;
  let last = treeSize - 1n;
  for (const step of hashes) {
    if ((at & 1n) === 1n || at === last) {
      current = nodeHash(step, current);
      // A last node without a sibling goes up as it is.
      while ((at & 1n) === 0n && at !== 0n) {
        at >>= 1n;
        last >>= 1n;
      }
    } else {
      current = nodeHash(current, step);
    }
    at >>= 1n;
    last >>= 1n;
  }
  if (last !== 0n || Buffer.compare(current, rootHash) !== 0) {
    throw invalid(object, `root hash ${hex(rootHash)}`, hex(current));
  }
}

/** How many siblings a leaf has on its way up: one for each level below where its path meets that of the last leaf, then one for each time that it is on the right. */
function proofLength(index: bigint, size: bigint): number {
  const inner = bits(index ^ (size - 1n));
  const border = (index >> BigInt(inner)).toString(2).replaceAll('0', '').length;
  return inner + border;
}

function bits(value: bigint): number {
  return value === 0n ? 0 : value.toString(2).length;
}

function leafHash(leaf: Uint8Array): Buffer {
  return hash('sha256', Buffer.concat([Buffer.of(LEAF), leaf]), 'buffer');
}

function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  return hash('sha256', Buffer.concat([Buffer.of(NODE), left, right]), 'buffer');
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

function invalid(object: string, expected: string, found: string): TrustError {
  return new TrustError('LOG_PROOF_INVALID', 'the inclusion proof does not hold', { object, expected, found });
}
