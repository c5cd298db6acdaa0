import type { Fields } from '#base/json/fields.ts';
import { JUSTIFICATIONS } from '#model/exception.ts';
import type { VexComponent, VexProduct, VexStatement, VexStatus } from '../../document.ts';
import { describe } from '../../fields.ts';

const STATUSES: readonly VexStatus[] = ['not_affected', 'affected', 'fixed', 'under_investigation'];
const IDENTIFIERS = ['purl', 'cpe22', 'cpe23'] as const;
const NO_HASHES: VexComponent['hashes'] = new Map();

/** One statement. `timestamp` is the document's; `early`: vulnerabilities and products may be texts (before 0.2.0). */
export function readStatement(fields: Fields, timestamp: number | null, early: boolean): VexStatement {
  const status = fields.word('status', STATUSES);
  const justification =
    fields.optionalText('justification') === null ? null : fields.word('justification', JUSTIFICATIONS);
  const impactStatement = fields.optionalText('impact_statement');
  if (status === 'not_affected' && justification === null && impactStatement === null) {
    throw fields.invalid('justification', 'there, or an impact_statement, since the status is not_affected', 'neither');
  }
  const actionStatement = fields.optionalText('action_statement');
  if (status === 'affected' && actionStatement === null) {
    throw fields.invalid('action_statement', 'there, since the status is affected', 'nothing');
  }
  checkRest(fields);
  return {
    ...readVulnerability(fields, early),
    products: fields.optionalList('products').map((item, index) => readProduct(fields, item, index, early)),
    status,
    justification,
    impactStatement,
    actionStatement,
    timestamp: fields.optionalTime('timestamp') ?? timestamp,
  };
}

/** Members that nothing is decided with, and that have to be of their type all the same. */
function checkRest(fields: Fields): void {
  fields.optionalTime('last_updated');
  fields.optionalTime('action_statement_timestamp');
  if (fields.value('version') !== undefined) {
    fields.positiveInteger('version');
  }
  for (const name of ['@id', 'supplier', 'status_notes']) {
    fields.optionalText(name);
  }
}

function readVulnerability(fields: Fields, early: boolean): Pick<VexStatement, 'vulnerability' | 'aliases'> {
  if (early && typeof fields.value('vulnerability') === 'string') {
    return { vulnerability: fields.text('vulnerability'), aliases: [] };
  }
  const vulnerability = fields.fields('vulnerability');
  for (const name of ['@id', 'description']) {
    vulnerability.optionalText(name);
  }
  return { vulnerability: vulnerability.text('name'), aliases: vulnerability.optionalTexts('aliases') };
}

function readProduct(fields: Fields, item: unknown, index: number, early: boolean): VexProduct {
  const name = `products[${index}]`;
  if (early && typeof item === 'string' && item !== '') {
    return { ...named(item), subcomponents: [] };
  }
  const product = fields.child(item, name);
  const subcomponents = product
    .optionalList('subcomponents')
    .map((part, at) =>
      early && typeof part === 'string' && part !== ''
        ? named(part)
        : readComponent(product.child(part, `subcomponents[${at}]`)),
    );
  return { ...readComponent(product), subcomponents };
}

function named(id: string): VexComponent {
  return { ids: [id], hashes: NO_HASHES, versions: null };
}

/** One without any identifier would stand for every component, so it is refused. */
function readComponent(component: Fields): VexComponent {
  const id = component.optionalText('@id');
  const identifiers = component.optionalFields('identifiers');
  const named = IDENTIFIERS.flatMap((name) => identifiers?.optionalText(name) ?? []);
  if (identifiers !== null && named.length === 0) {
    throw component.invalid('identifiers', 'a purl, a cpe22 or a cpe23', 'none of them');
  }
  const ids = [...(id === null ? [] : [id]), ...named];
  if (ids.length === 0) {
    throw component.invalid('@id', 'there, or identifiers', describe(undefined));
  }
  const hashes = [...component.textsByName('hashes')];
  return {
    ids,
    hashes: new Map(hashes.map(([algorithm, value]) => [algorithm.toLowerCase(), value.toLowerCase()])),
    versions: null,
  };
}
