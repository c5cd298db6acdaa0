import { LIMITS, limitExceeded } from '#base/limits.ts';
import { decodeText } from '../text.ts';
import { Flow, type FlowContext } from './flow.ts';
import { type Line, Lines } from './lines.ts';
import type { YamlValue } from './value.ts';

/**
 * YAML in the forms in which tools write lock files: maps and lists by indent, texts plain, quoted or as blocks, and lists and maps in brackets
 * on one line. Anchors, tags, texts and brackets over several lines are refused: nobody writes them there, and aliases make much out of
 * little. Gives the documents of the file. Throws `PACKAGE_METADATA_INVALID`, and `LIMIT_EXCEEDED` for more than `LIMITS.yamlDepth` levels or
 * `LIMITS.yamlValues` values.
 */
export function parseYamlDocuments(bytes: Uint8Array, object: string): readonly YamlValue[] {
  return new Parser(decodeText(bytes), object).documents();
}

/** A key, and the rest of its line. */
interface Pair {
  readonly key: string;
  readonly rest: string;
}

class Parser {
  readonly #object: string;
  readonly #lines: Lines;
  #values = 0;

  constructor(text: string, object: string) {
    this.#object = object;
    this.#lines = new Lines(text, object);
  }

  documents(): readonly YamlValue[] {
    const documents: YamlValue[] = [];
    let isOpen = false;
    while (this.#lines.next !== null) {
      const { next } = this.#lines;
      if (isMarker(next)) {
        this.#lines.take();
        isOpen = false;
      } else if (isOpen) {
        throw this.#lines.invalid('one value in a document', next.number, next.text);
      } else {
        documents.push(this.#block(-1, 0));
        isOpen = true;
      }
    }
    return documents;
  }

  /** What is indented more than `outer`; empty when nothing is. */
  #block(outer: number, depth: number): YamlValue {
    if (depth > LIMITS.yamlDepth) {
      throw limitExceeded(this.#object, LIMITS.yamlDepth, 'levels');
    }
    const line = this.#lines.next;
    if (line === null || line.indent <= outer || isMarker(line)) {
      return '';
    }
    if (isItem(line.text)) {
      return this.#list(line.indent, depth);
    }
    if (line.text.startsWith('? ') || this.#pairOf(line) !== null) {
      return this.#map(line.indent, depth);
    }
    this.#lines.take();
    return this.#inline(line.text, line, depth);
  }

  #list(indent: number, depth: number): readonly YamlValue[] {
    const list: YamlValue[] = [];
    for (let line = this.#lines.next; line?.indent === indent && isItem(line.text); line = this.#lines.next) {
      this.#count();
      this.#lines.take();
      const rest = line.text.slice(1).trimStart();
      if (rest === '') {
        list.push(this.#block(indent, depth + 1));
      } else if (rest.startsWith('|') || rest.startsWith('>')) {
        list.push(this.#inline(rest, line, depth));
      } else {
        this.#lines.putBack({ ...line, indent: indent + line.text.length - rest.length, text: rest });
        list.push(this.#block(indent, depth + 1));
      }
    }
    this.#expectEnd(indent);
    return list;
  }

  #map(indent: number, depth: number): YamlValue {
    const map = new Map<string, YamlValue>();
    for (let line = this.#lines.next; line?.indent === indent && !isMarker(line); line = this.#lines.next) {
      if (isItem(line.text)) {
        break;
      }
      this.#count();
      this.#lines.take();
      const { key, rest } = line.text.startsWith('? ') ? this.#longKey(line) : this.#pairIn(line);
      if (map.has(key)) {
        throw this.#lines.invalid('every key once', line.number, key);
      }
      map.set(key, rest === '' ? this.#below(indent, depth) : this.#inline(rest, line, depth));
    }
    this.#expectEnd(indent);
    return map;
  }

  /** A list may stand in the same column as the key that it belongs to. */
  #below(indent: number, depth: number): YamlValue {
    const line = this.#lines.next;
    return line?.indent === indent && isItem(line.text)
      ? this.#list(indent, depth + 1)
      : this.#block(indent, depth + 1);
  }

  #expectEnd(indent: number): void {
    const line = this.#lines.next;
    if (line !== null && line.indent > indent) {
      throw this.#lines.invalid('a line that is indented less', line.number, line.text);
    }
  }

  /** `? KEY` with the value behind a colon on the next line: keys of more than 1024 characters. */
  #longKey(line: Line): Pair {
    const rest = line.text.slice(2).trimStart();
    const flow = this.#flow(rest, line);
    const key = isQuote(rest) ? flow.quoted() : rest;
    if (isQuote(rest) && flow.at !== rest.length) {
      throw this.#lines.invalid('the end of the line', line.number, rest.slice(flow.at));
    }
    const value = this.#lines.next;
    if (value?.indent !== line.indent || !/^:(?: |$)/.test(value.text)) {
      throw this.#lines.invalid('a colon and the value', line.number + 1);
    }
    this.#lines.take();
    return { key, rest: value.text.slice(1).trimStart() };
  }

