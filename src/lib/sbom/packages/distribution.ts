import { quote } from '#base/error.ts';
import { type OsRelease, SYSTEM_PACKAGE_TYPES } from '#model/package.ts';
import type { PurlParts } from '#model/purl.ts';
import type { Unknown } from '#model/unknown.ts';
import { saysIncomplete } from '../formats/said.ts';

const SYSTEM_TYPES: ReadonlySet<string> = new Set(SYSTEM_PACKAGE_TYPES);

/**
 * The distribution that package URLs name: `distro=debian-12`, or `distro=3.20.3` or `distro=jammy` behind the namespace, as Trivy has it for
 * Alpine. Null when none does; an unknown when they do not agree.
 */
export function distributionIn(purls: readonly PurlParts[]): OsRelease | Unknown | null {
  const named = new Map<string, OsRelease>();
  for (const { type, namespace = '', qualifiers } of purls) {
    const distro = qualifiers?.get('distro') ?? '';
    if (SYSTEM_TYPES.has(type) && distro !== '') {
      named.set(`${namespace} ${distro}`, releaseOf(namespace, distro));
    }
  }
  const all = [...named.values()];
  const different = new Set(all.map(({ id, versionId }) => `${id} ${versionId ?? ''}`));
  if (different.size > 1) {
    const shown = [...different].slice(0, 3).map((name) => quote(name, 60));
    return saysIncomplete(`its package URLs name several distributions: ${shown.join(', ')}`);
  }
  return all[0] ?? null;
}

function releaseOf(namespace: string, distro: string): OsRelease {
  const startsWithDigit = /^[0-9]/.test(distro);
  const dash = distro.lastIndexOf('-');
  if (dash === -1 && !startsWithDigit) {
    return { id: namespace, idLike: [], versionCodename: distro };
  }
  const id = startsWithDigit ? namespace : distro.slice(0, dash);
  const versionId = startsWithDigit ? distro : distro.slice(dash + 1);
  return { id: id.toLowerCase(), idLike: [], ...(versionId === '' ? {} : { versionId }) };
}
