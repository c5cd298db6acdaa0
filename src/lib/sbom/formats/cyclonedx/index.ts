import type { SbomFormat, SbomWriter } from '../format.ts';
import { readBom } from './read/read.ts';
import type { BomVersion } from './version.ts';
import { writeBom } from './write.ts';

const version16 = versionOf('1.6');

export const cyclonedx: SbomFormat<'cyclonedx' | `cyclonedx@${BomVersion}`> = {
  id: 'cyclonedx',
  writers: {
    cyclonedx: version16,
    'cyclonedx@1.5': versionOf('1.5'),
    'cyclonedx@1.6': version16,
    'cyclonedx@1.7': versionOf('1.7'),
  },
  readers: [
    {
      kind: 'json',
      what: 'CycloneDX 1.2 to 1.7 in JSON',
      claims: (members) => members.has('bomFormat'),
      read: readBom,
    },
  ],
};

function versionOf(version: BomVersion): SbomWriter {
  return { write: (report, options) => writeBom(report, version, options) };
}
