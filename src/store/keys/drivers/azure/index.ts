import type { KeyDriver } from '../../driver.ts';
import { openAzureKey } from './open.ts';
import { FORM, SCHEME } from './reference.ts';

/** Keys of Azure Key Vault, and of its managed HSMs. */
export const azure: KeyDriver = {
  id: 'azure',
  form: FORM,
  opens: (reference) => reference.startsWith(SCHEME),
  open: async (reference, access) => await openAzureKey(reference, access),
};
