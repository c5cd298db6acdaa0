/** What the user's registries file says about a registry. `docs/guides/registries.md` is the user's view of it. */
import { quote } from '#base/error.ts';
import type { SourceAccess } from '../images/options.ts';
import { RegistryError } from '../transport/error.ts';
import { DEFAULT_SETTINGS, type RegistrySettings } from './settings.ts';

export type { RegistrySettings } from './settings.ts';

/**
 * The settings of a registry, named as in a reference (`docker.io`, `registry.example:5000`). Throws `SettingsError` for
 * a registries file that is not valid anywhere, and for certificates of this registry that cannot be used; `REGISTRY_URL_REFUSED` for
 * a registry that is not the one of the rules.
 */
export async function registrySettings(access: SourceAccess, registry: string): Promise<RegistrySettings> {
  const settings = await fileSettings(access, registry);
  const { upstream } = access;
  if (upstream === undefined) {
    return settings;
  }
  if (registry.toLowerCase() !== upstream.registry.toLowerCase()) {
    throw new RegistryError('REGISTRY_URL_REFUSED', 'another registry than that of the source', {
      object: 'registry',
      expected: quote(upstream.registry),
      found: quote(registry),
    });
  }
  // Mirrors are other hosts, which no source has named; and whether certificates count is for the source to say.
  return { ...settings, tls: upstream.tls === 'none' ? 'none' : 'required', tlsIsDefault: false, mirrors: [] };
}

async function fileSettings(access: SourceAccess, registry: string): Promise<RegistrySettings> {
  if (access.registries === null) {
    return DEFAULT_SETTINGS;
  }
  // Loaded here, since most runs have no such file and need neither the YAML parser nor the schema.
  const { settingsFromFile } = await import('./resolve.ts');
  return await settingsFromFile(access.registries, registry);
}
