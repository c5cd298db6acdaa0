/** A package as lock files of JavaScript name it. */
export interface Identity {
  readonly name: string;
  /** Empty where it is a commit or an archive somewhere, which says no version. */
  readonly version: string;
}

/** `@scope/name@1.0.0` is a name and the rest; null without an at sign behind the name. */
export function splitAtVersion(text: string): readonly [name: string, rest: string] | null {
  const at = text.indexOf('@', 1);
  return at === -1 ? null : [text.slice(0, at), text.slice(at + 1)];
}

/** The version, or the empty text for something else that stands in its place: an address, a path, a commit. */
export function versionOrNone(text: string): string {
  return isVersion(text) ? text : '';
}

/** `1.2.3-rc.1+build`: it begins with a number and a dot, and has no character that addresses and paths have. */
function isVersion(text: string): boolean {
  return text.length <= 256 && /^[0-9]+\.[0-9A-Za-z.+-]+$/.test(text);
}

/** True for a file that is no archive: a folder of the project itself. */
export function isFolder(address: string): boolean {
  return (
    address.startsWith('link:') ||
    address.startsWith('portal:') ||
    address.startsWith('workspace:') ||
    (address.startsWith('file:') && !/\.(?:tgz|tar\.gz|tar)(?:$|[#:?])/.test(address))
  );
}
