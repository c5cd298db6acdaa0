import { LIMITS } from '#base/limits.ts';
import type { AnalysedFile, Found } from '#model/analyser.ts';
import type { Cataloger } from '../../cataloger.ts';
import { readMetadata } from './package.ts';
import { placeOf } from './place.ts';

export const cpan: Cataloger = {
  id: 'cpan',
  version: 1,
  knownPaths: [],
  maxFileBytes: LIMITS.packageMetadataBytes,
  digests: true,
  capabilities: {
    title: 'Perl distributions installed by cpanm, cpm and Carton',
    reads: ['**/.meta/*/MYMETA.json', '**/.meta/*/install.json'],
    packageTypes: ['cpan'],
    database: false,
    licenses: true,
    files: false,
    dependencies: true,
    specifications: ['https://metacpan.org/pod/CPAN::Meta::Spec'],
  },
  endings: ['/MYMETA.json', '/install.json'],
  wants: ({ path }) => path.endsWith('.json') && placeOf(path) !== null,
  read: readFile,
};

function readFile({ path, bytes }: AnalysedFile): Found {
  const place = placeOf(path);
  return place === null ? {} : readMetadata(bytes, place, path);
}
