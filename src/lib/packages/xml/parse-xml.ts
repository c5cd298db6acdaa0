import { LIMITS, limitExceeded } from '#base/limits.ts';
import { PackagesError } from '../error.ts';

/** One element of a document. Attributes, comments and processing instructions are left out. */
export interface XmlElement {
  /** Without its prefix. */
  readonly name: string;
  /** All text directly in it, trimmed. */
  readonly text: string;
  readonly children: readonly XmlElement[];
}

interface OpenElement {
  readonly tag: string;
  readonly name: string;
  text: string;
  readonly children: XmlElement[];
}

/**
 * The root element of an XML document. Nothing is fetched and nothing expanded: a document with a type declaration of its own is refused,
 * and of entities only the five of XML and character references count, the rest stay as they are. Throws
 * `PACKAGE_METADATA_INVALID` and `LIMIT_EXCEEDED`.
 */
export function parseXml(text: string, object: string): XmlElement {
  const parser = new Parser(text, object);
  return parser.document();
}

/** The first child of that name. */
export function childOf(element: XmlElement | undefined, name: string): XmlElement | undefined {
  return element?.children.find((child) => child.name === name);
}

/** The text of the first child of that name; empty when there is none. */
export function textOf(element: XmlElement | undefined, name: string): string {
  return childOf(element, name)?.text ?? '';
}

class Parser {
  readonly #text: string;
  readonly #object: string;
  readonly #open: OpenElement[] = [];
  #root: XmlElement | null = null;
  #count = 0;
  #at = 0;

  constructor(text: string, object: string) {
    this.#text = text;
    this.#object = object;
  }

  document(): XmlElement {
    while (this.#at < this.#text.length) {
      this.#step();
    }
    if (this.#root === null || this.#open.length > 0) {
      throw this.#damaged('an element that ends', this.#open.at(-1)?.tag ?? 'none');
    }
    return this.#root;
  }

  /** Text up to the next markup, and that. */
  #step(): void {
    const text = this.#text;
    const markup = text.indexOf('<', this.#at);
    const end = markup === -1 ? text.length : markup;
    this.#textUpTo(end);
    this.#at = end;
    if (markup === -1) {
      return;
    }
    const kind = text.charCodeAt(markup + 1);
    if (kind !== EXCLAMATION_MARK && kind !== QUESTION_MARK) {
      this.#tag(markup);
    } else if (kind === QUESTION_MARK) {
      this.#at = this.#behind('?>', markup);
    } else if (text.startsWith('<!--', markup)) {
      this.#at = this.#behind('-->', markup + 4);
    } else if (text.startsWith('<![CDATA[', markup)) {
      this.#at = this.#behind(']]>', markup);
      this.#addText(text.slice(markup + 9, this.#at - 3));
    } else {
      this.#at = this.#behind('>', markup);
      if (text.slice(markup, this.#at).includes('[')) {
        throw this.#damaged('no declarations in the document', 'some');
      }
    }
  }

  /** Blanks in front of everything else in an element, which are most of a document, are not cut out to be trimmed. */
  #textUpTo(end: number): void {
    let start = this.#at;
    if (this.#open.at(-1)?.text === '') {
      while (start < end && isBlank(this.#text.charCodeAt(start))) {
        start += 1;
      }
    }
    if (start < end) {
      this.#addText(decodeEntities(this.#text.slice(start, end)));
    }
  }

  #tag(start: number): void {
    const end = this.#tagEnd(start);
    this.#at = end + 1;
    if (this.#text.charCodeAt(start + 1) === SLASH) {
      this.#close(this.#text.slice(start + 2, end).trim());
      return;
    }
    const isEmpty = this.#text.charCodeAt(end - 1) === SLASH;
    const tag = nameOf(this.#text, start + 1, isEmpty ? end - 1 : end);
    if (tag === '') {
      throw this.#damaged('a name', 'none');
    }
    this.#push(tag);
    if (isEmpty) {
      this.#close(tag);
    }
  }

  #push(tag: string): void {
    this.#count += 1;
    if (this.#count > LIMITS.xmlElements) {
      throw limitExceeded(this.#object, LIMITS.xmlElements, 'elements');
    }
    if (this.#open.length === LIMITS.xmlDepth) {
      throw limitExceeded(this.#object, LIMITS.xmlDepth, 'elements inside each other');
    }
    if (this.#root !== null) {
      throw this.#damaged('one element around all', 'another behind it');
    }
    this.#open.push({ tag, name: tag.slice(tag.indexOf(':') + 1), text: '', children: [] });
  }

  #close(tag: string): void {
    const open = this.#open.pop();
    if (open?.tag !== tag) {
      throw this.#damaged(`the end of ${open?.tag ?? 'nothing'}`, `that of ${tag.slice(0, 100)}`);
    }
    const element = { name: open.name, text: open.text.trim(), children: open.children };
    const around = this.#open.at(-1);
    if (around === undefined) {
      this.#root = element;
    } else {
      around.children.push(element);
    }
  }

  #addText(text: string): void {
    const open = this.#open.at(-1);
    if (open !== undefined) {
      open.text += text;
    }
  }

  /** Values of attributes may hold what ends a tag. */
  #tagEnd(start: number): number {
    let quote = 0;
    for (let at = start + 1; at < this.#text.length; at += 1) {
      const char = this.#text.charCodeAt(at);
      if (quote !== 0) {
        quote = char === quote ? 0 : quote;
      } else if (char === DOUBLE_QUOTE || char === SINGLE_QUOTE) {
        quote = char;
      } else if (char === GREATER) {
        return at;
      }
    }
    throw this.#damaged('the end of a tag', 'none');
  }

  #behind(mark: string, from: number): number {
    const at = this.#text.indexOf(mark, from);
    if (at === -1) {
      throw this.#damaged(mark, 'none');
    }
    return at + mark.length;
  }

  #damaged(expected: string, found: string): PackagesError {
    return new PackagesError('PACKAGE_METADATA_INVALID', 'not well-formed XML', {
      object: this.#object,
      expected,
      found,
    });
  }
}

const EXCLAMATION_MARK = 0x21;
const DOUBLE_QUOTE = 0x22;
const SINGLE_QUOTE = 0x27;
const SLASH = 0x2f;
const GREATER = 0x3e;
const QUESTION_MARK = 0x3f;

/** Space, tab, CR and LF. */
function isBlank(code: number): boolean {
  return code === 0x20 || (code <= 0x0d && (code === 0x0a || code === 0x0d || code === 0x09));
}

function nameOf(text: string, start: number, end: number): string {
  for (let at = start; at < end; at += 1) {
    if (isBlank(text.charCodeAt(at))) {
      return text.slice(start, at);
    }
  }
  return text.slice(start, end);
}

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['apos', "'"],
  ['gt', '>'],
  ['lt', '<'],
  ['quot', '"'],
]);

function decodeEntities(text: string): string {
  return text.includes('&')
    ? text.replace(/&(#?[a-zA-Z0-9]{1,8});/g, (whole, name: string) => ENTITIES.get(name) ?? codePoint(name) ?? whole)
    : text;
}

function codePoint(name: string): string | undefined {
  const digits = name.startsWith('#x') ? `0x${name.slice(2)}` : name.slice(1);
  const code = name.startsWith('#') && digits !== '' ? Number(digits) : Number.NaN;
  const isScalar = code > 0 && code <= 0x10_ff_ff && !(code >= 0xd8_00 && code <= 0xdf_ff);
  return Number.isInteger(code) && isScalar ? String.fromCodePoint(code) : undefined;
}
