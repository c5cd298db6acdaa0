import { decodeText } from '../../text.ts';
import { childOf, parseXml, textOf, type XmlElement } from '../../xml/parse-xml.ts';

/** What a Maven project says of itself, as far as its own file says it: what it inherits is elsewhere. */
export interface Pom {
  /** Empty where it is not said, or would have to be computed from what is elsewhere. */
  readonly group: string;
  readonly artifact: string;
  readonly version: string;
  readonly licenses: readonly string[];
  /** `group:artifact` of what it needs when it runs. */
  readonly requires: readonly string[];
}

/** Longer names and versions are in no repository. */
const LENGTH = 256;
/** A dependency that names none is of scope `compile`. */
const RUNTIME_SCOPES: ReadonlySet<string> = new Set(['', 'compile', 'runtime']);

/** Reads `pom.xml` (POM Reference, maven.apache.org/pom.html). Throws `PACKAGE_METADATA_INVALID` for what is no XML. */
export function parsePom(bytes: Uint8Array, object: string): Pom {
  const project = parseXml(decodeText(bytes), object);
  const parent = childOf(project, 'parent');
  const plain = {
    group: textOf(project, 'groupId') || textOf(parent, 'groupId'),
    artifact: textOf(project, 'artifactId'),
    version: textOf(project, 'version') || textOf(parent, 'version'),
  };
  const known = new Map([
    ...listOf(project, 'properties').map(({ name, text }) => [name, text] as const),
    ['project.groupId', plain.group],
    ['pom.groupId', plain.group],
    ['groupId', plain.group],
    ['project.version', plain.version],
    ['project.artifactId', plain.artifact],
    ['project.parent.groupId', textOf(parent, 'groupId')],
    ['project.parent.version', textOf(parent, 'version')],
  ]);
  const resolve = (text: string): string => interpolate(text, known);
  return {
    group: resolve(plain.group),
    artifact: resolve(plain.artifact),
    version: resolve(plain.version),
    licenses: listOf(project, 'licenses').flatMap((license) => textOf(license, 'name') || textOf(license, 'url') || []),
    requires: listOf(project, 'dependencies').flatMap((dependency) => {
      const names = [resolve(textOf(dependency, 'groupId')), resolve(textOf(dependency, 'artifactId'))];
      const isNeeded = RUNTIME_SCOPES.has(textOf(dependency, 'scope')) && textOf(dependency, 'optional') !== 'true';
      return isNeeded && !names.includes('') ? [names.join(':')] : [];
    }),
  };
}

function listOf(project: XmlElement, name: string): readonly XmlElement[] {
  return childOf(project, name)?.children ?? [];
}

/** One level of `${name}`, as far as the file itself says what that is; else nothing. */
function interpolate(text: string, known: ReadonlyMap<string, string>): string {
  if (text.length > LENGTH) {
    return '';
  }
  const resolved = text.replace(/\$\{([a-zA-Z0-9._-]{1,100})\}/g, (whole, name: string) => {
    const value = known.get(name) ?? '';
    return value === '' || value.length > LENGTH ? whole : value;
  });
  return resolved.includes('${') ? '' : resolved;
}
