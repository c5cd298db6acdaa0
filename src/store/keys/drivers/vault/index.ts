import type { KeyDriver } from '../../driver.ts';
import { openVaultKey } from './open.ts';

/** Keys in the transit engine of HashiCorp Vault or OpenBao, by the references of cosign. */
export const vault: KeyDriver = {
  id: 'vault',
  form: 'hashivault://KEY[/versions/N]',
  opens: (reference) => reference.startsWith('hashivault://'),
  open: openVaultKey,
};
