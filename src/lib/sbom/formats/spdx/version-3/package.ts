import { algorithmOf, hexOf } from '#base/digest.ts';
import type { Item } from '../contents.ts';
import type { Element, ElementFactory } from './element.ts';

/** A package and what SPDX has no property for. What nobody knows is left out. */
export function packageElements(item: Item, make: ElementFactory): readonly Element[] {
  const { id, name, version, purpose, digest, purl, description, sourceInfo, facts } = item;
  return [
    make.element('software_Package', id, {
      name,
      ...(version === null ? {} : { software_packageVersion: version }),
      ...(purpose === null ? {} : { software_primaryPurpose: PURPOSES[purpose] }),
      ...(purl === null ? {} : { software_packageUrl: purl }),
      ...(digest === null
        ? {}
        : { verifiedUsing: [{ type: 'Hash', algorithm: algorithmOf(digest), hashValue: hexOf(digest) }] }),
      ...(description === null ? {} : { description }),
      ...(sourceInfo === null ? {} : { software_sourceInfo: sourceInfo }),
    }),
    make.annotation(id, { subject: make.iri(id), contentType: 'application/json', statement: facts }),
  ];
}

const PURPOSES = { container: 'container', 'operating-system': 'operatingSystem' } as const;
