import type { KeyDriver } from './driver.ts';
import { file } from './drivers/file/index.ts';

/** Every key driver, sorted by id: the first that knows a reference opens it. Adding one is a folder, and a line here. */
export const keyDrivers: readonly KeyDriver[] = [file];
