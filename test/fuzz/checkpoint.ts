import assert from 'node:assert/strict';
import { createPrivateKey, createPublicKey, hash, sign } from 'node:crypto';
import { verifyCheckpoint } from '#lib/trust/transparency/checkpoint.ts';
import { logKeyOf } from '#lib/trust/trust-root/log-key.ts';
import type { Log } from '#lib/trust/trust-root/trust-root.ts';
import { type FuzzTarget, invariant } from '../../tools/fuzz/target.ts';

/** A log of this target's own, so that damage can be signed and reaches what is behind the signature. */
const NAME = 'log.example/tree';
const SEED = Buffer.from('302e020100300506032b657004220420'.concat('11'.repeat(32)), 'hex');
const privateKey = createPrivateKey({ key: SEED, format: 'der', type: 'pkcs8' });
const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
const hint = hash('sha256', Buffer.concat([Buffer.from(`${NAME}\n\x01`), spki.subarray(-32)]), 'buffer').subarray(0, 4);
const log: Log = {
  baseUrl: 'https://log.example',
  operator: 'log.example',
  key: logKeyOf(spki, 'log'),
  logId: hash('sha256', spki, 'buffer'),
  checkpointKeyHint: hint,
  validFor: { start: 0, end: null },
};

function signedNote(text: string, others: string): string {
  const signature = Buffer.concat([hint, sign(null, Buffer.from(text), privateKey)]).toString('base64');
  return `${text}\n\u2014 ${NAME} ${signature}\n${others}`;
}

const TEXT = `${NAME}\n1234\n${Buffer.alloc(32, 7).toString('base64')}\n`;
const WITNESS = `\u2014 witness.example ${Buffer.alloc(76, 9).toString('base64')}\n`;

/** Checkpoints of transparency logs: what is accepted is the only note that says so. */
export const checkpoint: FuzzTarget = {
  id: 'checkpoint',
  seeds: () => [signedNote(TEXT, ''), signedNote(`${TEXT}extra line\n`, WITNESS)].map((text) => Buffer.from(text)),
  maxMillis: 100,
  dictionary: ['\n\n', '\n', '\u2014 ', NAME, ' - 1193050959916656506', '9223372036854775807', '00', '+', '\r\n', '\0'],
  fixUp: (mutated) => {
    const note = Buffer.from(mutated).toString('utf8');
    const split = note.lastIndexOf('\n\n');
    const ownLine = note.indexOf('\n', split + 2);
    return split < 0 ? mutated : Buffer.from(signedNote(note.slice(0, split + 1), note.slice(ownLine + 1)));
  },
  run: (input) => {
    const text = Buffer.from(input).toString('utf8');
    const { origin, treeSize, rootHash } = verifyCheckpoint(text, log, 'input');
    invariant('what is accepted begins with what it says', () => {
      assert.ok(text.startsWith(`${origin}\n${treeSize}\n${Buffer.from(rootHash).toString('base64')}\n`));
      assert.equal(rootHash.length, 32);
      assert.ok(origin === NAME || origin.startsWith(`${NAME} - `));
    });
  },
};
