import type { Fields } from '../../fields.ts';
import { describe } from '../../fields.ts';
import type { VexProduct, VexStatement, VexStatus } from '../predicate.ts';

const STATUSES: readonly VexStatus[] = ['not_affected', 'affected', 'fixed', 'under_investigation'];
const NO_HASHES: VexProduct['hashes'] = new Map();

/** One statement of an OpenVEX document, of 0.2.0 and of the versions before it. `timestamp` is the document's. */
export function readVexStatement(fields: Fields, timestamp: number | null): VexStatement {
  const status = fields.word('status', STATUSES);
  const justification = fields.optionalText('justification');
  const impactStatement = fields.optionalText('impact_statement');
  if (status === 'not_affected' && justification === null && impactStatement === null) {
    throw fields.invalid('justification', 'there, or an impact_statement, since the status is not_affected', 'neither');
  }
  const actionStatement = fields.optionalText('action_statement');
  if (status === 'affected' && actionStatement === null) {
    throw fields.invalid('action_statement', 'there, since the status is affected', 'nothing');
  }
  return {
    ...readVulnerability(fields),
    products: fields.optionalList('products').map((item, index) => readProduct(fields, item, `products[${index}]`)),
    status,
    justification,
    impactStatement,
    actionStatement,
    timestamp: fields.optionalTime('timestamp') ?? timestamp,
  };
}

function readVulnerability(fields: Fields): Pick<VexStatement, 'vulnerability' | 'aliases'> {
  if (typeof fields.value('vulnerability') === 'string') {
    return { vulnerability: fields.text('vulnerability'), aliases: [] };
  }
  const vulnerability = fields.fields('vulnerability');
  return { vulnerability: vulnerability.text('name'), aliases: vulnerability.optionalTexts('aliases') };
}

function readProduct(fields: Fields, item: unknown, name: string): VexProduct {
  if (typeof item === 'string' && item !== '') {
    return { ids: [item], hashes: NO_HASHES, subcomponents: [] };
  }
  const product = fields.child(item, name);
  const subcomponents = product.optionalList('subcomponents').flatMap((part, index) => {
    return typeof part === 'string' && part !== '' ? [part] : idsOf(product.child(part, `subcomponents[${index}]`));
  });
  return { ids: idsOf(product), hashes: product.digests('hashes'), subcomponents };
}

/** The identifiers of a component. One without any would stand for every component, so it is refused. */
function idsOf(component: Fields): readonly string[] {
  const id = component.optionalText('@id');
  const identifiers = component.optionalFields('identifiers');
  const ids = [...(id === null ? [] : [id]), ...(identifiers?.names().map((name) => identifiers.text(name)) ?? [])];
  if (ids.length === 0) {
    throw component.invalid('@id', 'there, or identifiers', describe(undefined));
  }
  return ids;
}
