import { limitExceeded } from '#base/limits.ts';
import { linesOf } from '../../text.ts';

/** More than any system has. */
const REPOSITORIES = 100;

/** Repositories that hold whole releases. Of others only the packages that somebody named are installed. */
const WHOLE: ReadonlySet<string> = new Set(['main', 'community']);

/**
 * The releases whose packages `/etc/apk/repositories` lets apk install (apk-repositories(5)): `v3.20`, `edge`, and with
 * its name a repository of packages that no release has, `edge/testing`. What has a tag is installed only by it, and
 * says nothing. Each once, in order. Throws `LIMIT_EXCEEDED`.
 */
export function parseRepositories(text: string, path: string): readonly string[] {
  const releases = new Set<string>();
  for (const line of linesOf(text)) {
    const address = line.trim();
    if (address.startsWith('#') || address.startsWith('@') || !address.includes('/alpine/')) {
      continue;
    }
    const [release = '', repository = ''] = address
      .slice(address.lastIndexOf('/alpine/') + '/alpine/'.length)
      .split('/');
    if (isRelease(release) && repository !== '') {
      releases.add(WHOLE.has(repository) ? release : `${release}/${repository}`);
    }
    if (releases.size > REPOSITORIES) {
      throw limitExceeded(path, REPOSITORIES, 'repositories');
    }
  }
  return [...releases];
}

/** `latest-stable` is whichever release was newest then, which the packages know and the file does not. */
function isRelease(name: string): boolean {
  return name === 'edge' || /^v[0-9]{1,4}[.][0-9]{1,4}$/.test(name);
}
