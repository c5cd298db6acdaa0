import { quote } from '#base/error.ts';
import type { Found } from '#model/analyser.ts';
import { CapabilityNames } from '../../capability-names.ts';
import { PackagesError } from '../../error.ts';
import type { Project } from './parse-project.ts';
import type { Place } from './place.ts';
import { normaliseVersion } from './version.ts';

const NAME_CHARS = 256;

/**
 * The package that is described; none where the file describes an environment, which has no name, or a library that has no version of its
 * own because it is part of Julia. Throws `PACKAGE_METADATA_INVALID` for an impossible name or UUID.
 */
export function readPackage(project: Project, place: Place, object: string): Found {
  const { name, uuid, needs, license } = project;
  if ((name === null && uuid === null) || (place === 'standard library' && project.version === null)) {
    return {};
  }
  if (name === null || name.length > NAME_CHARS || !/^[\p{L}_][\p{L}\p{N}_!]*$/u.test(name)) {
    throw invalid(object, 'the name of a module', name);
  }
  if (uuid === null || !/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(uuid)) {
    throw invalid(object, 'a UUID', uuid);
  }
  const id = uuid.toLowerCase();
  const version = normaliseVersion(project.version ?? '');
  const record = {
    type: 'julia',
    name,
    version,
    ...new CapabilityNames(object).of(
      name,
      needs.filter((need) => need !== id),
      [id],
    ),
    licenses: license === null ? [] : [license],
    qualifiers: { uuid: id },
  } as const;
  return { packages: [record], ...(version === '' ? { unknowns: ['Julia package without a version'] } : {}) };
}

function invalid(object: string, expected: string, found: string | null): PackagesError {
  return new PackagesError('PACKAGE_METADATA_INVALID', 'Julia package that cannot be told', {
    object,
    expected,
    found: found === null ? 'none' : quote(found),
  });
}
