import { LIMITS, limitExceeded } from '#base/limits.ts';
import { decodeText } from '../../text.ts';
import { LuaTokens, type Token } from './lua-tokens.ts';

/** A literal of Lua; null for what is no text and no table, and for what would have to be evaluated. */
export type LuaValue = string | LuaTable | null;

export interface LuaTable {
  readonly items: readonly LuaValue[];
  readonly members: ReadonlyMap<string, LuaValue>;
}

export interface LuaGlobals {
  /** What was assigned to global variables; of several values the last one. */
  readonly values: ReadonlyMap<string, LuaValue>;
  /** False where the text ends inside a literal. */
  readonly complete: boolean;
}

/** Statements that are not read past: whether, and how often, what follows is executed cannot be told. */
const CONTROL: ReadonlySet<string> = new Set(['do', 'for', 'function', 'goto', 'if', 'repeat', 'return', 'while']);

/** Words that are no names, where they could be taken for some. */
const RESERVED: ReadonlySet<string> = new Set(['and', 'false', 'local', 'nil', 'not', 'or', 'true']);

/** The assignments of literals at the top of a file that LuaRocks loads: rockspecs, manifests. Throws `LIMIT_EXCEEDED`. */
export function parseLua(bytes: Uint8Array, object: string): LuaGlobals {
  return new LuaReader(decodeText(bytes), object).globals();
}

class LuaReader {
  readonly #tokens: LuaTokens;
  readonly #object: string;
  #token: Token;
  #values = 0;
  #unfinished = false;

  constructor(text: string, object: string) {
    this.#tokens = new LuaTokens(text);
    this.#object = object;
    this.#token = this.#tokens.next();
  }

  globals(): LuaGlobals {
    const values = new Map<string, LuaValue>();
    let before = '';
    while (!this.#atEnd && !(this.#token.kind === 'name' && CONTROL.has(this.#token.text))) {
      const { kind, text } = this.#token;
      if (kind === 'symbol' && '([{'.includes(text)) {
        this.#skipBrackets();
      } else {
        this.#advance();
      }
      // Not `local name =`, `other, name =` and `table.name =`.
      if (kind === 'name' && this.#is('=') && !RESERVED.has(text) && !['local', ',', '.'].includes(before)) {
        this.#advance();
        const value = this.#value(0);
        values.set(text, this.#isContinued() ? null : value);
      }
      before = text;
    }
    return { values, complete: !this.#unfinished && this.#token.kind === 'end' };
  }

  get #atEnd(): boolean {
    return this.#token.kind === 'end' || this.#token.kind === 'unfinished';
  }

  #is(symbol: string): boolean {
    return this.#token.kind === 'symbol' && this.#token.text === symbol;
  }

  #advance(): void {
    if (!this.#atEnd) {
      this.#token = this.#tokens.next();
    }
  }

  /** An operator, a call or a further value behind a literal: then it is only part of what is assigned. */
  #isContinued(): boolean {
    const { kind, text } = this.#token;
    return kind === 'text' || (kind === 'symbol' && text !== ';') || (kind === 'name' && ['and', 'or'].includes(text));
  }

  #value(depth: number): LuaValue {
    this.#values += 1;
    if (this.#values > LIMITS.capabilitiesPerFile) {
      throw limitExceeded(this.#object, LIMITS.capabilitiesPerFile, 'values');
    }
    const { kind, text } = this.#token;
    if (kind === 'text') {
      this.#advance();
      return text;
    }
    if (this.#is('{')) {
      this.#advance();
      return this.#table(depth);
    }
    return null;
  }

  #table(depth: number): LuaTable {
    if (depth === LIMITS.jsonDepth) {
      throw limitExceeded(this.#object, LIMITS.jsonDepth, 'tables inside each other');
    }
    const items: LuaValue[] = [];
    const members = new Map<string, LuaValue>();
    while (!this.#atEnd && !this.#is('}')) {
      const key = this.#key(depth);
      const value = key.value === undefined ? this.#value(depth + 1) : key.value;
      const isWhole = !this.#skipExpression();
      if (key.name === null) {
        items.push(isWhole ? value : null);
      } else {
        members.set(key.name, isWhole ? value : null);
      }
      if (this.#is(',') || this.#is(';')) {
        this.#advance();
      }
    }
    this.#unfinished ||= this.#atEnd;
    this.#advance();
    return { items, members };
  }

  /** `name =` and `["name"] =`; without a name what stands there is an item, or something that has to be evaluated. */
  #key(depth: number): { readonly name: string | null; readonly value?: null } {
    const { kind, text } = this.#token;
    if (kind === 'name') {
      this.#advance();
      if (!this.#is('=')) {
        return { name: null, value: null };
      }
      this.#advance();
      return { name: text };
    }
    if (!this.#is('[')) {
      return { name: null };
    }
    this.#advance();
    const isNumber = this.#token.kind === 'number';
    const key = this.#value(depth + 1);
    if (isNumber) {
      this.#advance();
    }
    const isWhole = this.#is(']');
    while (!this.#atEnd && !this.#is(']') && !this.#is('}')) {
      this.#advance();
    }
    this.#advance();
    if (!isWhole || !this.#is('=') || (!isNumber && typeof key !== 'string')) {
      return { name: null, value: null };
    }
    this.#advance();
    return { name: isNumber || typeof key !== 'string' ? null : key };
  }

  /** To the end of a member of a table; true where there was more than the literal. */
  #skipExpression(): boolean {
    let skipped = false;
    while (!this.#atEnd && !this.#is(',') && !this.#is(';') && !this.#is('}')) {
      skipped = true;
      if (this.#is('{') || this.#is('(') || this.#is('[')) {
        this.#skipBrackets();
      } else {
        this.#advance();
      }
    }
    return skipped;
  }

  /** From an opening bracket to behind the one that closes it. */
  #skipBrackets(): void {
    let depth = 0;
    do {
      const { kind, text } = this.#token;
      if (kind === 'symbol') {
        depth += '([{'.includes(text) ? 1 : ')]}'.includes(text) ? -1 : 0;
      }
      this.#advance();
    } while (depth > 0 && !this.#atEnd);
    this.#unfinished ||= depth > 0;
  }
}
