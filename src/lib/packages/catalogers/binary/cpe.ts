/** CPE naming specification 2.3, section 6.2: none of what a version holds is escaped. What is no number is the update of a release: `9.2p1` is `9.2` with `p1`. */
export function toCpe(product: string, version: string): string {
  const [release, update] = splitUpdate(version);
  return `cpe:2.3:a:${product}:${release}:${update.toLowerCase()}:*:*:*:*:*:*`;
}

/** A single letter is part of the release, as in `1.1.1w`; `-rc.1` is written `rc1` there. */
function splitUpdate(version: string): readonly [release: string, update: string] {
  const end = version.search(/[^0-9.]/);
  return end === -1 || end === version.length - 1
    ? [version, '*']
    : [version.slice(0, end), version.slice(end).replace(/^[-_]/, '').replace('.', '')];
}
