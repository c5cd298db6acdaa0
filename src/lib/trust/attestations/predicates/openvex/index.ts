import { describe, Fields } from '../../fields.ts';
import type { PredicateReader, VexPredicate } from '../predicate.ts';
import { isTypeOrVersion } from '../types.ts';
import { readVexStatement } from './statement.ts';

const TYPE = 'https://openvex.dev/ns';

export const openvex: PredicateReader = {
  id: 'openvex',
  capabilities: {
    title: 'OpenVEX document',
    kind: 'vex',
    predicateTypes: [`${TYPE}[/vX.Y.Z]`],
    specification: 'https://github.com/openvex/spec/blob/main/OPENVEX-SPEC.md',
  },
  reads: (predicateType) => isTypeOrVersion(predicateType, TYPE),
  read: (predicate, _predicateType, object) =>
    readDocument(Fields.of(predicate, object, 'PREDICATE_INVALID', 'predicate')),
};

function readDocument(fields: Fields): VexPredicate {
  const context = fields.text('@context');
  if (!isTypeOrVersion(context, TYPE)) {
    throw fields.invalid('@context', `${TYPE} or a version of it`, describe(context));
  }
  const timestamp = fields.optionalTime('timestamp');
  const statements = fields.items('statements').map((item) => readVexStatement(item, timestamp));
  if (statements.length === 0) {
    throw fields.invalid('statements', 'at least one statement', 'none');
  }
  return {
    kind: 'vex',
    id: fields.text('@id'),
    author: fields.text('author'),
    timestamp,
    version: readVersion(fields),
    statements,
  };
}

/** A number since 0.2.0, a text before; documents that go-vex takes lack it. */
function readVersion(fields: Fields): string | null {
  const version = fields.value('version');
  return typeof version === 'number' ? String(version) : fields.optionalText('version');
}
