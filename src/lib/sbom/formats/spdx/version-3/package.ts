import { algorithmOf, hexOf } from '#base/digest.ts';
import { writableHashes } from '../../../hash-names.ts';
import type { Item, ProgramItem } from '../contents.ts';
import type { Element, ElementFactory } from './element.ts';

/** A package and what SPDX has no property for. What nobody knows is left out. */
export function packageElements(item: Item, make: ElementFactory): readonly Element[] {
  const { id, name, version, purpose, purl, description, sourceInfo, facts } = item;
  const verifiedUsing = hashesOf(item);
  return [
    make.element('software_Package', id, {
      name,
      ...(version === null ? {} : { software_packageVersion: version }),
      ...(purpose === null ? {} : { software_primaryPurpose: PURPOSES[purpose] }),
      ...(purl === null ? {} : { software_packageUrl: purl }),
      ...(verifiedUsing.length === 0 ? {} : { verifiedUsing }),
      ...(description === null ? {} : { description }),
      ...(sourceInfo === null ? {} : { software_sourceInfo: sourceInfo }),
    }),
    make.annotation(id, { subject: make.iri(id), contentType: 'application/json', statement: facts }),
  ];
}

export function fileElement({ id, path, digest }: ProgramItem, make: ElementFactory): Element {
  return make.element('software_File', id, {
    name: path,
    verifiedUsing: [{ type: 'Hash', algorithm: algorithmOf(digest), hashValue: hexOf(digest) }],
  });
}

interface Hash {
  readonly type: 'Hash';
  readonly algorithm: string;
  readonly hashValue: string;
}

function hashesOf({ digest, hashes }: Item): readonly Hash[] {
  const own = digest === null ? [] : [{ name: algorithmOf(digest), value: hexOf(digest) }];
  return [...own, ...writableHashes(hashes, 'spdx3')].map(({ name, value }) => ({
    type: 'Hash',
    algorithm: name,
    hashValue: value,
  }));
}

const PURPOSES = { container: 'container', 'operating-system': 'operatingSystem' } as const;
