import type { Found } from '#model/analyser.ts';
import { DeclaredPackages, notA } from '../../declared-packages.ts';
import { decodeText } from '../../text.ts';
import { childOf, parseXml, textOf, type XmlElement } from '../../xml/parse-xml.ts';

/** Properties inside each other: a version that names one which names one. */
const PROPERTY_DEPTH = 8;
const LONGEST = 1024;

/**
 * The dependencies of a `pom.xml` itself, with versions that the file says: literally, by its own properties, or in its own
 * `dependencyManagement`. What a parent or an imported project says is not there to be read: such a dependency has no version.
 */
export function parsePom(bytes: Uint8Array, object: string): Found {
  const project = parseXml(decodeText(bytes), object);
  if (project.name !== 'project') {
    throw notA(object, 'a project', 'another document');
  }
  const packages = new DeclaredPackages('maven', object);
  const properties = propertiesOf(project);
  const managed = new Map<string, string>();
  for (const item of dependenciesOf(childOf(project, 'dependencyManagement'))) {
    const name = nameOf(item, properties);
    if (name !== null && !managed.has(name)) {
      managed.set(name, textOf(item, 'version'));
    }
  }
  for (const item of dependenciesOf(project)) {
    const name = nameOf(item, properties);
    if (name === null) {
      packages.passOver('without a name that the file says', textOf(item, 'artifactId'));
    } else if (textOf(item, 'scope') !== 'system') {
      const written = textOf(item, 'version');
      const version = resolve(written === '' ? (managed.get(name) ?? '') : written, properties);
      packages.add({ name, version: version === null || isRange(version) ? '' : version });
    }
  }
  return packages.found();
}

function dependenciesOf(parent: XmlElement | undefined): readonly XmlElement[] {
  return childOf(parent, 'dependencies')?.children.filter((child) => child.name === 'dependency') ?? [];
}

/** `group:artifact`; null where part of it is said by others. */
function nameOf(item: XmlElement, properties: ReadonlyMap<string, string>): string | null {
  const group = resolve(textOf(item, 'groupId'), properties) ?? '';
  const artifact = resolve(textOf(item, 'artifactId'), properties) ?? '';
  return group === '' || artifact === '' ? null : `${group}:${artifact}`;
}

/** Its own, and those that Maven makes of its coordinates; a group and a version may be the parent's, which is named in the file. */
function propertiesOf(project: XmlElement): ReadonlyMap<string, string> {
  const properties = new Map<string, string>();
  const parent = childOf(project, 'parent');
  for (const name of ['groupId', 'artifactId', 'version']) {
    const inherited = textOf(parent, name);
    const own = textOf(project, name);
    const value = own === '' && name !== 'artifactId' ? inherited : own;
    for (const [key, text] of [
      [`project.${name}`, value],
      [`pom.${name}`, value],
      [`project.parent.${name}`, inherited],
    ] as const) {
      if (text !== '') {
        properties.set(key, text);
      }
    }
  }
  for (const property of childOf(project, 'properties')?.children ?? []) {
    properties.set(property.name, property.text);
  }
  return properties;
}

/** A text with the properties in it put in; null where one is not in the file. */
function resolve(text: string, properties: ReadonlyMap<string, string>): string | null {
  let resolved = text;
  for (let round = 0; round < PROPERTY_DEPTH; round += 1) {
    const start = resolved.indexOf('${');
    if (start === -1) {
      return resolved;
    }
    const end = resolved.indexOf('}', start);
    const value = properties.get(resolved.slice(start + 2, end));
    if (end === -1 || value === undefined || resolved.length + value.length > LONGEST) {
      return null;
    }
    resolved = resolved.slice(0, start) + value + resolved.slice(end + 1);
  }
  return null;
}

/** `[1.0,2.0)`: which one Maven takes depends on what there is. */
function isRange(version: string): boolean {
  return version.startsWith('[') || version.startsWith('(') || version.includes(',');
}
