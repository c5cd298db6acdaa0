import { quote } from '#base/error.ts';
import { type Members, membersOf } from '#base/json/members.ts';
import { LIMITS, limitExceeded } from '#base/limits.ts';
import type { Found } from '#model/analyser.ts';
import { arrayAt, objectAt, parseJsonObject, textAt } from '../../declared-packages.ts';
import { PackagesError } from '../../error.ts';
import { nameOfLocation } from '../../swift-location.ts';
import { toPackageRecord } from './package.ts';

/** Folders of the project's own, and what somebody works on. */
const OWN_STATES: ReadonlySet<string> = new Set(['edited', 'fileSystem', 'local']);
const OWN_KINDS: ReadonlySet<string> = new Set(['fileSystem', 'localSourceControl', 'local']);

/**
 * The dependencies in `workspace-state.json` of Swift Package Manager (versions 1 to 7 of its format): each was checked out or unpacked
 * beside this file. What is there of a branch or a commit has no version. Throws `PACKAGE_METADATA_INVALID` or `LIMIT_EXCEEDED`.
 */
export function readWorkspace(bytes: Uint8Array, object: string): Found {
  const workspace = objectAt(parseJsonObject(bytes, object), 'object');
  if (!workspace.has('dependencies')) {
    throw new PackagesError('PACKAGE_METADATA_INVALID', 'not the state of a workspace of Swift', {
      object,
      expected: 'a list of dependencies',
      found: 'none',
    });
  }
  const dependencies = arrayAt(workspace, 'dependencies');
  if (dependencies.length > LIMITS.packagesPerFile) {
    throw limitExceeded(object, LIMITS.packagesPerFile, 'packages', dependencies.length);
  }
  const found = dependencies.map((value) => readDependency(membersOf(value) ?? new Map()));
  const packages = found.flatMap((item) => (typeof item === 'object' && item !== null ? [item] : []));
  const unknowns = found.filter((item) => typeof item === 'string');
  return { packages, ...(unknowns.length === 0 ? {} : { unknowns: summed(unknowns) }) };
}

/** A package; the reason why it is none; null for one of the project's own. */
function readDependency(dependency: Members): ReturnType<typeof toPackageRecord> | string | null {
  const state = objectAt(dependency, 'state');
  const reference = objectAt(dependency, 'packageRef');
  if (OWN_STATES.has(textAt(state, 'name')) || OWN_KINDS.has(textAt(reference, 'kind'))) {
    return null;
  }
  const identity = textAt(reference, 'identity');
  // Before Swift 5.6 the location was called a path; a package of a registry has none and its version beside the state.
  const name = nameOfLocation(textAt(reference, 'location') || textAt(reference, 'path'));
  if (name === null) {
    return `without an address: ${quote(identity, 80)}`;
  }
  const version = textAt(objectAt(state, 'checkoutState'), 'version') || textAt(state, 'version');
  return toPackageRecord(name, version) ?? `without a usable name: ${quote(identity, 80)}`;
}

/** One reason, however many dependencies have it. */
function summed(reasons: readonly string[]): readonly string[] {
  const [first = ''] = reasons;
  return [reasons.length === 1 ? `a dependency ${first}` : `${reasons.length} dependencies, the first ${first}`];
}
