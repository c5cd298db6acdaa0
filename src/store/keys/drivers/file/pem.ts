import { quote } from '#base/error.ts';
import { invalid } from './invalid.ts';

export interface PrivatePem {
  readonly label: string;
  /** Decoded. Of a copy of its own, so that it can be overwritten. */
  readonly body: Buffer;
}

const BEGIN = '-----BEGIN ';
const END = '-----END ';
const DASHES = '-----';

/**
 * The one block of a key file (RFC 7468, its strict form but for white space around the block). Throws
 * `KEY_FILE_INVALID`, without a word of what is in the file.
 */
export function parsePrivatePem(bytes: Uint8Array, name: string): PrivatePem {
  const lines = Buffer.from(bytes)
    .toString('latin1')
    .trim()
    .split('\n')
    .map((line) => line.trimEnd());
  const first = lines[0] ?? '';
  const label = first.slice(BEGIN.length, -DASHES.length);
  if (!first.startsWith(BEGIN) || !first.endsWith(DASHES) || label === '') {
    throw invalid(name, 'a file that begins with -----BEGIN', `${bytes.length} other bytes`);
  }
  if (lines.at(-1) !== `${END}${label}${DASHES}` || lines.slice(1, -1).some((line) => line.startsWith(DASHES))) {
    throw invalid(name, `one block, ended by ${quote(label)}`, 'another end');
  }
  const text = lines.slice(1, -1).join('');
  const body = Buffer.from(text, 'base64');
  if (body.length === 0 || body.toString('base64') !== text) {
    throw invalid(name, 'base64 in the block', 'something else');
  }
  return { label, body };
}

/** A block in lines of 64 characters. */
export function writePem(label: string, body: Uint8Array): string {
  const lines =
    Buffer.from(body)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `${[`${BEGIN}${label}${DASHES}`, ...lines, `${END}${label}${DASHES}`].join('\n')}\n`;
}
