import { quote } from '#base/error.ts';
import { TrustError } from '../error.ts';
import { decodeBase64 } from './base64.ts';

export interface PemBlock {
  /** `CERTIFICATE`, `PUBLIC KEY`. */
  readonly label: string;
  readonly der: Buffer;
}

const BEGIN = '-----BEGIN ';
const END = '-----END ';
const DASHES = '-----';

/**
 * Every block of a PEM text (RFC 7468), in order; at least one. Text between blocks is passed over, as openssl writes it
 * there; anything odd inside a block is refused. Throws `PEM_INVALID`, `BASE64_INVALID`.
 */
export function parsePem(text: string, object: string): readonly PemBlock[] {
  const blocks: PemBlock[] = [];
  let label: string | null = null;
  let body: string[] = [];
  for (const raw of text.split('\n')) {
    const line = raw.trimEnd();
    if (line.startsWith(BEGIN)) {
      if (label !== null) {
        throw invalid(object, `the end of ${quote(label)}`, quote(line));
      }
      label = labelOf(line, BEGIN, object);
      body = [];
    } else if (line.startsWith(END)) {
      const end = labelOf(line, END, object);
      if (label === null || end !== label) {
        throw invalid(object, label === null ? 'the beginning of a block' : `the end of ${quote(label)}`, quote(line));
      }
      blocks.push({ label, der: decodeBase64(body.join(''), object) });
      label = null;
    } else if (label !== null) {
      body.push(line);
    }
  }
  if (label !== null) {
    throw invalid(object, `the end of ${quote(label)}`, 'the end of the text');
  }
  if (blocks.length === 0) {
    throw invalid(object, 'a block that begins with -----BEGIN', quote(text, 60));
  }
  return blocks;
}

/** The DER of the blocks of a PEM text, all of one label. Throws `PEM_INVALID`, `BASE64_INVALID`. */
export function parsePemBlocks(text: string, label: string, object: string): readonly Buffer[] {
  return parsePem(text, object).map((block) => {
    if (block.label !== label) {
      throw invalid(object, `only blocks of ${quote(label)}`, quote(block.label));
    }
    return block.der;
  });
}

const LINE = 64;

/** One block, as openssl writes it. */
export function toPem(label: string, der: Uint8Array): string {
  const text = Buffer.from(der).toString('base64');
  const lines = Array.from({ length: Math.ceil(text.length / LINE) }, (_, line) =>
    text.slice(line * LINE, (line + 1) * LINE),
  );
  return [`${BEGIN}${label}${DASHES}`, ...lines, `${END}${label}${DASHES}`, ''].join('\n');
}

function labelOf(line: string, prefix: string, object: string): string {
  const label = line.slice(prefix.length, -DASHES.length);
  if (!line.endsWith(DASHES) || label === '') {
    throw invalid(object, `${prefix}LABEL${DASHES}`, quote(line));
  }
  return label;
}

function invalid(object: string, expected: string, found: string): TrustError {
  return new TrustError('PEM_INVALID', 'not PEM', { object, expected, found });
}
