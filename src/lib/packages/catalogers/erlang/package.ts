import { quote } from '#base/error.ts';
import { LIMITS } from '#base/limits.ts';
import type { PackageRecord } from '#model/package.ts';
import { CapabilityNames } from '../../capability-names.ts';
import { PackagesError } from '../../error.ts';
import type { Application } from './parse-app.ts';

/** Erlang's own bound on atoms. */
const NAME_LENGTH = 255;

/** Throws `PACKAGE_METADATA_INVALID` unless the name is that of the file, as the code server demands. */
export function toPackageRecord(application: Application, fileName: string, object: string): PackageRecord {
  const { name, version, applications, runtimeDependencies, licenses } = application;
  if (name !== fileName || name.length > NAME_LENGTH || !/^[\w@.-]+$/.test(name)) {
    throw new PackagesError('PACKAGE_METADATA_INVALID', 'resource file that names another application', {
      object,
      expected: `the name ${quote(fileName)}`,
      found: quote(name),
    });
  }
  const requires = [...applications, ...runtimeDependencies.map(withoutVersion)];
  return {
    type: 'otp',
    name,
    version: version !== null && version.length <= LIMITS.versionChars ? version : '',
    ...new CapabilityNames(object).of(name, requires, []),
    licenses: licenses.map((text) => text.trim()).filter((text) => text !== ''),
  };
}

/** `public_key-1.11.3` is `public_key`: names of applications have no dashes. */
function withoutVersion(dependency: string): string {
  const dash = dependency.indexOf('-');
  return dash === -1 ? dependency : dependency.slice(0, dash);
}
