import type { SbomFormat, SbomWriter } from '../format.ts';
import { writeVersion2 } from './version-2/document.ts';
import { writeVersion3 } from './version-3/document.ts';

const version2: SbomWriter = { write: writeVersion2 };

export const spdx: SbomFormat<'spdx' | 'spdx@2.3' | 'spdx@3.0'> = {
  id: 'spdx',
  writers: { spdx: version2, 'spdx@2.3': version2, 'spdx@3.0': { write: writeVersion3 } },
  readers: [],
};
