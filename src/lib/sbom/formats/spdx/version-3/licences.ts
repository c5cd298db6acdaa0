import { digestOf, hexOf } from '#base/digest.ts';
import { licenceRefs } from '../../../licences/expression.ts';
import { SPDX_LIST_VERSION } from '../../../licences/spdx-list.ts';
import type { Contents } from '../contents.ts';
import { LICENCE_COMMENT } from '../words.ts';
import type { Element, ElementFactory } from './element.ts';

/** Every expression once, the texts of its `LicenseRef-` names, and which package declares it. */
export function licenceElements({ parts, licences }: Contents, make: ElementFactory): readonly Element[] {
  const idsByExpression = new Map<string, string>();
  const declarations = parts.flatMap(({ id, licence }) => {
    if (licence === null) {
      return [];
    }
    const expression = idsByExpression.get(licence) ?? `LicenseExpression-${hexOf(digestOf(licence)).slice(0, 16)}`;
    idsByExpression.set(licence, expression);
    return make.relationship(`licence-${id}`, {
      from: id,
      relationshipType: 'hasDeclaredLicense',
      to: [expression],
      completeness: 'noAssertion',
    });
  });
  return [
    ...licences.map(({ id, text }) =>
      make.element('simplelicensing_SimpleLicensingText', id, {
        name: id,
        comment: LICENCE_COMMENT,
        simplelicensing_licenseText: text,
      }),
    ),
    ...[...idsByExpression].map(([expression, id]) => expressionElement(id, expression, make)),
    ...declarations,
  ];
}

function expressionElement(id: string, expression: string, make: ElementFactory): Element {
  const names = new Set(licenceRefs(expression));
  return make.element('simplelicensing_LicenseExpression', id, {
    simplelicensing_licenseExpression: expression,
    simplelicensing_licenseListVersion: SPDX_LIST_VERSION,
    ...(names.size === 0
      ? {}
      : {
          simplelicensing_customIdToUri: [...names].map((name) => ({
            type: 'DictionaryEntry',
            key: name,
            value: make.iri(name),
          })),
        }),
  });
}
