import { LIMITS, limitExceeded } from '#base/limits.ts';
import { decodeText, linesOf } from '../../text.ts';

/**
 * The lines of the blocks of a `desc` file, by the name above them, `%NAME%`; a blank line ends a block. Only blocks in
 * `wanted` are kept. Null when there is a line outside of a block. Throws `LIMIT_EXCEEDED`.
 */
export function parseBlocks(
  bytes: Uint8Array,
  wanted: ReadonlySet<string>,
  object: string,
): ReadonlyMap<string, readonly string[]> | null {
  const blocks = new Map<string, string[]>();
  let kept = 0;
  let lines: string[] | 'ignored' | null = null;
  for (const line of linesOf(decodeText(bytes))) {
    if (line === '') {
      lines = null;
    } else if (lines === null) {
      if (!isHeader(line)) {
        return null;
      }
      const name = line.slice(1, -1);
      lines = wanted.has(name) ? [] : 'ignored';
      if (lines !== 'ignored') {
        blocks.set(name, lines);
      }
    } else if (lines !== 'ignored') {
      kept += 1;
      if (kept > LIMITS.capabilitiesPerFile) {
        throw limitExceeded(object, LIMITS.capabilitiesPerFile, 'lines of what packages need or provide');
      }
      lines.push(line);
    }
  }
  return blocks;
}

function isHeader(line: string): boolean {
  return line.length > 2 && line.startsWith('%') && line.endsWith('%');
}
