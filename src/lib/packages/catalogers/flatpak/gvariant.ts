/**
 * The parts of GVariant's serialisation (GVariant specification 1.0, section 2.4) that a note of Flatpak is made of: tuples,
 * arrays and dictionary entries, whose members are found by the ends that stand behind them.
 */

/** Of everything that holds numbers of 64 bits or values of any type. */
const ALIGNMENT = 8;
const NUL = 0;
const TEXT_TYPE = 0x73;

/** The members of a container, as bytes, and where the first ones of them end. */
interface Container {
  readonly content: Uint8Array;
  readonly ends: readonly number[];
}

export function aligned(position: number): number {
  return Math.ceil(position / ALIGNMENT) * ALIGNMENT;
}

/** A tuple of which so many members have no size of their own, the last one not counted. Null when it is too short for that. */
export function readContainer(bytes: Uint8Array, count: number): Container | null {
  const width = widthOf(bytes);
  const length = bytes.length - width * count;
  if (length < 0) {
    return null;
  }
  // The end of the first member stands last.
  const ends = Array.from({ length: count }, (_, index) => readEnd(bytes, bytes.length - (index + 1) * width, width));
  return { content: bytes.subarray(0, length), ends };
}

/** The elements of an array of dictionary entries, one at a time; null in place of the first one that is not in it. */
export function* readArray(bytes: Uint8Array): Generator<Uint8Array | null, void> {
  if (bytes.length === 0) {
    return;
  }
  const width = widthOf(bytes);
  const table = readEnd(bytes, bytes.length - width, width);
  if (table >= bytes.length || (bytes.length - table) % width !== 0) {
    yield null;
    return;
  }
  let start = 0;
  for (let at = table; at < bytes.length; at += width) {
    const end = readEnd(bytes, at, width);
    if (end < start || end > table) {
      yield null;
      return;
    }
    yield bytes.subarray(start, end);
    start = aligned(end);
  }
}

/** A dictionary entry `{sv}`; its text is null where the value is of another type. Null for what is none. */
export function readEntry(bytes: Uint8Array): { readonly key: Uint8Array; readonly text: Uint8Array | null } | null {
  const entry = readContainer(bytes, 1);
  const [end = 0] = entry?.ends ?? [];
  if (entry === null || end < 1 || end > entry.content.length || entry.content[end - 1] !== NUL) {
    return null;
  }
  // A value ends with a zero and its type; a text with a zero of its own before these.
  const value = entry.content.subarray(aligned(end));
  const isText = value.length > 2 && value.at(-1) === TEXT_TYPE && value.at(-2) === NUL;
  if (value.length < 2 || (isText && value.at(-3) !== NUL)) {
    return null;
  }
  return { key: entry.content.subarray(0, end - 1), text: isText ? value.subarray(0, -3) : null };
}

/** Ends are as wide as it takes for any place in the container, always with the low byte first. */
function widthOf({ length }: Uint8Array): number {
  return length <= 0xff ? 1 : length <= 0xffff ? 2 : 4;
}

function readEnd(bytes: Uint8Array, at: number, width: number): number {
  let value = 0;
  for (let index = width - 1; index >= 0; index -= 1) {
    value = value * 0x100 + (bytes[at + index] ?? 0);
  }
  return value;
}
