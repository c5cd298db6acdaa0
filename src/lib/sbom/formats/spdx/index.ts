import type { SbomFormat, SbomWriter } from '../format.ts';
import { writeVersion2 } from './version-2/document.ts';

const version2: SbomWriter = { title: 'SPDX 2.3', write: writeVersion2 };

export const spdx = {
  id: 'spdx',
  title: 'SPDX',
  writers: { spdx: version2, 'spdx@2.3': version2 },
} as const satisfies SbomFormat;
