import type { SbomFormat } from '../format.ts';
import { readSyft } from './read.ts';

export const syft: SbomFormat<never> = {
  id: 'syft',
  writers: {},
  readers: [
    {
      kind: 'json',
      what: 'the JSON of Syft',
      claims: (members) => members.has('artifacts') && members.has('descriptor'),
      read: readSyft,
    },
  ],
};
