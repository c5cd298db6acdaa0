import { readSync, writeSync } from 'node:fs';
import { messageOf } from '#base/error.ts';
import { Refusal } from './module.ts';
import { FRAME_HEAD_BYTES, frame, JSON_FRAME, PIN_FRAME, type TokenAnswer, type TokenRequest } from './protocol.ts';
import { TokenSession } from './session.ts';

/**
 * The program of a token's process: whatever a module does there (hang, crash, print, change signals) is done to nobody
 * else. It reads and writes without an event loop, so that the end of its parent ends it, between two calls.
 */
const CHANNEL = 3;

const session = new TokenSession();
for (let request = readFrame(); request !== null; request = readFrame()) {
  send(await answerTo(request.kind, request.content));
}
session.close();
process.exit(0);

async function answerTo(kind: number, content: Buffer): Promise<TokenAnswer> {
  try {
    return kind === PIN_FRAME
      ? session.login(content)
      : await session.answer(JSON.parse(content.toString('utf8')) as TokenRequest);
  } catch (error) {
    return error instanceof Refusal ? error.answer : { kind: 'unusable', why: 'answer', found: messageOf(error) };
  }
}

function readFrame(): { readonly kind: number; readonly content: Buffer } | null {
  const head = readExactly(FRAME_HEAD_BYTES);
  const content = head === null ? null : readExactly(head.readUInt32BE(0));
  return head === null || content === null ? null : { kind: head.readUInt8(4), content };
}

/** Null at the end of the channel. */
function readExactly(length: number): Buffer | null {
  const bytes = Buffer.allocUnsafeSlow(length);
  let filled = 0;
  while (filled < length) {
    const read = readSync(CHANNEL, bytes, filled, length - filled, null);
    if (read === 0) {
      return null;
    }
    filled += read;
  }
  return bytes;
}

function send(answer: TokenAnswer): void {
  const bytes = frame(JSON_FRAME, Buffer.from(JSON.stringify(answer)));
  let sent = 0;
  while (sent < bytes.length) {
    sent += writeSync(CHANNEL, bytes, sent);
  }
}
