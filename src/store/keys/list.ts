import type { KeyDriver } from './driver.ts';
import { aws } from './drivers/aws/index.ts';
import { azure } from './drivers/azure/index.ts';
import { file } from './drivers/file/index.ts';
import { google } from './drivers/google/index.ts';
import { pkcs11 } from './drivers/pkcs11/index.ts';
import { vault } from './drivers/vault/index.ts';

/** Every key driver, sorted by id: the first that knows a reference opens it. Adding one is a folder, and a line here. */
export const keyDrivers: readonly KeyDriver[] = [aws, azure, file, google, pkcs11, vault];
