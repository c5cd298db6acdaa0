import type { Random } from '../random.ts';
import type { MutateBytes } from './der.ts';

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----\n([A-Za-z0-9+/=\n]+)-----END \1-----/;

/** Changes what is inside the first or the second block of PEM; null for a text without one. */
export function mutatePem(input: Uint8Array, random: Random, inside: MutateBytes): Uint8Array | null {
  const text = Buffer.from(input).toString('latin1');
  const from = random.oneIn(2) ? 0 : Math.max(0, text.indexOf('-----END'));
  const block = BLOCK.exec(text.slice(from)) ?? BLOCK.exec(text);
  if (block === null) {
    return null;
  }
  const [whole, label = '', body = ''] = block;
  const der = Buffer.from(inside(Buffer.from(body, 'base64'))).toString('base64');
  return Buffer.from(
    text.replace(whole, () => `-----BEGIN ${label}-----\n${der}\n-----END ${label}-----`),
    'latin1',
  );
}
