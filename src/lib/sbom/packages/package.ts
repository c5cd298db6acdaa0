import { isAppError } from '#base/error.ts';
import { type OsRelease, PACKAGE_TYPES, type Package, type PackageSource, type PackageType } from '#model/package.ts';
import { type PurlParts, packagePurl } from '#model/purl.ts';
import type { SbomComponent } from '#model/sbom.ts';

const TYPES: ReadonlySet<string> = new Set(PACKAGE_TYPES);

/** True for what catalogers find and advisories are matched with. */
export function isPackageType(type: string): type is PackageType {
  return TYPES.has(type);
}

/**
 * A component as a package. Names and versions of documents by other tools are those of the package URL, whose rules all
 * tools share; Plimsoll's own documents have them as a cataloger found them. `os` is the distribution that the document names.
 */
export function toPackage(component: SbomComponent, purl: PurlParts, type: PackageType, os: OsRelease | null): Package {
  const { cataloger, architecture, vendor, module, thirdParty, dependsOn, hashes, licenses, layer, locations } =
    component;
  const { confidence, cpe, released, origin } = component;
  const ours = cataloger !== null && givesPurl(component, type, os);
  const name = ours ? component.name : nameOf(purl, type);
  const version = ours ? component.version : versionOf(component, purl, type);
  const source = component.source ?? upstreamOf(purl, version);
  const arch = architecture ?? purl.qualifiers?.get('arch');
  const stream = module ?? purl.qualifiers?.get('rpmmod');
  return {
    type,
    name,
    version,
    purl: component.purl ?? '',
    ...(source === undefined ? {} : { source }),
    ...(arch === undefined ? {} : { architecture: arch }),
    ...(vendor === undefined ? {} : { vendor }),
    ...(stream === undefined ? {} : { module: stream }),
    ...(thirdParty === undefined ? {} : { thirdParty }),
    ...(dependsOn === undefined ? {} : { dependsOn }),
    ...(hashes.length === 0 ? {} : { hashes }),
    licenses,
    ...(confidence === undefined ? {} : { confidence }),
    ...(cpe === undefined ? {} : { cpe }),
    ...(released === undefined ? {} : { released }),
    ...(origin === undefined ? {} : { origin }),
    layer,
    locations,
    cataloger: cataloger ?? 'sbom',
  };
}

/** Whether name and version give the package URL: somebody may have changed one of the two. */
function givesPurl(component: SbomComponent, type: PackageType, os: OsRelease | null): boolean {
  try {
    return packagePurl({ ...component, type }, os) === component.purl;
  } catch (error) {
    if (isAppError(error)) {
      return false;
    }
    throw error;
  }
}

function nameOf({ namespace, name }: PurlParts, type: PackageType): string {
  switch (type) {
    case 'composer':
    case 'ebuild':
    case 'github':
    case 'golang':
    case 'huggingface':
    case 'npm':
    case 'pear':
    case 'swift':
    case 'terraform':
      return namespace === undefined || namespace === '' ? name : `${namespace}/${name}`;
    case 'maven':
      return namespace === undefined || namespace === '' ? name : `${namespace}:${name}`;
    case 'pypi':
      return name.replaceAll(/[-_.]+/g, '-').toLowerCase();
    default:
      return name;
  }
}

/** Syft writes UNKNOWN where it has no version. */
function versionOf({ version }: Pick<SbomComponent, 'version'>, purl: PurlParts, type: PackageType): string {
  const said = purl.version ?? '';
  if (said === '') {
    return version === 'UNKNOWN' ? '' : version;
  }
  const epoch = purl.qualifiers?.get('epoch') ?? '';
  const hasEpoch = type === 'rpm' || type === 'deb';
  return hasEpoch && epoch !== '' && !said.includes(':') ? `${epoch}:${said}` : said;
}

/** `upstream` is a name, or `name@version` where the version is another. */
function upstreamOf({ qualifiers }: PurlParts, version: string): PackageSource | undefined {
  const upstream = qualifiers?.get('upstream') ?? '';
  if (upstream === '') {
    return undefined;
  }
  const at = upstream.lastIndexOf('@');
  return at <= 0 ? { name: upstream, version } : { name: upstream.slice(0, at), version: upstream.slice(at + 1) };
}
