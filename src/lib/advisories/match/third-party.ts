import { quote } from '#base/error.ts';
import type { OsRelease, Package } from '#model/package.ts';
import type { Unknown } from '#model/unknown.ts';

/** An image can name as many vendors as it has packages. */
const VENDORS = 20;
const PACKAGES = 5;

/**
 * One unknown per vendor whose packages the advisories of the distribution do not speak for, the one with most packages
 * first: their versions are not comparable, and what is wrong with them is not in there.
 */
export function thirdPartyUnknowns(packages: readonly Package[], os: OsRelease | null): readonly Unknown[] {
  const byVendor = Map.groupBy(
    packages.filter(({ thirdParty }) => thirdParty !== undefined),
    ({ thirdParty }) => thirdParty ?? '',
  );
  const vendors = [...byVendor].toSorted(([a, ofA], [b, ofB]) => ofB.length - ofA.length || (a < b ? -1 : 1));
  const distribution = os === null || os.id === '' ? 'the distribution' : quote(os.id, 40);
  const shown = vendors.slice(0, VENDORS).map(([vendor, items]) => {
    const names = items.slice(0, PACKAGES).map(({ name }) => quote(name, 60));
    const more = items.length > names.length ? ` and ${items.length - names.length} more` : '';
    const count = `${items.length} ${items.length === 1 ? 'package' : 'packages'}`;
    return unknown(
      `${count} by ${quote(vendor, 60)}: the advisories of ${distribution} do not speak for ${names.join(', ')}${more}, which ${items.length === 1 ? 'was' : 'were'} not matched`,
    );
  });
  const rest = vendors.slice(VENDORS);
  const left = rest.reduce((sum, [, items]) => sum + items.length, 0);
  return rest.length === 0
    ? shown
    : [...shown, unknown(`${left} packages by ${rest.length} other vendors were not matched either`)];
}

function unknown(reason: string): Unknown {
  return { kind: 'no-advisories', path: null, layer: null, analyser: 'advisories', reason };
}
