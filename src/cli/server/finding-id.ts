/**
 * Whether a text is the id of a finding, and no package: `CVE-2024-3094`, `GHSA-…`, `RHSA-2024:1234`. In capitals every text with a dash is one, since packages
 * are called otherwise; in small letters what begins as ids of those who write advisories do, and goes on with a number.
 */
export function isFindingId(text: string): boolean {
  return (
    /^[A-Z][A-Z0-9]{1,15}-[0-9A-Za-z][0-9A-Za-z:.-]*$/.test(text) ||
    /^(?:cve|gsd|euvd|osv|mal|pysec|rustsec|go|rh[sbe]a|[ear]lsa|alas[0-9a-z]*|dsa|dla|usn|mgasa)-[0-9][0-9:.-]*$/i.test(
      text,
    ) ||
    /^(?:ghsa|cga)(?:-[0-9a-z]{4}){3}$/i.test(text)
  );
}
