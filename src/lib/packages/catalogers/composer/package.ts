import { type Members, membersOf, textOf } from '#base/json/members.ts';
import { LIMITS } from '#base/limits.ts';
import type { Found } from '#model/analyser.ts';
import type { PackageRecord } from '#model/package.ts';
import { CapabilityNames } from '../../capability-names.ts';
import { Omissions } from '../../omissions.ts';

/** Longer names are in no repository. */
const NAME_LENGTH = 256;

/**
 * Names in lower case, since Composer does not tell cases apart, and versions as it shows them (`v1.2.3`, `dev-main`). What
 * is no package with a name is an unknown. Throws `LIMIT_EXCEEDED`.
 */
export function toPackageRecords(items: readonly unknown[], object: string): Found {
  const capabilities = new CapabilityNames(object);
  const omissions = new Omissions('package');
  const packages: PackageRecord[] = [];
  for (const [index, item] of items.entries()) {
    const members = membersOf(item);
    const name = members === null ? null : nameOf(members);
    if (members === null || name === null) {
      omissions.add('expected an object with a name of the form vendor/name', index + 1);
    } else {
      const requires = namesIn(members, 'require');
      const provides = [...namesIn(members, 'provide'), ...namesIn(members, 'replace')];
      packages.push({
        type: 'composer',
        name,
        version: versionOf(members),
        ...capabilities.of(name, requires, provides),
        licenses: licensesOf(members.get('license')),
      });
    }
  }
  const unknowns = omissions.reasons();
  return { packages, ...(unknowns.length === 0 ? {} : { unknowns }) };
}

/** Any characters that package names were ever made of. */
function nameOf(members: Members): string | null {
  const name = textOf(members, 'name');
  return name !== null && name.length <= NAME_LENGTH && /^[A-Za-z0-9_.-]+\/[A-Za-z0-9_.-]+$/.test(name)
    ? name.toLowerCase()
    : null;
}

function versionOf(members: Members): string {
  const version = textOf(members, 'version')?.trim() ?? '';
  return version.length > LIMITS.versionChars ? '' : version;
}

/** Packages have a vendor; `php`, `ext-json` and `composer-runtime-api` are of the platform. */
function namesIn(members: Members, name: string): readonly string[] {
  const names = membersOf(members.get(name))?.keys() ?? [];
  return [...names].filter((text) => text.includes('/')).map((text) => text.toLowerCase());
}

/** `["MIT"]`, in old packages `"MIT"`. */
function licensesOf(value: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.filter((item) => typeof item === 'string' && item.trim() !== '').map((item) => String(item).trim());
}
