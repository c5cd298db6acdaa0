import type { KeyDriver } from '../../driver.ts';
import { openGoogleKey } from './open.ts';
import { FORM, SCHEME } from './reference.ts';

/** Keys of Google Cloud KMS. */
export const google: KeyDriver = {
  id: 'google',
  form: FORM,
  opens: (reference) => reference.startsWith(SCHEME),
  open: async (reference, access) => await openGoogleKey(reference, access),
};
