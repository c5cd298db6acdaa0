/**
 * A Go release as the semantic version that Go advisories use: `go1.22` is 1.22.0, `go1.22rc1` is 1.22.0-rc.1. Experiments,
 * build tags and vendor marks after a blank, `-` or `+` do not change the release. Empty for what is not a release.
 */
export function releaseVersion(goVersion: string): string {
  if (!goVersion.startsWith('go')) {
    return '';
  }
  const release = goVersion.slice(2).split(/[ +-]/, 1)[0] ?? '';
  // `go1.26-devel_…` is built from a commit before that release.
  if (goVersion.startsWith('-devel', 2 + release.length)) {
    return '';
  }
  const stage = ['rc', 'beta'].find((word) => release.includes(word));
  const [numbers = '', stageNumber] = stage === undefined ? [release] : release.split(stage, 2);
  const parts = numbers.split('.');
  if (parts.length > 3 || ![...parts, stageNumber ?? '0'].every(isNumber)) {
    return '';
  }
  const version = [...parts, '0', '0'].slice(0, 3).join('.');
  return stage === undefined ? version : `${version}-${stage}.${stageNumber ?? ''}`;
}

function isNumber(text: string): boolean {
  return /^[0-9]+$/.test(text);
}
