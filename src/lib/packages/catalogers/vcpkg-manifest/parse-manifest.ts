import { membersOf } from '#base/json/members.ts';
import type { Found } from '#model/analyser.ts';
import { arrayAt, DeclaredPackages, notA, objectAt, parseJsonObject, textAt } from '../../declared-packages.ts';

/** The four schemes by which vcpkg compares versions. */
const VERSIONS = ['version', 'version-semver', 'version-date', 'version-string'];
/** What a manifest of vcpkg has and other JSON of the name has not. */
const MARKS = ['dependencies', 'builtin-baseline', 'overrides', 'features', ...VERSIONS];

interface Pinned {
  readonly version: string;
  readonly portVersion: string;
}

/**
 * `vcpkg.json` of a project: what it and its features need, of any platform. A version is said by `overrides` alone: `version>=` is the
 * least one, and what a baseline has stands in the registry.
 */
export function parseVcpkgManifest(bytes: Uint8Array, object: string): Found {
  const document = parseJsonObject(bytes, object);
  if (!MARKS.some((mark) => document.has(mark))) {
    throw notA(object, 'a manifest of vcpkg', 'other JSON');
  }
  const packages = new DeclaredPackages('vcpkg', object);
  const overrides = overridesIn(document);
  const features = [...objectAt(document, 'features').values(), ...arrayAt(document, 'features')];
  for (const owner of [document, ...features.map(membersOf)]) {
    for (const item of owner === null ? [] : arrayAt(owner, 'dependencies')) {
      const name = typeof item === 'string' ? item : textAt(membersOf(item) ?? new Map(), 'name');
      const { version, portVersion } = overrides.get(name) ?? { version: '', portVersion: '' };
      const qualifiers = portVersion === '' ? {} : { qualifiers: { port_version: portVersion } };
      // A feature needs others of its own package.
      if (name !== textAt(document, 'name') || name === '') {
        packages.add({ name, version, ...qualifiers });
      }
    }
  }
  return packages.found();
}

function overridesIn(document: ReadonlyMap<string, unknown>): ReadonlyMap<string, Pinned> {
  const overrides = new Map<string, Pinned>();
  for (const value of arrayAt(document, 'overrides')) {
    const item = membersOf(value) ?? new Map<string, unknown>();
    const written = VERSIONS.map((scheme) => textAt(item, scheme)).find((version) => version !== '') ?? '';
    const [version = '', behind = ''] = written.split('#', 2);
    const number = item.get('port-version');
    const portVersion = behind === '' && typeof number === 'number' ? String(number) : behind;
    overrides.set(textAt(item, 'name'), {
      version,
      portVersion: /^[1-9][0-9]{0,9}$/.test(portVersion) ? portVersion : '',
    });
  }
  return overrides;
}
