import { openvex as format, VexError } from '#lib/vex/index.ts';
import { TrustError } from '../../../error.ts';
import type { PredicateReader, VexPredicate } from '../predicate.ts';
import { isTypeOrVersion } from '../types.ts';

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
  read: (predicate, _predicateType, object) => readDocument(predicate, object),
};

function readDocument(predicate: unknown, object: string): VexPredicate {
  try {
    const { id, author, timestamp, version, statements } = format.read(predicate, { name: object, id: object });
    return { kind: 'vex', id, author, timestamp, version, statements };
  } catch (error) {
    if (!(error instanceof VexError)) {
      throw error;
    }
    const { expected = 'an OpenVEX document', found = 'something else' } = error;
    throw new TrustError('PREDICATE_INVALID', 'predicate without the form of its type', { object, expected, found });
  }
}
