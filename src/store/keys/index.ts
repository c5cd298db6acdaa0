/** Private keys, where they are kept. None of them leaves its driver. */
export type { KeyAccess } from './driver.ts';
export { generateKeyFile, KEY_ALGORITHMS, type KeyAlgorithm } from './drivers/file/generate.ts';
export { generateMachineKey } from './drivers/file/machine-key.ts';
export { keyFilePaths, writeKeyPair } from './drivers/file/write.ts';
export { openKey } from './open.ts';
