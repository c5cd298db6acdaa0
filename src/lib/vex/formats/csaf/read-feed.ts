import { quote } from '#base/error.ts';
import type { CsafDocument } from './document.ts';
import { invalidCsaf, schemaError } from './invalid.ts';
import { CsafMembers } from './members.ts';
import { productsOf } from './products.ts';
import { type CsafNames, defined, timeOf, toReference, toVulnerability } from './vulnerability.ts';

/**
 * A document of a publisher's own feed, where one that is written otherwise than the schema has it would be missed: only what
 * is read has to be as it should. Throws `VEX_INVALID` for what is not, ids that nothing has or two have, products that are parts
 * of themselves or in statuses that contradict each other. `object` is what messages call it.
 */
export function readCsafOfFeed(value: unknown, object: string): CsafDocument {
  const parsed = CsafMembers.safeParse(value);
  if (!parsed.success) {
    throw schemaError(object, parsed.error.issues[0]);
  }
  const { document, product_tree: tree = {}, vulnerabilities = [] } = parsed.data;
  const { tracking } = document;
  const products = productsOf(tree, object);
  const names: CsafNames = { object, products, groups: groupsOf(tree.product_groups ?? [], { object, products }) };
  return {
    csafVersion: document.csaf_version,
    id: tracking.id,
    category: document.category,
    title: document.title,
    publisher: document.publisher,
    version: tracking.version,
    status: tracking.status,
    initialRelease: timeOf(tracking.initial_release_date, object),
    currentRelease: timeOf(tracking.current_release_date, object),
    aggregateSeverity: document.aggregate_severity?.text ?? null,
    references: (document.references ?? []).map(toReference),
    products,
    vulnerabilities: vulnerabilities.map((said) => toVulnerability(said, names)),
  };
}

function groupsOf(
  groups: readonly { readonly group_id: string; readonly product_ids: readonly string[] }[],
  names: Pick<CsafNames, 'object' | 'products'>,
): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  for (const { group_id: id, product_ids: ids } of groups) {
    if (found.has(id)) {
      throw invalidCsaf(names.object, 'groups that are defined once', quote(id, 120));
    }
    found.set(id, defined(ids, names));
  }
  return found;
}
