import { zipArchive } from '#test/fixtures/zip-archive.ts';
import { providesAdvisories } from '../contract.ts';
import { osv } from './index.ts';

function record(id: string, extra = ''): { readonly name: string; readonly content: string } {
  const affected = [{ package: { ecosystem: 'npm', name: id.toLowerCase() }, versions: ['1.0.0'] }];
  const text = JSON.stringify({ id, modified: '2026-05-30T00:00:00Z', affected });
  return { name: `${id}.json`, content: text.replace(/^\{/, `{${extra}`) };
}

const LIST = '2026-05-30T00:00:00Z,A-2\n2026-05-30T00:00:00Z,A-1\n';

providesAdvisories('osv', {
  provider: osv,
  shard: 'npm',
  needed: 'npm',
  notOffered: 'KEV',
  documents: {
    'npm/all.zip': zipArchive([record('A-1'), record('A-2')]),
    'npm/modified_id.csv': Buffer.from(LIST),
  },
  main: 'npm/all.zip',
  duplicate: zipArchive([record('A-1'), record('A-2', '"id": "A-3", ')]),
});
