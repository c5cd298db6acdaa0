import { dirname, resolve } from 'node:path';
import { type NamedFile, readCertificates, readClientCertificate } from './certificates.ts';
import { parseRegistriesFile } from './file.ts';
import { keyFor } from './names.ts';
import type { RegistriesFile, RegistryEntry } from './schema.ts';
import { DEFAULT_SETTINGS, type Mirror, type RegistrySettings } from './settings.ts';

interface Source {
  readonly file: string;
  readonly text: string;
}

/** What the file says of a registry; files that it names are read for this registry and its mirrors alone. */
export async function settingsFromFile(source: Source, registry: string): Promise<RegistrySettings> {
  const entries = parseRegistriesFile(source.text, source.file).registries;
  const own = await settingsOf(entries, registry, source.file);
  const mirrors: Mirror[] = [];
  for (const mirror of entryOf(entries, registry).entry.mirrors ?? []) {
    const host = mirror.split('/', 1)[0] ?? mirror;
    const settings = await settingsOf(entries, host, source.file);
    mirrors.push({ endpoint: new URL(`${settings.tls === 'none' ? 'http' : 'https'}://${mirror}`), settings });
  }
  return { ...own, mirrors };
}

async function settingsOf(
  entries: RegistriesFile['registries'],
  registry: string,
  file: string,
): Promise<RegistrySettings> {
  const { key, entry } = entryOf(entries, registry);
  const named = (member: 'ca' | 'client-certificate' | 'client-key'): NamedFile | null => {
    const path = entry[member];
    return path === undefined ? null : { path: resolve(dirname(file), path), by: `${file}, ${key} > ${member}` };
  };
  const [ca, certificate, secret] = [named('ca'), named('client-certificate'), named('client-key')];
  return {
    tls: entry.tls ?? 'required',
    tlsIsDefault: entry.tls === undefined,
    ca: ca === null ? null : await readCertificates(ca),
    clientCertificate:
      certificate === null || secret === null ? null : await readClientCertificate(certificate, secret),
    mirrors: DEFAULT_SETTINGS.mirrors,
    tokenRealms: entry['token-realms'] ?? DEFAULT_SETTINGS.tokenRealms,
  };
}

function entryOf(entries: RegistriesFile['registries'], registry: string): { key: string; entry: RegistryEntry } {
  const key = keyFor(registry, Object.keys(entries));
  return { key: key ?? registry, entry: (key === null ? undefined : entries[key]) ?? {} };
}
