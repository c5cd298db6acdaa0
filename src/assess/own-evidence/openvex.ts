import type { Digest } from '#base/digest.ts';
import { algorithmOf, hexOf } from '#base/digest.ts';
import { repositoryPurl } from '#lib/vex/index.ts';
import type { Exception } from '#model/exception.ts';
import { JUSTIFICATIONS } from '#model/exception.ts';
import { isVulnerability } from '#model/finding.ts';
import type { Report } from '#model/report.ts';

export interface VexParts {
  readonly repository: string | null;
  readonly digest: Digest;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** What an author wrote in other words explains as well, but does not justify. */
const JUSTIFIED: ReadonlySet<string> = new Set(JUSTIFICATIONS);

/**
 * The exceptions of an image as an OpenVEX 0.2.0 document. Its identifier is that of the image, so that a later one is a
 * newer version of the same; the version is the time in seconds, which only grows. Null when nothing is excepted.
 */
export function composeVex(report: Report, { repository, digest, now }: VexParts): object | null {
  const exceptions = report.exceptions ?? [];
  if (exceptions.length === 0) {
    return null;
  }
  const same = Map.groupBy(exceptions, ({ package: _package, from: _from, ...rest }) => JSON.stringify(rest));
  const aliases = new Map(report.findings.filter(isVulnerability).map((finding) => [finding.id, finding.aliases]));
  const product = {
    '@id': repository === null ? digest : repositoryPurl(repository, digest),
    hashes: { [algorithmOf(digest) === 'sha256' ? 'sha-256' : 'sha-512']: hexOf(digest) },
  };
  return {
    '@context': 'https://openvex.dev/ns/v0.2.0',
    '@id': `https://plimsoll.dev/vex/${digest}`,
    author: report.tool.name,
    timestamp: new Date(now).toISOString(),
    version: Math.max(1, Math.floor(now / 1000)),
    tooling: `${report.tool.name} ${report.tool.version}`,
    statements: [...same.values()].flatMap((group) =>
      group.slice(0, 1).map((first) => statementOf(first, group, { product, aliases })),
    ),
  };
}

function statementOf(
  said: Exception,
  group: readonly Exception[],
  { product, aliases }: { readonly product: object; readonly aliases: ReadonlyMap<string, readonly string[]> },
): object {
  const { finding, status, author, document, since } = said;
  const packages = new Set(group.map((one) => one.package));
  const others = aliases.get(finding) ?? [];
  return {
    vulnerability: { name: finding, ...(others.length === 0 ? {} : { aliases: others }) },
    ...(since === null ? {} : { timestamp: since }),
    products: [{ ...product, subcomponents: [...packages].map((purl) => ({ '@id': purl })) }],
    status,
    status_notes: `as ${author} says in ${document}`,
    ...explained(said),
  };
}

function explained({ justification, explanation }: Exception): object {
  if (justification === null || JUSTIFIED.has(justification)) {
    return {
      ...(justification === null ? {} : { justification }),
      ...(explanation === null ? {} : { impact_statement: explanation }),
    };
  }
  return { impact_statement: explanation === null ? justification : `${justification}: ${explanation}` };
}
