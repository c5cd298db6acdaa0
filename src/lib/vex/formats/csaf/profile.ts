import { quote } from '#base/error.ts';
import type { CsafDocument, CsafVulnerability } from './document.ts';
import { invalidCsaf } from './invalid.ts';

/**
 * Mandatory tests 6.1.29 and 6.1.32: a justification, or what is to be done, for no product in particular could be for any.
 */
export function refuseAimless(document: CsafDocument, object: string): void {
  for (const { flags, remediations } of document.vulnerabilities) {
    if (flags.some(({ products }) => products.length === 0)) {
      throw invalidCsaf(object, 'the products that a flag is about', 'none');
    }
    if (remediations.some(({ products }) => products.length === 0)) {
      throw invalidCsaf(object, 'the products that a remediation is about', 'none');
    }
  }
}

/**
 * What the profile `csaf_vex` promises, and a decision rests on (mandatory tests 6.1.27.4 and 6.1.27.7 to 6.1.27.9): products, a
 * name for each vulnerability, a status, and for each product that is not affected the reason.
 */
export function refuseIncompleteProfile(document: CsafDocument, object: string): void {
  if (document.category !== 'csaf_vex') {
    return;
  }
  if (document.products.size === 0 || document.vulnerabilities.length === 0) {
    throw invalidCsaf(object, 'products and vulnerabilities in a csaf_vex', 'none');
  }
  for (const vulnerability of document.vulnerabilities) {
    refuseIncomplete(vulnerability, object);
  }
}

function refuseIncomplete({ cve, ids, productStatus, flags, threats }: CsafVulnerability, object: string): void {
  const [name = null] = cve === null ? ids : [cve];
  if (name === null) {
    throw invalidCsaf(object, 'a cve or an id of each vulnerability in a csaf_vex', 'none');
  }
  const said = [
    productStatus.fixed,
    productStatus.known_affected,
    productStatus.known_not_affected,
    productStatus.under_investigation,
  ];
  if (said.every((products) => products === undefined)) {
    throw invalidCsaf(object, 'a status of products in a csaf_vex', `none for ${quote(name, 80)}`);
  }
  const impacts = threats.filter(({ category }) => category === 'impact');
  const explained = new Set([...flags, ...impacts].flatMap(({ products }) => products));
  const bare = productStatus.known_not_affected?.find((id) => !explained.has(id));
  if (bare !== undefined) {
    const found = `none for ${quote(bare, 120)} and ${quote(name, 80)}`;
    throw invalidCsaf(object, 'a flag or an impact that says why a product is not affected', found);
  }
}
