import type { PackageFact } from '#model/facts.ts';
import type { Package } from '#model/package.ts';
import { parsePurlOrNull } from '#model/purl.ts';
import { instant } from './facts-image.ts';

/** Qualifiers of package URLs that say where a package was got, the most exact first (purl specification, "Known qualifiers key/value pairs"). */
const ORIGINS = ['download_url', 'vcs_url', 'repository_url'] as const;

export function packageFact(item: Package): PackageFact {
  return {
    type: item.type,
    name: item.name,
    version: item.version,
    purl: item.purl,
    source: item.source?.name ?? '',
    architecture: item.architecture ?? '',
    vendor: item.vendor ?? '',
    licenses: item.licenses,
    confidence: item.confidence ?? 'installed',
    layer: item.layer,
    paths: item.locations.map(({ path }) => path),
    dependsOn: item.dependsOn ?? [],
    origin: item.origin ?? originOf(item.purl),
    released: instant(item.released),
  };
}

function originOf(purl: string): string {
  // Most have none: a look at the text is cheaper than parsing it.
  if (!purl.includes('_url=')) {
    return '';
  }
  const qualifiers = parsePurlOrNull(purl)?.qualifiers;
  return ORIGINS.flatMap((name) => qualifiers?.get(name) ?? [])[0] ?? '';
}
