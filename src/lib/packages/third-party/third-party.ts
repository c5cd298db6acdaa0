import type { OsRelease, PackageRecord } from '#model/package.ts';
import { RPM_DISTRIBUTIONS, VENDORS, type Vendor } from './vendors.ts';

/** Packages that somebody built outside of Arch have this packager (makepkg.conf(5)). */
const NOBODY = 'Unknown Packager';

/**
 * Whose package of the system it is, where something says that the distribution did not make it: the address of its
 * maintainer, a version as only one vendor writes it, a vendor that is not the distribution's own. Undefined without such
 * evidence; then it counts as the distribution's, since a package that is wrongly left out hides what is wrong with it.
 */
export function thirdPartyOf(
  { type, version, vendor }: Pick<PackageRecord, 'type' | 'version' | 'vendor'>,
  os: OsRelease | null,
): string | undefined {
  switch (type) {
    case 'apk':
    case 'deb':
      return vendorOf(version.toLowerCase(), (vendor ?? '').toLowerCase());
    case 'alpm':
      return vendor === NOBODY ? NOBODY : undefined;
    case 'rpm':
      // Packages of vendors that leave the field empty have but their versions to be told by.
      return foreignVendor((vendor ?? '').trim(), os) ?? vendorOf(version.toLowerCase(), '');
    default:
      return undefined;
  }
}

function vendorOf(version: string, maintainer: string): string | undefined {
  const open = maintainer.lastIndexOf('<');
  const close = maintainer.indexOf('>', open);
  const name = (open === -1 ? maintainer : maintainer.slice(0, open)).trim();
  // Some tools that make packages write the address alone.
  const address = open === -1 ? name : close === -1 ? '' : maintainer.slice(open + 1, close).trim();
  return VENDORS.find((vendor) => isOf(vendor, { version, name, address }))?.name;
}

interface Traits {
  readonly version: string;
  readonly name: string;
  readonly address: string;
}

function isOf({ domains, addresses, maintainers, versions }: Vendor, { version, name, address }: Traits): boolean {
  const domain = address.slice(address.lastIndexOf('@') + 1);
  return (
    domains?.some((own) => domain === own || domain.endsWith(`.${own}`)) === true ||
    addresses?.includes(address) === true ||
    maintainers?.includes(name) === true ||
    versions?.some((part) => version.includes(part)) === true
  );
}

function foreignVendor(vendor: string, os: OsRelease | null): string | undefined {
  const own = RPM_DISTRIBUTIONS.get(os?.id ?? '');
  if (own === undefined || vendor === '' || vendor === '(none)') {
    return undefined;
  }
  const isOwn =
    own.whole?.includes(vendor) === true || own.beginnings?.some((beginning) => vendor.startsWith(beginning)) === true;
  return isOwn ? undefined : vendor;
}
