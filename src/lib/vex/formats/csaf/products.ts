import { isDeepStrictEqual } from 'node:util';
import { quote } from '#base/error.ts';
import type { CsafBranch, CsafComposition, CsafProduct } from './document.ts';
import { invalidCsaf } from './invalid.ts';
import type { CsafProductMembers, CsafTreeMembers } from './members.ts';

/** Products that may be in one another: of real documents three, a package of a module of a product. */
const MAX_PARTS = 64;

type Branches = NonNullable<CsafTreeMembers['branches']>;

/**
 * Every product of the tree by its id. Throws `VEX_INVALID` for an id that two have, one that relates to what is not there,
 * and a product that is a part of itself (mandatory tests 6.1.1 to 6.1.3). The same product in several branches, as Red Hat
 * has it, is still one.
 */
export function productsOf(tree: CsafTreeMembers, object: string): ReadonlyMap<string, CsafProduct> {
  const products = new Map<string, CsafProduct>();
  const add = (
    product: CsafProductMembers,
    branches: readonly CsafBranch[],
    composed: CsafComposition | null = null,
  ): void => {
    const found = toProduct(product, branches, composed);
    const other = products.get(found.id);
    if (other === undefined) {
      products.set(found.id, found);
    } else if (!isDeepStrictEqual({ ...other, branches }, found)) {
      throw invalidCsaf(object, 'product ids that are defined once', quote(found.id, 120));
    }
  };
  const descend = (branches: Branches, above: readonly CsafBranch[]): void => {
    for (const { category, name, product, branches: below } of branches) {
      const path = [...above, { category, name }];
      if (product !== undefined) {
        add(product, path);
      }
      descend(below ?? [], path);
    }
  };
  descend(tree.branches ?? [], []);
  for (const product of tree.full_product_names ?? []) {
    add(product, []);
  }
  for (const { category, full_product_name: name, ...related } of tree.relationships ?? []) {
    const steps = [{ category, product: related.relates_to_product_reference }];
    add(name, [], { component: related.product_reference, steps });
  }
  for (const { beginning_product_reference: component, full_product_name: name, subpaths } of tree.product_paths ??
    []) {
    const steps = subpaths.map(({ category, next_product_reference: product }) => ({ category, product }));
    add(name, [], { component, steps });
  }
  checkReferences(products, object);
  return products;
}

/**
 * The products that one is made of by relationships, the innermost component first and what holds everything last; a plain
 * product alone. Throws `VEX_INVALID` where they are very many.
 */
export function partsOf(
  products: ReadonlyMap<string, CsafProduct>,
  id: string,
  object: string,
): readonly CsafProduct[] {
  const parts: CsafProduct[] = [];
  const waiting = [id];
  let seen = 0;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const product = products.get(next);
    seen += 1;
    if (product === undefined || seen > MAX_PARTS) {
      throw invalidCsaf(object, `at most ${MAX_PARTS} products in one another`, `more in ${quote(id, 120)}`);
    }
    if (product.composed === null) {
      parts.push(product);
    } else {
      waiting.push(...referencesOf(product.composed).toReversed());
    }
  }
  return parts;
}

function referencesOf({ component, steps }: CsafComposition): readonly string[] {
  return [component, ...steps.map(({ product }) => product)];
}

/** Walks each relationship once, without recursion: chains may be as long as the document. */
function checkReferences(products: ReadonlyMap<string, CsafProduct>, object: string): void {
  const done = new Set<string>();
  for (const start of products.keys()) {
    const open = new Set<string>();
    const path: { readonly id: string; readonly rest: string[] }[] = [];
    const enter = (id: string): void => {
      const product = products.get(id);
      if (product === undefined) {
        throw invalidCsaf(object, 'relationships of products that are defined', quote(id, 120));
      }
      if (open.has(id)) {
        throw invalidCsaf(object, 'no product that is a part of itself', quote(id, 120));
      }
      if (!done.has(id)) {
        open.add(id);
        path.push({ id, rest: product.composed === null ? [] : [...referencesOf(product.composed)] });
      }
    };
    enter(start);
    for (let last = path.at(-1); last !== undefined; last = path.at(-1)) {
      const next = last.rest.pop();
      if (next === undefined) {
        path.pop();
        open.delete(last.id);
        done.add(last.id);
      } else {
        enter(next);
      }
    }
  }
}

function toProduct(
  { product_id: id, name, product_identification_helper: helper }: CsafProductMembers,
  branches: readonly CsafBranch[],
  composed: CsafComposition | null,
): CsafProduct {
  const { purl, purls = [], cpe = null, hashes = [] } = helper ?? {};
  return {
    id,
    name,
    purls: purl === undefined ? purls : [purl, ...purls],
    cpe,
    hashes: hashes.flatMap(({ filename, file_hashes }) =>
      file_hashes.map(({ algorithm, value }) => ({ algorithm, value, file: filename })),
    ),
    branches,
    composed,
  };
}
