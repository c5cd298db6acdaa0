import { quote } from '#base/error.ts';
import { type FieldFault, Fields as JsonFields } from '#base/json/fields.ts';
import type { TrustCode } from '../error.ts';
import { TrustError } from '../error.ts';
import type { Resource } from './predicates/predicate.ts';

export { describe } from '#base/json/fields.ts';

export type Fields = JsonFields;

/** Members whose errors are of this library: with the code given, and the path. */
export const Fields = {
  of: (value: unknown, object: string, code: TrustCode, path = ''): Fields =>
    JsonFields.of(value, object, faultOf(code), path),
};

/** The resource descriptor (in-toto/attestation spec/v1/resource_descriptor.md) that an object is. */
export function resourceOf(fields: Fields): Resource {
  return { name: fields.optionalText('name'), uri: fields.optionalText('uri'), digest: fields.textsByName('digest') };
}

function faultOf(code: TrustCode): FieldFault {
  const problem = code === 'PREDICATE_INVALID' ? 'predicate without the form of its type' : 'not of the right form';
  return ({ object, path, expected, found }) =>
    new TrustError(code, problem, {
      object,
      expected: path === '' ? expected : `${quote(path, 120)} to be ${expected}`,
      found,
    });
}
