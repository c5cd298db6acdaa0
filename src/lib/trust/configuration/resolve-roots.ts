import { trustRootFromParts } from '../trust-root/from-parts.ts';
import { parseTrustRoot } from '../trust-root/parse-trust-root.ts';
import type { TrustRoot } from '../trust-root/trust-root.ts';
import type { NamedRoot } from './configuration.ts';
import { type Loading, pemText } from './files.ts';
import type { FileEntry, RootEntry } from './schema.ts';

/** Throws what `parseTrustRoot` throws. */
export async function resolveRoots(
  entries: Readonly<Record<string, RootEntry>>,
  loading: Loading,
): Promise<ReadonlyMap<string, NamedRoot>> {
  const roots = new Map<string, NamedRoot>();
  for (const [name, entry] of Object.entries(entries)) {
    roots.set(name, { name, root: await resolveRoot(name, entry, loading) });
  }
  return roots;
}

async function resolveRoot(name: string, entry: RootEntry, { files, place }: Loading): Promise<TrustRoot> {
  const path = ['roots', name];
  if (entry.file !== undefined) {
    const file = await files.read(entry.file, [...path, 'file']);
    return parseTrustRoot(file.bytes, file.name);
  }
  const texts = async (member: Exclude<keyof RootEntry, 'file'>): Promise<readonly string[]> => {
    const named: readonly FileEntry[] = entry[member] ?? [];
    return (await files.readAll(named, [...path, member])).map(pemText);
  };
  return trustRootFromParts({
    object: place(path),
    caPem: await texts('certificateAuthorities'),
    rekorKeyPem: await texts('rekorKeys'),
    ctKeyPem: await texts('ctKeys'),
    tsaPem: await texts('timestampAuthorities'),
  });
}
