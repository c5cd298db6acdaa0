import { quote } from '#base/error.ts';
import { LIMITS } from '#base/limits.ts';
import { type PurlParts, parsePurlOrNull } from '#model/purl.ts';
import { CelError } from '../../../error.ts';
import { opaqueOf } from '../../../type.ts';
import type { CelOpaque, CelValue } from '../../../value.ts';

export const PACKAGE_PATTERNS = opaqueOf('packagePatterns');

/** What a pattern of packages may be, for messages. */
export const PACKAGE_PATTERN_FORMS =
  'pkg:npm/lodash (every version), pkg:npm/lodash@4.17.21, pkg:npm/%40acme/* (one segment) or pkg:golang/code.example/** (any depth below)';

const ONE = '/*';
const ANY_DEPTH = '/**';
/** Segments of a namespace; each costs a look at every package. */
const MAX_DEPTH = 64;

/** Package URLs, with wildcards for names as a whole. Parts of names match nothing, so that nobody gets in by a name like another. */
export class PackagePatterns implements CelOpaque {
  readonly kind = 'opaque';
  readonly type = PACKAGE_PATTERNS;
  readonly #texts: readonly string[];
  /** Versions by package; null for all of them. */
  readonly #packages = new Map<string, Set<string> | null>();
  readonly #namespaces = new Set<string>();
  readonly #trees = new Set<string>();
  /** Of the deepest of those: no package is looked for further down. */
  #depth = 0;

  constructor(texts: readonly string[]) {
    this.#texts = texts;
  }

  /** The first text that is no pattern; null when all of them are. To be called once, before anything else. */
  read(): string | null {
    return this.#texts.find((text) => !this.#add(text)) ?? null;
  }

  /**
   * A text that is no package URL is covered by nothing. Qualifiers do not count, however long an image has made them. Throws `CelError` for
   * a name that is too long to be read.
   */
  covers(text: string): boolean {
    const isLong = text.length > LIMITS.purlChars;
    const purl = parsePurlOrNull(isLong ? (text.split(/[?#]/, 1)[0] ?? '') : text);
    if (purl === null && isLong && text.startsWith('pkg:')) {
      throw new CelError(`not a package URL that can be read: ${quote(text, 80)}`);
    }
    if (purl === null) {
      return false;
    }
    const versions = this.#packages.get(keyOf(purl));
    return (
      versions === null ||
      versions?.has(purl.version ?? '') === true ||
      this.#namespaces.has(folderOf(purl)) ||
      this.#isInTree(purl)
    );
  }

  equals(other: CelValue): boolean {
    return (
      other instanceof PackagePatterns &&
      other.#texts.length === this.#texts.length &&
      other.#texts.every((text, index) => text === this.#texts[index])
    );
  }

  show(): string {
    return `[${this.#texts.join(', ')}]`;
  }

  #add(text: string): boolean {
    const wildcard = text.endsWith(ANY_DEPTH) ? ANY_DEPTH : text.endsWith(ONE) ? ONE : null;
    const head = wildcard === null ? text : text.slice(0, -wildcard.length);
    const purl = parsePurlOrNull(wildcard === null ? text : `${head}/x`);
    if (purl === null || head.includes('*') || !isBare(purl) || (wildcard !== null && (purl.version ?? '') !== '')) {
      return false;
    }
    if (segmentsOf(purl).length > MAX_DEPTH) {
      return false;
    }
    if (wildcard === ANY_DEPTH) {
      this.#trees.add(folderOf(purl));
      this.#depth = Math.max(this.#depth, segmentsOf(purl).length);
    } else if (wildcard === ONE) {
      this.#namespaces.add(folderOf(purl));
    } else {
      this.#addPackage(purl);
    }
    return true;
  }

  #addPackage(purl: PurlParts): void {
    const key = keyOf(purl);
    const version = purl.version ?? '';
    const versions = this.#packages.get(key);
    if (version === '') {
      this.#packages.set(key, null);
    } else if (versions === undefined) {
      this.#packages.set(key, new Set([version]));
    } else {
      versions?.add(version);
    }
  }

  #isInTree(purl: PurlParts): boolean {
    const segments = segmentsOf(purl).slice(0, this.#depth);
    return (
      this.#trees.size > 0 &&
      Array.from({ length: segments.length + 1 }, (_, depth) => segments.slice(0, depth).join('/')).some((namespace) =>
        this.#trees.has(folderOf({ ...purl, namespace })),
      )
    );
  }
}

function isBare({ qualifiers, subpath }: PurlParts): boolean {
  return (qualifiers?.size ?? 0) === 0 && (subpath ?? '') === '';
}

function segmentsOf({ namespace = '' }: PurlParts): readonly string[] {
  return namespace === '' ? [] : namespace.split('/');
}

/** A namespace has no line breaks between it and what is around it, and JSON keeps the parts apart. */
function folderOf({ type, namespace = '' }: PurlParts): string {
  return JSON.stringify([type, namespace]);
}

function keyOf({ type, namespace = '', name }: PurlParts): string {
  return JSON.stringify([type, namespace, name]);
}
