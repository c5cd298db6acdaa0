import { quote } from '#base/error.ts';
import { isLoopback } from '#base/http-connection.ts';
import { KeyError } from '../../error.ts';

/** One of Azure's clouds, as far as keys are concerned. */
interface AzureCloud {
  /** Where its applications get their tokens. */
  readonly authority: string;
  /** What a token has to be for. */
  readonly scope: string;
}

/** A key of Azure Key Vault as references name it. */
export interface AzureReference extends AzureCloud {
  /** Origin of the vault. */
  readonly vault: string;
  readonly key: string;
  /** Null for the newest. */
  readonly version: string | null;
}

export const SCHEME = 'azurekms://';
export const FORM = 'azurekms://VAULT.vault.azure.net/KEY[/VERSION]';

const REFERENCE = /^azurekms:\/\/([A-Za-z0-9.:[\]-]+)\/([A-Za-z0-9-]{1,127})(?:\/([A-Za-z0-9]{1,64})?)?$/;
const VAULT_NAME = /^[a-z][a-z0-9-]{1,62}$/;

const PUBLIC = 'https://login.microsoftonline.com';
const CHINA = 'https://login.chinacloudapi.cn';
const GOVERNMENT = 'https://login.microsoftonline.us';
/** By what the host of a vault ends in: its name is one label before that. Nobody else can have such a host. */
const CLOUDS: ReadonlyMap<string, string> = new Map([
  ['vault.azure.net', PUBLIC],
  ['managedhsm.azure.net', PUBLIC],
  ['vault.azure.cn', CHINA],
  ['managedhsm.azure.cn', CHINA],
  ['vault.usgovcloudapi.net', GOVERNMENT],
  ['managedhsm.usgovcloudapi.net', GOVERNMENT],
]);

/**
 * The references of sigstore's own driver for Azure. A vault is of one of Azure's own domains, or plays one on this machine:
 * whoever else is named would be sent a token that opens vaults. Throws `KEY_REFERENCE_INVALID`.
 */
export function parseAzureReference(reference: string): AzureReference {
  const [, host = '', key = '', version = ''] = REFERENCE.exec(reference) ?? [];
  const vault = vaultOf(host);
  if (vault === null) {
    throw new KeyError('KEY_REFERENCE_INVALID', 'not a key of Azure Key Vault', {
      object: quote(reference),
      expected: `${FORM}, or a vault below ${[...CLOUDS.keys()].slice(1).join(', ')}`,
      found: host === '' ? 'another form' : `the host ${quote(host)}`,
    });
  }
  return { ...vault, key, version: version === '' ? null : version };
}

function vaultOf(host: string): Pick<AzureReference, 'vault' | 'authority' | 'scope'> | null {
  const name = host.toLowerCase();
  const dot = name.indexOf('.');
  const suffix = name.slice(dot + 1);
  const authority = CLOUDS.get(suffix);
  if (dot > 0 && authority !== undefined && VAULT_NAME.test(name.slice(0, dot))) {
    return { vault: `https://${name}`, authority, scope: `https://${suffix}/.default` };
  }
  const url = URL.parse(`http://${name}`);
  return url !== null && url.host === name && isLoopback(url.hostname)
    ? { vault: url.origin, authority: PUBLIC, scope: 'https://vault.azure.net/.default' }
    : null;
}
