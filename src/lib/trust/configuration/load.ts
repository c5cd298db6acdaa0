import type { TrustConfiguration } from './configuration.ts';

/**
 * A trust configuration from its YAML. `file` names it in errors and is where relative names of files start; `readFile`
 * gets absolute paths. Throws `TRUST_CONFIGURATION_INVALID` naming line and place, and what the readers of keys,
 * certificates and trust roots throw.
 */
export declare function loadTrustConfiguration(
  text: string,
  file: string,
  readFile: (path: string) => Promise<Uint8Array>,
): Promise<TrustConfiguration>;
