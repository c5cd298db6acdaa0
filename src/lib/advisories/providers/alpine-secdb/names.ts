/** The vulnerabilities that one text of a list names. */
export interface NamedVulnerabilities {
  readonly cves: readonly string[];
  /** Ids that others give: `XSA-252`, `ZBX-10272`, `GHSA-…`. */
  readonly others: readonly string[];
}

/**
 * Reads a text such as `CVE-2018-7540 XSA-252` or `CVE-2019-15166 (LMP)`: ids, and behind them remarks in brackets. What is
 * behind the number of a CVE says which patch it is; an underscore or a blank before the year is a typing error.
 */
export function readNames(text: string): NamedVulnerabilities {
  const remark = text.indexOf('(');
  const words = (remark === -1 ? text : text.slice(0, remark)).split(/[\s,]+/);
  const cves = new Set<string>();
  const others = new Set<string>();
  for (const [at, word] of words.entries()) {
    const cve = /^CVE[-_]\d{4}-\d{4,19}(?!\d)/.exec(words[at - 1] === 'CVE' ? `CVE-${word}` : word)?.[0];
    if (cve !== undefined) {
      cves.add(cve.replace('_', '-'));
    } else if (/^[A-Za-z]{2,20}-[A-Za-z0-9][A-Za-z0-9-]{0,60}$/.test(word) && !word.startsWith('CVE-')) {
      others.add(word);
    }
  }
  return { cves: [...cves], others: [...others] };
}
