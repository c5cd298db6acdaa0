import type { SbomFormat } from '../format.ts';
import { writeBom } from './write.ts';

export const cyclonedx: SbomFormat = {
  id: 'cyclonedx',
  title: 'CycloneDX 1.6',
  mediaType: 'application/vnd.cyclonedx+json; version=1.6',
  write: writeBom,
};
