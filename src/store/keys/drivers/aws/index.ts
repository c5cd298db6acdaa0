import type { KeyDriver } from '../../driver.ts';
import { openAwsKey } from './open.ts';
import { FORM, SCHEME } from './reference.ts';

/** Keys of the key management service of AWS. */
export const aws: KeyDriver = {
  id: 'aws',
  form: FORM,
  opens: (reference) => reference.startsWith(SCHEME),
  open: async (reference, access) => await openAwsKey(reference, access),
};
