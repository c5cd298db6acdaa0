import { type Digest, type DigestAlgorithm, isDigest } from '#base/digest.ts';
import { isRepositoryName } from '#model/platform/repository-name.ts';
import { RequestError } from './request-error.ts';
import { isTag } from './route.ts';

/** Tags of 128 characters, a few dozen. */
const MAX_QUERY = 8192;
const MAX_TAGS = 50;
const MAX_LAST = 512;
/** Entries of a list in one answer. */
const MAX_PAGE = 1000;

/** The parameters after the question mark, each asked for by what it has to be. Those that nobody asks for do not count. */
export class Query {
  readonly #values: URLSearchParams;

  /** `text` as it came, null for none. Throws `RequestError` for one that is too long. */
  constructor(text: string | null) {
    if (text !== null && text.length > MAX_QUERY) {
      throw new RequestError(414, 'UNSUPPORTED', `more than ${MAX_QUERY} characters of parameters`);
    }
    this.#values = new URLSearchParams(text ?? '');
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  digest(name: string): Digest | null {
    const text = this.#one(name);
    if (text !== null && !isDigest(text)) {
      throw new RequestError(400, 'DIGEST_INVALID', `parameter ${name} is no digest sha256:… or sha512:…`);
    }
    return text;
  }

  algorithm(name: string): DigestAlgorithm | null {
    const text = this.#one(name);
    if (text !== null && text !== 'sha256' && text !== 'sha512') {
      throw new RequestError(400, 'DIGEST_INVALID', `parameter ${name} is neither sha256 nor sha512`);
    }
    return text;
  }

  repository(name: string): string | null {
    const text = this.#one(name);
    if (text !== null && !isRepositoryName(text)) {
      throw new RequestError(400, 'NAME_INVALID', `parameter ${name} is no name of a repository`);
    }
    return text;
  }

  /** Each once, in their order. */
  tags(name: string): readonly string[] {
    const tags = [...new Set(this.#values.getAll(name))];
    if (!tags.every(isTag)) {
      throw new RequestError(400, 'MANIFEST_INVALID', `a parameter ${name} is no tag`);
    }
    if (tags.length > MAX_TAGS) {
      throw new RequestError(414, 'UNSUPPORTED', `more than ${MAX_TAGS} parameters ${name}`);
    }
    return tags;
  }

  /** Empty is as none. A `+` that was not encoded means itself: media types have no spaces. */
  mediaType(name: string): string | null {
    const text = this.#one(name);
    return text === null || text === '' ? null : text.replaceAll(' ', '+');
  }

  /** `n` and `last`: so many at most, after that one. */
  page(): { readonly limit: number; readonly after: string | null } {
    const count = this.#one('n');
    const last = this.#one('last');
    if (count !== null && !/^[0-9]{1,9}$/.test(count)) {
      throw new RequestError(400, 'PAGINATION_NUMBER_INVALID', 'parameter n is no number of entries');
    }
    if (last !== null && last.length > MAX_LAST) {
      throw new RequestError(400, 'PAGINATION_NUMBER_INVALID', `parameter last has more than ${MAX_LAST} characters`);
    }
    return { limit: count === null ? MAX_PAGE : Math.min(Number(count), MAX_PAGE), after: last === '' ? null : last };
  }

  /** Null when it is not there. Of two, one program would take the first and the next the second. */
  #one(name: string): string | null {
    const values = this.#values.getAll(name);
    if (values.length > 1) {
      throw new RequestError(400, 'UNSUPPORTED', `parameter ${name} more than once`);
    }
    // PostgreSQL has no text with it, and would answer with an error.
    if (values[0]?.includes('\0') === true) {
      throw new RequestError(400, 'UNSUPPORTED', `a NUL in parameter ${name}`);
    }
    return values[0] ?? null;
  }
}
