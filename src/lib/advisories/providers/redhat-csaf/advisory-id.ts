/** `CVE-2024-24786`, `RHSA-2024:0010`: the id of the document at a path. */
export function nameOf(path: string): string {
  return path
    .slice(path.indexOf('/') + 1, -'.json'.length)
    .toUpperCase()
    .replace('_', ':');
}

/** The advisory of a CVE's document is not the CVE: another source has its own. An update's is one of several. */
export function advisoryId(name: string, cve: string): string {
  return isCve(name) ? `REDHAT-${name}` : `REDHAT-${name}-${cve}`;
}

/** The document that an advisory is from. */
export function documentOf(id: string): string {
  const name = id.slice('REDHAT-'.length);
  return isCve(name) ? name : name.split('-', 2).join('-');
}

/** Whether a document of this name is of one CVE alone. */
export function isCve(name: string): boolean {
  return name.startsWith('CVE-');
}
