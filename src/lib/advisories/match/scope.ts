import type { Affected } from '#model/advisory.ts';
import type { Package } from '#model/package.ts';

/** Whether a row speaks of a package at all: of its module stream, its architecture, and of it among those of its source. */
export type Scope =
  | { readonly kind: 'in' }
  /** A stream of a module, and nothing says which. */
  | { readonly kind: 'undecided'; readonly reason: string }
  | { readonly kind: 'out'; readonly why: 'module' | 'architecture' | 'binaries' };

const IN: Scope = { kind: 'in' };

/** `told` says whether a source has rows for modules among those of the name: then the others are about packages outside of them. */
export function scopeOf(row: Affected, item: Package, told: boolean): Scope {
  const { architectures, binaries } = row;
  if (architectures !== undefined && item.architecture !== undefined && !architectures.includes(item.architecture)) {
    return { kind: 'out', why: 'architecture' };
  }
  if (binaries !== undefined && !binaries.includes(item.name)) {
    return { kind: 'out', why: 'binaries' };
  }
  return item.type === 'rpm' ? scopeOfModule(row, item, told) : IN;
}

/** Whether rows of modules are among those of a name, for a package of which that matters. */
export function tellsModules(rows: readonly Affected[], item: Package): boolean {
  return isModular(item) && rows.some((row) => streamsOf(row) !== null);
}

function isModular({ type, module, version }: Package): boolean {
  return type === 'rpm' && (module !== undefined || isModularRelease(version));
}

function scopeOfModule(row: Affected, item: Package, told: boolean): Scope {
  const streams = streamsOf(row);
  if (!isModular(item)) {
    return streams === null ? IN : { kind: 'out', why: 'module' };
  }
  if (streams === null) {
    return told ? { kind: 'out', why: 'module' } : IN;
  }
  if (item.module === undefined || streams.length === 0) {
    const who = item.module === undefined ? 'the package' : 'the advisory';
    return { kind: 'undecided', reason: `nothing says of which stream of a module ${who} is` };
  }
  return streams.includes(streamOf(item.module)) ? IN : { kind: 'out', why: 'module' };
}

/** `nodejs:12:8040020210708131418:522a0ee4` is of `nodejs:12`. */
function streamOf(module: string): string {
  return module.split(':', 2).join(':');
}

/**
 * The streams that a row is about; null for none, empty when it is about one and does not say which. Records of OSV for AlmaLinux and Rocky Linux
 * have the module in the release of their versions (`.module_el8`), and its stream in the summary alone: `Moderate: nodejs:12 security update`.
 */
function streamsOf(row: Affected): readonly string[] | null {
  if (row.module !== undefined) {
    return [row.module];
  }
  if (!row.ranges.some(({ events }) => events.some((event) => Object.values(event).some(isModularRelease)))) {
    return null;
  }
  return row.advisory.summary
    .split(/[ ,]/)
    .filter((word) => word.indexOf(':') > 0 && !word.endsWith(':') && word.length <= MAX_CHARS)
    .map(streamOf);
}

const MAX_CHARS = 128;

function isModularRelease(version: string): boolean {
  return version.includes('.module_') || version.includes('.module+');
}
