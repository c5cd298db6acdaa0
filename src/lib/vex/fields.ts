import { quote } from '#base/error.ts';
import { Fields } from '#base/json/fields.ts';
import { VexError } from './error.ts';

export { describe } from '#base/json/fields.ts';

/** The members of a VEX document; errors are `VEX_INVALID` and name the document and the path in it. */
export function vexFields(document: unknown, name: string): Fields {
  return Fields.of(
    document,
    name,
    ({ object, path, expected, found }) =>
      new VexError('VEX_INVALID', 'not of the form that its format prescribes', {
        object,
        expected: path === '' ? expected : `${quote(path, 120)} to be ${expected}`,
        found,
      }),
  );
}
