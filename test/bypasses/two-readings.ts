import { sign } from 'node:crypto';
import type { TestKey } from '../fixtures/signing.ts';
import { promised } from './rekor.ts';

/** The same JSON with a member once more before the right one: by its name, and by its name with an escape. */
export function doubled(text: string, member: string, value: string): readonly string[] {
  const code = member.charCodeAt(0).toString(16);
  return [
    text.replace(`"${member}":`, `"${member}":${value},"${member}":`),
    text.replace(`"${member}":`, `"\\u00${code}${member.slice(1)}":${value},"${member}":`),
  ];
}

/** The same object with a further member whose text is in Latin-1. */
export function invalidUtf8(text: string): Buffer {
  return Buffer.concat([Buffer.from(text.slice(0, -1)), Buffer.from(',"x":"\xff"}', 'latin1')]);
}

/** Behind a byte order mark. */
export function withBom(text: string): Buffer {
  return Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(text)]);
}

/** A log's promise for a body that is no object of JSON, or not only one. */
export function promisedText(log: TestKey, body: string): string {
  const honest = promised(log, { body: JSON.parse('{}') as object, integratedTime: 1_780_000_000, logIndex: 1 });
  const { logID } = honest['Payload'] as { readonly logID: string };
  const encoded = Buffer.from(body).toString('base64');
  const text = `{"body":"${encoded}","integratedTime":1780000000,"logID":"${logID}","logIndex":1}`;
  const set = sign('sha256', Buffer.from(text), log.privateKey).toString('base64');
  return JSON.stringify({ SignedEntryTimestamp: set, Payload: JSON.parse(text) as object });
}
