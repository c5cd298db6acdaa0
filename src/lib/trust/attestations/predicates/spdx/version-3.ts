import { quote } from '#base/error.ts';
import type { Fields } from '../../fields.ts';
import type { SbomPredicate } from '../predicate.ts';

/**
 * The head of an SPDX 3 document in its JSON-LD form: the one SpdxDocument of the graph, its creation information, and
 * how many packages there are. Throws `PREDICATE_INVALID`.
 */
export function readVersion3Head(fields: Fields): SbomPredicate {
  const elements = fields.optionalItems('@graph');
  const documents = elements.filter((element) => element.value('type') === 'SpdxDocument');
  const [document] = documents;
  if (document === undefined || documents.length > 1) {
    throw fields.invalid('@graph', 'one SpdxDocument among its elements', `${documents.length} of them`);
  }
  const creation = creationOf(document, elements);
  const specVersion = creation.text('specVersion');
  if (!specVersion.startsWith('3.')) {
    throw creation.invalid('specVersion', '3.x', quote(specVersion));
  }
  return {
    kind: 'sbom',
    format: 'spdx',
    specVersion,
    created: creation.time('created'),
    name: document.optionalText('name'),
    components: elements.filter((element) => element.value('type') === 'software_Package').length,
  };
}

/** Inside the document, or an element of its own that the document names. */
function creationOf(document: Fields, elements: readonly Fields[]): Fields {
  const reference = document.value('creationInfo');
  if (typeof reference !== 'string') {
    return document.fields('creationInfo');
  }
  const found = elements.find(
    (element) => element.value('type') === 'CreationInfo' && element.value('@id') === reference,
  );
  if (found === undefined) {
    throw document.invalid('creationInfo', 'the @id of a CreationInfo in the graph', quote(reference));
  }
  return found;
}
