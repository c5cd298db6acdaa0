/** The URL that a package was got from, by a file that an installer left beside what describes the package. Plain data. */
export interface Origin {
  /** The file that describes the package, relative to the root. */
  readonly path: string;
  /** It counts for this version alone; for any when absent. */
  readonly version?: string;
  /** As `originUrl` gives it. */
  readonly url: string;
}

const URL_CHARS = 2048;

/**
 * An absolute URL with a host part in its normal form (URL Standard), so that no `..` leads out of a prefix that it seems to have, and without
 * what may be secret: user, password and query. Null for anything else, a path or `git@host:path` among it, and for what is longer than 2,048 characters.
 */
export function originUrl(text: string): string | null {
  const url = text.length <= URL_CHARS && /^[A-Za-z][A-Za-z0-9+.-]*:\/\//.test(text) ? URL.parse(text) : null;
  if (url === null) {
    return null;
  }
  url.username = '';
  url.password = '';
  url.search = '';
  return url.href.length <= URL_CHARS ? url.href : null;
}
