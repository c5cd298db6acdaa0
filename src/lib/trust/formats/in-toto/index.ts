import { holdsBareStatements, readBareStatements } from '../bare-statements.ts';
import type { EvidenceFormat } from '../format.ts';

/** In-toto statements that somebody attached without an envelope: anyone who may push could have written them. */
export const inToto: EvidenceFormat = {
  id: 'in-toto',
  capabilities: {
    title: 'Bare in-toto statement',
    signed: false,
    kinds: ['attestation'],
    found: 'referrers and tags with layers of type application/vnd.in-toto+json',
    specification: 'in-toto/attestation spec/v1/statement.md',
  },
  recognises: (attachment) => attachment.route !== 'index-entry' && holdsBareStatements(attachment),
  read: (attachment) => readBareStatements(attachment, 'in-toto'),
};
