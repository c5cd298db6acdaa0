/**
 * `v1.2.4-0.20240102150405-0123456789ab`: made of a commit's time and hash (Go modules reference, Pseudo-versions). Of a
 * dependency it says exactly what was used. Of a main module it depends on the tags that the builder's clone had, so
 * that comparing it would report what was fixed long ago.
 */
export function isPseudoVersion(version: string): boolean {
  const [stamp = '', hash = ''] = (version.split('+', 1)[0] ?? '').split('-').slice(-2);
  return /^[0-9a-f]{12}$/.test(hash) && /^[0-9]{14}$/.test(stamp.slice(-14)) && version.includes('-');
}
