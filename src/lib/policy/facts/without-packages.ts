import type { LicenseFact, LifecycleFact, PackageFact } from '#model/facts.ts';
import { classifyLicenses } from '../licenses/classify.ts';

/** Licences without those of some packages: where no other package has one, it is not there. */
export function licensesWithout(
  licenses: readonly LicenseFact[],
  packages: ReadonlySet<PackageFact>,
): readonly LicenseFact[] {
  const taken = new Map(classifyLicenses([...packages]).map(({ id, packages: count }) => [id, count]));
  return licenses.flatMap((license) => {
    const left = license.packages - (taken.get(license.id) ?? 0);
    return left > 0 ? [{ ...license, packages: left }] : [];
  });
}

/** How long what is left is supported. Of the distribution nothing is taken. */
export function lifecycleWithout(
  lifecycle: readonly LifecycleFact[],
  packages: ReadonlySet<PackageFact>,
): readonly LifecycleFact[] {
  const taken = new Set([...packages].map(({ purl }) => purl));
  return lifecycle.filter(({ package: purl }) => !taken.has(purl));
}
