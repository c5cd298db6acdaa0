import { isAppError } from '#base/error.ts';
import { parsePurl } from '#model/purl.ts';

/** Ubuntu's releases by codename. A codename that is not here yet has no rows, and an image of it is told so. */
const RELEASES: ReadonlyMap<string, string> = new Map([
  ['precise', '12.04'],
  ['trusty', '14.04'],
  ['xenial', '16.04'],
  ['bionic', '18.04'],
  ['focal', '20.04'],
  ['groovy', '20.10'],
  ['hirsute', '21.04'],
  ['impish', '21.10'],
  ['jammy', '22.04'],
  ['kinetic', '22.10'],
  ['lunar', '23.04'],
  ['mantic', '23.10'],
  ['noble', '24.04'],
  ['oracular', '24.10'],
  ['plucky', '25.04'],
  ['questing', '25.10'],
  ['resolute', '26.04'],
]);

/** What Ubuntu Pro has of a release beside its archive. FIPS, realtime and the like are builds of their own. */
const EXTENDED: ReadonlySet<string> = new Set(['esm', 'esm-apps', 'esm-apps-legacy', 'esm-infra', 'esm-infra-legacy']);

/** A source package of a release, or of what Ubuntu Pro adds to one. */
export interface SourcePackage {
  readonly name: string;
  readonly version: string;
  /** `22.04:LTS`. */
  readonly release: string;
  readonly extended: boolean;
}

/** Null for binary packages, which are said over again for each architecture, and for builds that are not matched. */
export function readProduct(purl: string): SourcePackage | null {
  // Nine of ten products are binary packages: these are not worth reading.
  if (!purl.includes('arch=source')) {
    return null;
  }
  try {
    const { type, namespace, name, version, qualifiers } = parsePurl(purl);
    const place = readDistro(qualifiers?.get('distro') ?? '');
    return type === 'deb' && namespace === 'ubuntu' && version !== undefined && version !== '' && place !== null
      ? { name, version, ...place }
      : null;
  } catch (error) {
    if (isAppError(error)) {
      return null;
    }
    throw error;
  }
}

/** `jammy`, `esm-infra/jammy`, and `trusty/esm`. */
function readDistro(text: string): Pick<SourcePackage, 'release' | 'extended'> | null {
  const [first = '', second, ...rest] = text.split('/');
  const isTurned = second === 'esm';
  const codename = second === undefined || isTurned ? first : second;
  const pocket = second === undefined ? null : isTurned ? second : first;
  const version = RELEASES.get(codename);
  if (version === undefined || rest.length > 0 || (pocket !== null && !EXTENDED.has(pocket))) {
    return null;
  }
  const isLongTerm = version.endsWith('.04') && Number(version.slice(0, 2)) % 2 === 0;
  return { release: isLongTerm ? `${version}:LTS` : version, extended: pocket !== null };
}
