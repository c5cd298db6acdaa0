const NEWLINE = 0x0a;

/** The lines of a text, without their ends; null for one that is longer than any line should be. A last empty line is none. */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<string | null> {
  let open: Uint8Array = new Uint8Array(0);
  let isTooLong = false;
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      yield isTooLong ? null : toLine(open, chunk.subarray(start, end), maxBytes);
      open = new Uint8Array(0);
      isTooLong = false;
      start = end + 1;
    }
    if (open.length + chunk.length - start > maxBytes) {
      isTooLong = true;
      open = new Uint8Array(0);
    } else if (!isTooLong) {
      open = Buffer.concat([open, chunk.subarray(start)]);
    }
  }
  if (open.length > 0 || isTooLong) {
    yield isTooLong ? null : toLine(open, new Uint8Array(0), maxBytes);
  }
}

function toLine(open: Uint8Array, rest: Uint8Array, maxBytes: number): string | null {
  if (open.length + rest.length > maxBytes) {
    return null;
  }
  const text = Buffer.concat([open, rest]).toString('latin1');
  return text.endsWith('\r') ? text.slice(0, -1) : text;
}
