import type { Report } from '#model/report.ts';
import { contentUuid } from '../../../content-uuid.ts';
import { SPDX_LIST_VERSION } from '../../../licences/spdx-list.ts';
import { printDocument } from '../../../print-document.ts';
import type { SbomOptions } from '../../format.ts';
import { type Contents, contentsOf, incompletenessOf, OWNERSHIP_COMMENT } from '../contents.ts';
import { instantOf, LICENCE_COMMENT, NAMESPACE } from '../words.ts';
import { type Annotation, refOf, toFile, toPackage } from './package.ts';

/** SPDX 2.3 JSON (ISO/IEC 5962): the image, its operating system and packages. Says nothing of vulnerabilities. */
export function writeVersion2(report: Report, { now }: SbomOptions): string {
  const contents = contentsOf(report);
  const created = instantOf(now);
  const creator = `Tool: ${contents.tool}`;
  const annotation = (comment: string): Annotation => ({
    annotationDate: created,
    annotationType: 'OTHER',
    annotator: creator,
    comment,
  });
  const comment = incompletenessOf(contents);
  return printDocument({
    spdxVersion: 'SPDX-2.3',
    dataLicense: 'CC0-1.0',
    SPDXID: DOCUMENT,
    name: contents.image.name,
    documentNamespace: `${NAMESPACE}${contentUuid(['SPDX-2.3', contents])}`,
    creationInfo: { created, creators: [creator], licenseListVersion: SPDX_LIST_VERSION.replace(/\.\d+$/, '') },
    ...(comment === null ? {} : { comment }),
    packages: [
      ...[contents.image, ...contents.parts].map((item) => toPackage(item, annotation(item.facts))),
      ...contents.programs.map(toFile),
    ],
    hasExtractedLicensingInfos: contents.licences.map(({ id, text }) => ({
      licenseId: id,
      extractedText: text,
      name: id,
      comment: LICENCE_COMMENT,
    })),
    relationships: relationshipsOf(contents),
    annotations: [...contents.unknowns, ...contents.verdict].map(annotation),
  });
}

const DOCUMENT = 'SPDXRef-DOCUMENT';

/** SPDX 2.3 clause 11. */
interface Relationship {
  readonly spdxElementId: string;
  readonly relationshipType: 'DESCRIBES' | 'CONTAINS' | 'CONTAINED_BY' | 'DEPENDS_ON';
  readonly relatedSpdxElement: string;
  readonly comment?: string;
}

/** CONTAINS NOASSERTION is how SPDX says that there may be more ("known unknowns", clause 11.1). */
function relationshipsOf(contents: Contents): readonly Relationship[] {
  const image = refOf(contents.image.id);
  const more = incompletenessOf(contents);
  return [
    { spdxElementId: DOCUMENT, relationshipType: 'DESCRIBES', relatedSpdxElement: image },
    ...[...contents.parts, ...contents.programs].map(({ id }): Relationship => {
      return { spdxElementId: image, relationshipType: 'CONTAINS', relatedSpdxElement: refOf(id) };
    }),
    ...contents.ownerships.map(({ owned, owner }): Relationship => {
      return {
        spdxElementId: refOf(owned),
        relationshipType: 'CONTAINED_BY',
        relatedSpdxElement: refOf(owner),
        comment: OWNERSHIP_COMMENT,
      };
    }),
    ...contents.dependencies.flatMap(({ from, to }) =>
      to.map((each): Relationship => {
        return { spdxElementId: refOf(from), relationshipType: 'DEPENDS_ON', relatedSpdxElement: refOf(each) };
      }),
    ),
    ...(more === null ? [] : [known(image, more)]),
  ];
}

function known(image: string, comment: string): Relationship {
  return { spdxElementId: image, relationshipType: 'CONTAINS', relatedSpdxElement: 'NOASSERTION', comment };
}
