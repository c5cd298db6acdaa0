import { isAppError, quote } from '#base/error.ts';
import { type Members, membersOf } from '#base/json/members.ts';
import { parseStrictJson } from '#base/json/strict.ts';
import { LIMITS, limitExceeded } from '#base/limits.ts';
import { parsePurl } from '#model/purl.ts';
import { PackagesError } from '../../error.ts';
import { Omissions } from '../../omissions.ts';

/** A library whose classes are in the program. */
export interface Component {
  /** Empty where the document does not say it. */
  readonly group: string;
  readonly name: string;
  readonly version: string;
  /** What the document calls it where one needs the other; empty where it has no such name. */
  readonly reference: string;
  readonly needs: readonly string[];
}

export interface ComponentList {
  readonly components: readonly Component[];
  readonly unknowns: readonly string[];
}

/**
 * The components of a CycloneDX document as Native Image and Quarkus write it, the application first. What is inside them are modules,
 * classes and methods. Throws `PACKAGE_METADATA_INVALID`, and what reading JSON throws.
 */
export function parseComponents(bytes: Uint8Array, object: string): ComponentList {
  const document = membersOf(parseStrictJson(bytes, object));
  const listed = document?.get('components');
  if (document?.get('bomFormat') !== 'CycloneDX' || !Array.isArray(listed)) {
    throw new PackagesError('PACKAGE_METADATA_INVALID', 'unreadable document of a native image', {
      object,
      expected: 'a CycloneDX document with components',
      found: quote(String(document?.get('bomFormat'))),
    });
  }
  const application = membersOf(membersOf(document.get('metadata'))?.get('component'));
  const rows: readonly unknown[] = listed;
  if (rows.length > LIMITS.packagesPerFile) {
    throw limitExceeded(object, LIMITS.packagesPerFile, 'components', rows.length);
  }
  const needs = edges(document.get('dependencies'));
  // An application is none where it was built from a folder of classes.
  const main = application === null ? null : toComponent(application, needs);
  const omissions = new Omissions('component');
  const components = rows.flatMap((row, index) => {
    const component = toComponent(membersOf(row), needs);
    if (component === null) {
      omissions.add('expected coordinates of Maven', index + 1);
    }
    return component ?? [];
  });
  return { components: main === null ? components : [main, ...components], unknowns: omissions.reasons() };
}

/** What each needs, to be taken once: as many components as there are may have one name, and one list may be as long. */
function edges(listed: unknown): Map<string, readonly string[]> {
  const rows: readonly unknown[] = Array.isArray(listed) ? listed : [];
  return new Map(
    rows.flatMap((row) => {
      const reference = membersOf(row)?.get('ref');
      const needed: unknown = membersOf(row)?.get('dependsOn');
      return typeof reference === 'string' && Array.isArray(needed)
        ? [[reference, needed.filter((item) => typeof item === 'string')] as const]
        : [];
    }),
  );
}

/** By its package URL; documents before version 1.5 have none, and coordinates in members of their own. */
function toComponent(row: Members | null, needs: Map<string, readonly string[]>): Component | null {
  const purl = row?.get('purl');
  const parts = purl === undefined ? stated(row) : maven(purl);
  if (parts === null) {
    return null;
  }
  const reference = row?.get('bom-ref');
  const known = typeof reference === 'string' ? reference : '';
  const needed = needs.get(known) ?? [];
  needs.delete(known);
  return { ...parts, reference: known, needs: needed };
}

type Coordinates = Pick<Component, 'group' | 'name' | 'version'>;

function stated(row: Members | null): Coordinates | null {
  const [group, name, version] = [row?.get('group') ?? '', row?.get('name'), row?.get('version') ?? ''];
  return typeof group === 'string' && typeof name === 'string' && typeof version === 'string' && name !== ''
    ? { group, name, version }
    : null;
}

function maven(purl: unknown): Coordinates | null {
  try {
    const { type, namespace, name, version } = parsePurl(typeof purl === 'string' ? purl : '');
    return type === 'maven' ? { group: (namespace ?? '').replaceAll('/', '.'), name, version: version ?? '' } : null;
  } catch (error) {
    if (isAppError(error)) {
      return null;
    }
    throw error;
  }
}
