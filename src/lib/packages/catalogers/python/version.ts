/** Longer versions are on no index. */
const LENGTH = 256;
const PRE_RELEASES: ReadonlyMap<string, string> = new Map([
  ['alpha', 'a'],
  ['beta', 'b'],
  ['c', 'rc'],
  ['pre', 'rc'],
  ['preview', 'rc'],
]);
const VERSION =
  /^v?(?:(\d+)!)?(\d+(?:\.\d+)*)(?:[-_.]?(alpha|beta|preview|pre|rc|a|b|c)[-_.]?(\d*))?(?:-(\d+)|[-_.]?(?:post|rev|r)[-_.]?(\d*))?(?:([-_.]?dev)[-_.]?(\d*))?(?:\+([a-z0-9]+(?:[-_.][a-z0-9]+)*))?$/;

/** A version as pip lists it: in the normal form of PEP 440; what follows no rule of it stays as it is written. */
export function normalizeVersion(written: string): string {
  const match = written.length > LENGTH ? null : VERSION.exec(written.trim().toLowerCase());
  if (match === null) {
    return written;
  }
  const [, epoch = '0', release = '', pre, preNumber = '', implicitPost, post, dev, devNumber = '', local] = match;
  const postNumber = implicitPost ?? post;
  return [
    number(epoch) === '0' ? '' : `${number(epoch)}!`,
    release.split('.').map(number).join('.'),
    pre === undefined ? '' : `${PRE_RELEASES.get(pre) ?? pre}${number(preNumber)}`,
    postNumber === undefined ? '' : `.post${number(postNumber)}`,
    dev === undefined ? '' : `.dev${number(devNumber)}`,
    local === undefined ? '' : `+${local.split(/[-_.]/).map(localPart).join('.')}`,
  ].join('');
}

function localPart(part: string): string {
  return /^\d+$/.test(part) ? number(part) : part;
}

/** Without leading zeros; none written is zero. */
function number(digits: string): string {
  return digits.replace(/^0+(?=\d)/, '') || '0';
}