  #pairIn(line: Line): Pair {
    const pair = this.#pairOf(line);
    if (pair === null) {
      throw this.#lines.invalid('a key and a colon', line.number, line.text);
    }
    return pair;
  }

  /** Null for a line that is a value alone. */
  #pairOf(line: Line): Pair | null {
    const { text } = line;
    if (isQuote(text)) {
      const flow = this.#flow(text, line);
      const key = flow.quoted();
      return isColon(text, flow.at) ? { key, rest: withoutComment(text.slice(flow.at + 1).trimStart()) } : null;
    }
    if (text.startsWith('{') || text.startsWith('[')) {
      return null;
    }
    let colon = text.indexOf(':');
    while (colon !== -1 && !isColon(text, colon)) {
      colon = text.indexOf(':', colon + 1);
    }
    return colon === -1
      ? null
      : { key: text.slice(0, colon).trimEnd(), rest: withoutComment(text.slice(colon + 1).trimStart()) };
  }

  #inline(text: string, line: Line, depth: number): YamlValue {
    switch (text.charAt(0)) {
      case '|':
      case '>':
        return this.#literal(text, line);
      case "'":
      case '"':
      case '{':
      case '[': {
        const flow = this.#flow(text, line);
        const value = isQuote(text) ? flow.quoted() : flow.collection(depth + 1);
        const rest = text.slice(flow.at).trimStart();
        if (rest !== '' && !rest.startsWith('#')) {
          throw this.#lines.invalid('the end of the line', line.number, rest);
        }
        return value;
      }
      case '&':
      case '*':
      case '!':
      case '%':
      case '@':
      case '`':
        throw this.#lines.invalid('a value without anchors and tags', line.number, text);
      default:
        return withoutComment(text);
    }
  }

  /** A text of several lines: kept with `|`, put together with `>`. What is done with the line ends behind it does not matter here. */
  #literal(text: string, line: Line): string {
    if (!/^[|>][-+1-9]{0,2}$/.test(withoutComment(text))) {
      throw this.#lines.invalid('a text in the lines below', line.number, text);
    }
    const raw = [...this.#lines.takeRaw(line)];
    return raw
      .map((one) => one.trimStart())
      .join(text.startsWith('|') ? '\n' : ' ')
      .trim();
  }

  #flow(text: string, line: Line): Flow {
    const context: FlowContext = {
      object: this.#object,
      count: () => this.#count(),
      fail: (expected) => this.#lines.invalid(expected, line.number, text),
    };
    return new Flow(text, 0, context);
  }

  #count(): void {
    this.#values += 1;
    if (this.#values > LIMITS.yamlValues) {
      throw limitExceeded(this.#object, LIMITS.yamlValues, 'values');
    }
  }
}

/** `---` before a document, `...` behind it. */
function isMarker({ indent, text }: Line): boolean {
  return indent === 0 && (text === '---' || text === '...');
}

function isItem(text: string): boolean {
  return text === '-' || text.startsWith('- ');
}

function isQuote(text: string): boolean {
  return text.startsWith("'") || text.startsWith('"');
}

function isColon(text: string, at: number): boolean {
  return text.charAt(at) === ':' && (at + 1 === text.length || text.charAt(at + 1) === ' ');
}

/** Of a plain text. */
function withoutComment(text: string): string {
  if (isQuote(text) || text.startsWith('{') || text.startsWith('[')) {
    return text;
  }
  const comment = text.startsWith('#') ? 0 : text.indexOf(' #');
  return comment === -1 ? text : text.slice(0, comment).trimEnd();
}
