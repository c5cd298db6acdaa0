import type { SbomFormat, SbomWriter } from '../format.ts';
import { writeVersion2 } from './version-2/document.ts';
import { readVersion2 } from './version-2/read/read.ts';
import { parseTagValue } from './version-2/read/tag-value.ts';
import { writeVersion3 } from './version-3/document.ts';
import { readVersion3 } from './version-3/read/read.ts';

const version2: SbomWriter = { write: writeVersion2 };

export const spdx: SbomFormat<'spdx' | 'spdx@2.3' | 'spdx@3.0'> = {
  id: 'spdx',
  writers: { spdx: version2, 'spdx@2.3': version2, 'spdx@3.0': { write: writeVersion3 } },
  readers: [
    {
      kind: 'json',
      what: 'SPDX 2.2 and 2.3 in JSON',
      claims: (members) => members.has('spdxVersion'),
      read: readVersion2,
    },
    {
      kind: 'text',
      what: 'SPDX 2.2 and 2.3 as tag-value text',
      claims: (head) => head.startsWith('SPDXVersion:') || head.startsWith('#'),
      read: (text, name) => readVersion2(parseTagValue(text, name), name),
    },
    {
      kind: 'json',
      what: 'SPDX 3.0 in JSON-LD',
      claims: (members) => members.has('@graph'),
      read: readVersion3,
    },
  ],
};
