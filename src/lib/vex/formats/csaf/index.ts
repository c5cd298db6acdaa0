import { membersOf } from '#base/json/members.ts';
import type { VexDocument } from '../../document.ts';
import type { VexFormat, VexSource } from '../format.ts';
import { invalidCsaf } from './invalid.ts';
import { readCsaf } from './read.ts';
import { csafStatements } from './statements.ts';

/** The Common Security Advisory Framework of OASIS: its profile VEX, and any other that has statuses of products. */
export const csaf: VexFormat = {
  id: 'csaf',
  capabilities: {
    title: 'CSAF',
    versions: ['2.0', '2.1'],
    specification: 'https://docs.oasis-open.org/csaf/csaf/v2.1/csaf-v2.1.html',
  },
  claims: (members) => membersOf(members.get('document'))?.has('csaf_version') === true,
  read,
};

/** Throws `VEX_INVALID` for a draft as well: it is not meant for anybody yet (section 3.2.1.12.7). */
function read(value: unknown, { name }: VexSource): VexDocument {
  const document = readCsaf(value, name);
  if (document.status === 'draft') {
    throw invalidCsaf(name, 'a document that is final or interim', 'a draft');
  }
  return {
    name,
    format: 'csaf',
    id: document.id,
    author: document.publisher.name,
    timestamp: document.currentRelease,
    version: document.version,
    statements: csafStatements(document, name),
  };
}
