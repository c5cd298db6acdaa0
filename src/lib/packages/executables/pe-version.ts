import { contentAt } from './executable.ts';
import type { Pe } from './pe.ts';

/** The type of version resources, and the levels of the directory: type, name and language. */
const VERSION = 16;
const DIRECTORY_BYTES = 16;
const ENTRY_BYTES = 8;
const IS_DIRECTORY = 0x8000_0000;
const TEXTS = 'StringFileInfo';
/** Longer texts are no names or versions. */
const TEXT = 512;
/** Length, length of the value and type. */
const NODE_BYTES = 6;

/**
 * What a program of Windows says of itself in its version resource, by key: `ProductVersion`, `OriginalFilename` (VS_VERSIONINFO, Microsoft).
 * Of several languages the first. Empty for one without the resource, and as far as it goes for a damaged one: nothing depends on it.
 */
export function versionTexts(pe: Pe): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  const block = versionBlock(pe);
  if (block === null) {
    return texts;
  }
  for (const info of new Node(block, 0, block.byteLength).children()) {
    for (const table of info.key === TEXTS ? info.children() : []) {
      for (const text of table.children()) {
        if (!texts.has(text.key)) {
          texts.set(text.key, text.value());
        }
      }
    }
  }
  return texts;
}

function versionBlock(pe: Pe): DataView | null {
  if (pe.resources === null) {
    return null;
  }
  const content = contentAt(pe, pe.imageBase + pe.resources);
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  const names = entry(view, 0, VERSION);
  const languages = names === null ? null : entry(view, names);
  const data = languages === null ? null : entry(view, languages);
  if (data === null || data + ENTRY_BYTES > view.byteLength) {
    return null;
  }
  const block = contentAt(pe, pe.imageBase + view.getUint32(data, true));
  return new DataView(block.buffer, block.byteOffset, Math.min(block.length, view.getUint32(data + 4, true)));
}

/** Where the entry of this number leads, or the first one. */
function entry(view: DataView, directory: number, wanted?: number): number | null {
  if (directory + DIRECTORY_BYTES > view.byteLength) {
    return null;
  }
  const count = view.getUint16(directory + 12, true) + view.getUint16(directory + 14, true);
  for (let index = 0; index < count; index += 1) {
    const at = directory + DIRECTORY_BYTES + index * ENTRY_BYTES;
    if (at + ENTRY_BYTES > view.byteLength) {
      return null;
    }
    if (wanted === undefined || view.getUint32(at, true) === wanted) {
      return (view.getUint32(at + 4, true) & ~IS_DIRECTORY) >>> 0;
    }
  }
  return null;
}

/** A length, a key, a value and others inside, each at a multiple of four bytes. */
class Node {
  readonly key: string;
  readonly #view: DataView;
  readonly #start: number;
  readonly #end: number;
  readonly #valueUnits: number;

  constructor(view: DataView, start: number, end: number) {
    this.#view = view;
    this.#end = start + NODE_BYTES > end ? start : Math.min(end, start + view.getUint16(start, true));
    this.#valueUnits = start + NODE_BYTES > end ? 0 : view.getUint16(start + 2, true);
    this.key = textAt(view, start + NODE_BYTES, this.#end);
    this.#start = aligned(start + NODE_BYTES + 2 * (this.key.length + 1));
  }

  /** Only the root has a value that is no text, and is counted in bytes; its children come behind it. */
  *children(): Generator<Node, void> {
    let at = aligned(this.#start + (this.key === 'VS_VERSION_INFO' ? this.#valueUnits : 0));
    while (at + NODE_BYTES <= this.#end) {
      const length = this.#view.getUint16(at, true);
      if (length < NODE_BYTES) {
        return;
      }
      yield new Node(this.#view, at, this.#end);
      at = aligned(at + length);
    }
  }

  value(): string {
    return this.#valueUnits === 0 ? '' : textAt(this.#view, this.#start, this.#end).trim();
  }
}

function textAt(view: DataView, start: number, end: number): string {
  let text = '';
  for (let at = start; at + 2 <= end && text.length < TEXT; at += 2) {
    const unit = view.getUint16(at, true);
    if (unit === 0) {
      break;
    }
    text += String.fromCharCode(unit);
  }
  return text;
}

function aligned(at: number): number {
  return Math.ceil(at / 4) * 4;
}
