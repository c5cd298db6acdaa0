import type { Report } from '#model/report.ts';
import { contentUuid } from '../../../content-uuid.ts';
import { printDocument } from '../../../print-document.ts';
import type { SbomOptions } from '../../format.ts';
import { type Contents, contentsOf, incompletenessOf, OWNERSHIP_COMMENT } from '../contents.ts';
import { instantOf, NAMESPACE } from '../words.ts';
import { type Element, ElementFactory } from './element.ts';
import { licenceElements } from './licences.ts';
import { fileElement, packageElements } from './package.ts';

/** SPDX 3.0.1 in its JSON-LD form, with the profiles core, software and simple licensing; holds what SPDX 2.3 does. */
export function writeVersion3(report: Report, { now }: SbomOptions): string {
  const contents = contentsOf(report);
  const namespace = `${NAMESPACE}${contentUuid(['SPDX-3.0', contents])}`;
  const make = new ElementFactory(namespace);
  const agent = make.element('SoftwareAgent', 'Agent', { name: contents.tool });
  const tool = make.element('Tool', 'Tool', { name: contents.tool });
  const inside = [
    ...[contents.image, ...contents.parts].flatMap((item) => packageElements(item, make)),
    ...contents.programs.map((program) => fileElement(program, make)),
    ...licenceElements(contents, make),
    containment(contents, make),
    ...ownerships(contents, make),
    ...dependencies(contents, make),
  ];
  const sbom = make.element('software_Sbom', 'Sbom', {
    profileConformance: PROFILES,
    software_sbomType: ['analyzed'],
    rootElement: [make.iri(contents.image.id)],
    element: inside.map(({ spdxId }) => spdxId),
  });
  const unknowns = contents.unknowns.map((statement, index) =>
    make.annotation(`unknown-${index + 1}`, { subject: sbom.spdxId, contentType: 'text/plain', statement }),
  );
  const verdict = contents.verdict.map((statement) =>
    make.annotation('verdict', { subject: sbom.spdxId, contentType: 'text/plain', statement }),
  );
  const elements = [agent, tool, sbom, ...inside, ...unknowns, ...verdict];
  const comment = incompletenessOf(contents);
  const document = make.element('SpdxDocument', 'Document', {
    name: contents.image.name,
    ...(comment === null ? {} : { comment }),
    dataLicense: 'https://spdx.org/licenses/CC0-1.0',
    profileConformance: PROFILES,
    rootElement: [sbom.spdxId],
    element: elements.map(({ spdxId }) => spdxId),
  });
  const creation = make.creationInfo({
    specVersion: '3.0.1',
    created: instantOf(now),
    createdBy: [agent.spdxId],
    createdUsing: [tool.spdxId],
  });
  return printDocument({
    '@context': 'https://spdx.org/rdf/3.0.1/spdx-context.jsonld',
    '@graph': [creation, document, ...elements],
  });
}

const PROFILES = ['core', 'software', 'simpleLicensing'] as const;

/** One relationship says what is in the image, and whether that is known not to be all. */
function containment({ image, parts, programs, unknowns }: Contents, make: ElementFactory): Element {
  return make.relationship('contains', {
    from: image.id,
    relationshipType: 'contains',
    to: [...parts, ...programs].map(({ id }) => id),
    completeness: unknowns.length > 0 ? 'incomplete' : 'noAssertion',
  });
}

function ownerships({ ownerships: all }: Contents, make: ElementFactory): readonly Element[] {
  return [...Map.groupBy(all, ({ owner }) => owner)].map(([owner, owned]) =>
    make.relationship(`owns-${owner}`, {
      from: owner,
      relationshipType: 'contains',
      to: owned.map((each) => each.owned),
      completeness: 'noAssertion',
      comment: OWNERSHIP_COMMENT,
    }),
  );
}

function dependencies({ dependencies: all }: Contents, make: ElementFactory): readonly Element[] {
  return all.map(({ from, to }) =>
    make.relationship(`needs-${from}`, { from, relationshipType: 'dependsOn', to, completeness: 'noAssertion' }),
  );
}
