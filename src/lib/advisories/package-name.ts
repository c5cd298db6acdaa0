/** Names that the ecosystem does not tell apart by their case. */
const CASELESS: ReadonlySet<string> = new Set(['GitHub Actions', 'NuGet', 'Packagist', 'SwiftURL']);

/** Ecosystems that name a repository behind a colon, where others name a release. Packages of an image do not say theirs. */
const REPOSITORIES: readonly string[] = ['Maven:', 'Packagist:'];

/**
 * The name of a package as its ecosystem compares names, for advisories and packages alike: PEP 503 for PyPI, the host and path of a
 * Swift package's address, lower case where case says nothing.
 */
export function comparedName(ecosystem: string, name: string): string {
  switch (ecosystem) {
    case 'PyPI':
      return name.replace(/[-_.]+/g, '-').toLowerCase();
    case 'SwiftURL':
      return withoutAddress(name).toLowerCase();
    default:
      return CASELESS.has(ecosystem) ? name.toLowerCase() : name;
  }
}

/** `Maven:https://repository.example` is `Maven`: an artifact of any repository goes by its group. */
export function comparedEcosystem(ecosystem: string): string {
  const repository = REPOSITORIES.find((prefix) => ecosystem.startsWith(prefix));
  return repository === undefined ? ecosystem : repository.slice(0, -1);
}

/** `https://github.com/a/b.git` is `github.com/a/b`. */
function withoutAddress(name: string): string {
  const scheme = name.indexOf('://');
  const path = scheme === -1 ? name : name.slice(scheme + 3);
  return path.endsWith('.git') ? path.slice(0, -4) : path;
}
