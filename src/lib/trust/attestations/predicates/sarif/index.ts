import { Fields } from '../../fields.ts';
import type { PredicateReader, SarifPredicate } from '../predicate.ts';
import { readRun } from './run.ts';

/** No type is registered for SARIF. These name the format by the addresses of its own schema. */
const SCHEMAS: readonly string[] = [
  'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
  'https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json',
  'https://json.schemastore.org/sarif-2.1.0.json',
];
/** The attestor of in-toto's witness, which puts the document into `report`. */
const WITNESS = 'https://witness.dev/attestations/sarif/v0.1';

export const sarif: PredicateReader = {
  id: 'sarif',
  capabilities: {
    title: 'SARIF report of static and other analysers',
    kind: 'sarif',
    predicateTypes: [...SCHEMAS, WITNESS],
    specification: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html',
  },
  reads: (predicateType) => predicateType === WITNESS || SCHEMAS.includes(predicateType),
  read: (predicate, predicateType, object) => {
    const fields = Fields.of(predicate, object, 'PREDICATE_INVALID', 'predicate');
    return readLog(predicateType === WITNESS ? fields.fields('report') : fields);
  },
};

function readLog(fields: Fields): SarifPredicate {
  fields.word('version', ['2.1.0']);
  const runs = fields.items('runs').map((run) => readRun(run));
  if (runs.length === 0) {
    throw fields.invalid('runs', 'at least one run', 'none');
  }
  return { kind: 'sarif', runs };
}
