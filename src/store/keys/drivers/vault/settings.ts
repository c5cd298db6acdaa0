import { join } from 'node:path';
import { quote } from '#base/error.ts';
import { LIMITS, readFileBounded } from '#base/limits.ts';
import type { KeyAccess } from '../../driver.ts';
import { KeyError } from '../../error.ts';
import { parseEnginePath } from './reference.ts';

/** Where Vault is and who asks: the variables of its own client, as far as cosign heeds them. */
export interface VaultSettings {
  /** `VAULT_ADDR`, without a slash at its end. */
  readonly address: string;
  /** `VAULT_TOKEN`, else what `vault login` wrote to `~/.vault-token`. */
  readonly token: string;
  /** `VAULT_NAMESPACE`; empty for the root of all. */
  readonly namespace: string;
  /** `TRANSIT_SECRET_ENGINE_PATH`. */
  readonly engine: string;
  /** PEM, from the file that `VAULT_CACERT` names. */
  readonly ca: string | null;
}

/** Throws `KEY_CREDENTIALS_MISSING`, `KEY_REFERENCE_INVALID`, and the system's error where VAULT_CACERT cannot be read. */
export async function readVaultSettings(
  environment: KeyAccess['environment'],
  reference: string,
): Promise<VaultSettings> {
  const address = environment['VAULT_ADDR'] || '';
  const url = URL.parse(address);
  if (address === '') {
    throw new KeyError('KEY_CREDENTIALS_MISSING', 'nothing says where Vault is', {
      object: reference,
      expected: 'its address in VAULT_ADDR',
      found: 'none',
    });
  }
  const isHttp = url?.protocol === 'https:' || url?.protocol === 'http:';
  if (url === null || !isHttp || url.search !== '' || url.hash !== '') {
    throw new KeyError('KEY_REFERENCE_INVALID', 'not the address of a service', {
      object: 'VAULT_ADDR',
      expected: 'https://HOST:PORT, without query and fragment',
      found: isHttp ? 'one with more' : 'something else',
    });
  }
  const authorities = environment['VAULT_CACERT'] || null;
  return {
    address: address.replace(/\/+$/, ''),
    token: await readToken(environment, reference),
    namespace: namespaceOf(environment['VAULT_NAMESPACE'] || ''),
    engine: parseEnginePath(environment['TRANSIT_SECRET_ENGINE_PATH'] || 'transit'),
    ca: authorities === null ? null : await readText(authorities, LIMITS.keyFileBytes),
  };
}

async function readToken(environment: KeyAccess['environment'], reference: string): Promise<string> {
  const own = environment['VAULT_TOKEN'] || '';
  const token = own !== '' ? own : await tokenOfLogin(environment['HOME'] || '');
  // What a header may hold; the token itself is shown nowhere.
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new KeyError('KEY_CREDENTIALS_MISSING', 'nothing says who asks Vault', {
      object: reference,
      expected: 'a token in VAULT_TOKEN, or in ~/.vault-token',
      found: token === '' ? 'none' : 'one with characters that no token has',
      hint: 'vault login writes one.',
    });
  }
  return token;
}

async function tokenOfLogin(home: string): Promise<string> {
  if (home === '') {
    return '';
  }
  try {
    return (await readText(join(home, '.vault-token'), LIMITS.passphraseBytes)).trim();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      return '';
    }
    throw error;
  }
}

function namespaceOf(text: string): string {
  if (!/^[\x21-\x7e]*$/.test(text)) {
    throw new KeyError('KEY_REFERENCE_INVALID', 'not a namespace', {
      object: 'VAULT_NAMESPACE',
      expected: 'ASCII without spaces',
      found: quote(text),
    });
  }
  return text;
}

async function readText(path: string, maxBytes: number): Promise<string> {
  return Buffer.from(await readFileBounded(path, maxBytes)).toString();
}
