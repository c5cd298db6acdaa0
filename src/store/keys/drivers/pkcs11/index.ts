import type { KeyDriver } from '../../driver.ts';
import { openToken } from './open.ts';
import { isPkcs11Uri } from './uri.ts';

/** Keys in HSMs, smart cards and other tokens, behind the shared library that comes with them. */
export const pkcs11: KeyDriver = {
  id: 'pkcs11',
  form: 'pkcs11:token=LABEL;object=LABEL?module-path=/PATH',
  opens: isPkcs11Uri,
  open: openToken,
};
