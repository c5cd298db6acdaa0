import type { CsafProduct } from '#lib/vex/index.ts';
import { type PurlParts, parsePurlOrNull } from '#model/purl.ts';

/** A package of a product, as a row of a shard names it. */
export interface Target {
  /** `Red Hat:` and the product's CPE without `cpe:/[oa]:redhat:`, as OSV has it. */
  readonly ecosystem: string;
  readonly name: string;
  /** `[epoch:]version-release`; null for whatever version there is. */
  readonly version: string | null;
  /** `name:stream`. */
  readonly module: string | null;
  /** Null for a source package, and for packages of whatever architecture. */
  readonly architecture: string | null;
  readonly source: boolean;
}

/**
 * The package that a status speaks of: a component of a product, often by way of a module. Null for what is no package of
 * rpm, such as an image or a jar, and for a product that has no CPE of Red Hat's.
 */
export function targetOf(parts: readonly CsafProduct[]): Target | null {
  const [component, ...holders] = parts;
  const ecosystem = ecosystemOf(holders.at(-1)?.cpe ?? null);
  if (component === undefined || ecosystem === null) {
    return null;
  }
  const [purl] = component.purls;
  const parsed = purl === undefined ? unnamed(component, ecosystem) : parsePurlOrNull(purl);
  if (parsed === null || !parsed.namespace?.startsWith('redhat')) {
    return null;
  }
  const module = moduleOf(parsed, holders);
  switch (parsed.type) {
    case 'rpm':
      return { ecosystem, name: parsed.name, version: versionOf(parsed), module, ...architectureOf(parsed) };
    case 'rpmmod':
      // A module by itself is no package, but one in a module that has no version yet is written like this.
      return parsed.namespace === 'redhat'
        ? null
        : { ecosystem, name: parsed.name, version: null, module, architecture: null, source: true };
    default:
      return null;
  }
}

function ecosystemOf(cpe: string | null): string | null {
  const tail = /^cpe:\/[oa]:redhat:([A-Za-z0-9._:~%*-]{1,200})$/.exec(cpe ?? '')?.[1];
  return tail === undefined ? null : `Red Hat:${tail}`;
}

/** Old documents have no package URL for what is not repaired, only the name: `samba`, `go-toolset:rhel8/golang`. */
function unnamed({ name }: CsafProduct, ecosystem: string): PurlParts | null {
  const [, module, own] = /^(?:([A-Za-z0-9._+-]+:[A-Za-z0-9._+-]+)\/)?([A-Za-z0-9][A-Za-z0-9._+-]*)$/.exec(name) ?? [];
  if (own === undefined || !ecosystem.startsWith('Red Hat:enterprise_linux:')) {
    return null;
  }
  return module === undefined
    ? { type: 'rpm', namespace: 'redhat', name: own, qualifiers: new Map([['arch', 'src']]) }
    : { type: 'rpmmod', namespace: `redhat/${module}`, name: own };
}

/**
 * The stream, by what newer documents say in the package URL, by its namespace where the package is not repaired, or by the
 * module that holds the package: `pkg:rpmmod/redhat/postgresql@12:8060020240903093929:ad008a3a` is of `postgresql:12`.
 */
function moduleOf({ type, namespace = '', qualifiers }: PurlParts, holders: readonly CsafProduct[]): string | null {
  const said = qualifiers?.get('rpmmod');
  if (said !== undefined) {
    return streamOf(said);
  }
  if (type === 'rpmmod') {
    return streamOf(namespace.slice('redhat/'.length));
  }
  for (const { purls } of holders) {
    const module = purls.flatMap((purl) => parsePurlOrNull(purl) ?? []).find((purl) => purl.type === 'rpmmod');
    if (module !== undefined) {
      return streamOf(`${module.name}:${module.version ?? ''}`);
    }
  }
  return null;
}

function streamOf(module: string): string {
  return module.split(':', 2).join(':');
}

/** What a package URL leaves out is 0, which the package database leaves out as well. */
function versionOf({ version = '', qualifiers }: PurlParts): string | null {
  const epoch = qualifiers?.get('epoch') ?? '0';
  return version === '' ? null : epoch === '0' ? version : `${epoch}:${version}`;
}

function architectureOf({ qualifiers }: PurlParts): Pick<Target, 'architecture' | 'source'> {
  const architecture = qualifiers?.get('arch') ?? null;
  return architecture === 'src' ? { architecture: null, source: true } : { architecture, source: false };
}
