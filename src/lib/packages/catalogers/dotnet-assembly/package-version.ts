const LONGEST = 100;
const VERSION = /^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?$/;
const COMMIT = /^[0-9a-f]{40}$/;

/**
 * The version of the package in `1.2.3+COMMIT`, which the SDK makes of the package's version and the commit; null for anything else, since
 * other builds put there what they like (`4.6.25714.01 built by: …`).
 */
export function packageVersion(productVersion: string): string | null {
  const plus = productVersion.indexOf('+');
  const version = productVersion.slice(0, Math.max(plus, 0));
  const isCertain = version.length <= LONGEST && VERSION.test(version) && COMMIT.test(productVersion.slice(plus + 1));
  return isCertain ? version : null;
}
