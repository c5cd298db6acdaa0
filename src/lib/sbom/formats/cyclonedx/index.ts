import type { SbomFormat, SbomWriter } from '../format.ts';
import { writeBom } from './write.ts';

const version16: SbomWriter = { title: 'CycloneDX 1.6', write: writeBom };

export const cyclonedx = {
  id: 'cyclonedx',
  title: 'CycloneDX',
  writers: { cyclonedx: version16, 'cyclonedx@1.6': version16 },
} as const satisfies SbomFormat;
