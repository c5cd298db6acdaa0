import { digestOf, hexOf } from '#base/digest.ts';
import { isSpdxExpression, LICENCE_REF, licenceRefs } from '../../licences/expression.ts';

/** A licence that is not on the list of SPDX: its `LicenseRef-` name, and what the package says. */
export interface ExtractedLicence {
  readonly id: string;
  readonly text: string;
}

/** The licences that packages declare, as SPDX expressions (SPDX 2.3 annex D) of one document. */
export class DeclaredLicences {
  readonly #idsByText = new Map<string, string>();
  /** Of `LicenseRef-` names that packages use themselves. */
  readonly #named = new Map<string, string>();

  /**
   * All of a package's licences joined by AND, since no source says that one may choose; null without any. A text that is
   * no expression becomes a `LicenseRef-` name: nothing is guessed from it.
   */
  declare(licences: readonly string[]): string | null {
    const texts = [...new Set(licences.map((text) => text.trim()))].filter((text) => text !== '');
    const [first, ...more] = texts.map((text) => this.#expressionOf(text));
    if (first === undefined) {
      return null;
    }
    return more.length === 0 ? first : [first, ...more].map(bracketed).join(' AND ');
  }

  /** Everything that `declare` named and the list does not know, each name once. */
  extracted(): readonly ExtractedLicence[] {
    const texts = new Map(this.#named);
    // A name made from a text stands for that text, also where another package uses the same name.
    for (const [text, id] of this.#idsByText) {
      texts.set(id, text);
    }
    return [...texts].map(([id, text]) => ({ id, text }));
  }

  #expressionOf(text: string): string {
    if (isSpdxExpression(text)) {
      for (const id of licenceRefs(text)) {
        this.#named.set(id, id.slice(LICENCE_REF.length));
      }
      return text;
    }
    const id = this.#idsByText.get(text) ?? licenceRefOf(text);
    this.#idsByText.set(text, id);
    return id;
  }
}

/** A text that can be a name is one, unless it looks like the ones made here. */
function licenceRefOf(text: string): string {
  if (/^[A-Za-z0-9.-]{1,64}$/.test(text) && !/-[0-9a-f]{16}$/.test(text)) {
    return `${LICENCE_REF}${text}`;
  }
  return `${LICENCE_REF}${idPart(text)}-${hexOf(digestOf(text)).slice(0, 16)}`;
}

/** The first characters of a text in those that SPDX identifiers are made of. */
export function idPart(text: string): string {
  const part = text.slice(0, 64).replaceAll(/[^A-Za-z0-9.]+/g, '-');
  return part === '' || part === '-' ? 'x' : part;
}

function bracketed(expression: string): string {
  return expression.includes(' ') ? `(${expression})` : expression;
}
