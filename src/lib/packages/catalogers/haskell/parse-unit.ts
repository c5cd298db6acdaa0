import { decodeText, linesOf } from '../../text.ts';

/** The registration of a library in a package database of GHC, as far as it makes a package record. */
export interface Unit {
  /** Null when there is none. */
  readonly id: string | null;
  /** Of a library inside a package the package's. */
  readonly name: string | null;
  readonly version: string | null;
  readonly license: string | null;
  /** Ids of units. */
  readonly depends: readonly string[];
}

const FIELDS: ReadonlySet<string> = new Set(['id', 'name', 'package-name', 'version', 'license', 'depends']);

/** `NAME: VALUE`, continued by lines that begin with blanks (GHC user's guide, "InstalledPackageInfo"); the first of several counts. */
export function parseUnit(bytes: Uint8Array): Unit {
  const fields = new Map<string, string[]>();
  let current: string[] | null = null;
  for (const line of linesOf(decodeText(bytes))) {
    if (line === '' || line.startsWith(' ') || line.startsWith('\t')) {
      current?.push(line);
      continue;
    }
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(colon, 0)).trimEnd().toLowerCase();
    current = FIELDS.has(name) && !fields.has(name) ? [line.slice(colon + 1)] : null;
    if (current !== null) {
      fields.set(name, current);
    }
  }
  const textOf = (name: string): string | null => fields.get(name)?.join(' ').trim() ?? null;
  return {
    id: textOf('id'),
    name: textOf('package-name') ?? textOf('name'),
    version: textOf('version'),
    license: textOf('license'),
    depends: (fields.get('depends') ?? []).flatMap((line) => line.split(' ').filter((id) => id !== '')),
  };
}
