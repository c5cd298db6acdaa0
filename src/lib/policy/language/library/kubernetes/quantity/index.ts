import { CelError } from '../../../error.ts';
import type { Library } from '../../../library.ts';
import { BOOL, DOUBLE, INT, STRING } from '../../../type.ts';
import type { CelValue } from '../../../value.ts';
import { readText } from '../../charges.ts';
import { fn, globalCall, memberCall, toInt, toOpaque } from '../../declare.ts';
import { parseQuantity, parseQuantityOrNull, QUANTITY, Quantity } from './quantity.ts';

export const quantity: Library = {
  name: 'kubernetes.quantity',
  description: 'Amounts with the suffixes of Kubernetes: `1.5Gi`, `200m`, `1e3`. Exact to a billionth.',
  functions: [
    fn(
      'quantity',
      'The amount that a text stands for.',
      globalCall('string_to_quantity', [STRING], QUANTITY, ([text], meter) => parseQuantity(readText(text, meter))),
    ),
    fn(
      'isQuantity',
      'Whether the text is an amount.',
      globalCall(
        'is_quantity_string',
        [STRING],
        BOOL,
        ([text], meter) => parseQuantityOrNull(readText(text, meter)) !== null,
      ),
    ),
    fn(
      'sign',
      '-1, 0 or 1.',
      memberCall('quantity_sign', [QUANTITY], INT, ([value]) => BigInt(of(value).compareTo(new Quantity(0n)))),
      globalCall('quantity_sign_global', [QUANTITY], INT, ([value]) => BigInt(of(value).compareTo(new Quantity(0n)))),
    ),
    fn(
      'isInteger',
      'Whether it is a whole number that goes into an int.',
      memberCall('quantity_is_integer', [QUANTITY], BOOL, ([value]) => of(value).toInt() !== null),
    ),
    fn(
      'asInteger',
      'As an int; an error where it is none.',
      memberCall('quantity_get_int', [QUANTITY], INT, ([value]) => {
        const int = of(value).toInt();
        if (int === null) {
          throw new CelError('cannot convert value to integer');
        }
        return int;
      }),
    ),
    fn(
      'asApproximateFloat',
      'As the nearest double, or one beside it.',
      memberCall('quantity_get_float', [QUANTITY], DOUBLE, ([value]) => of(value).toDouble()),
    ),
    fn(
      'add',
      'Both together.',
      memberCall('quantity_add', [QUANTITY, QUANTITY], QUANTITY, ([one, other]) => of(one).plus(of(other))),
      memberCall('quantity_add_int', [QUANTITY, INT], QUANTITY, ([one, other]) =>
        of(one).plus(Quantity.ofInt(toInt(other))),
      ),
    ),
    fn(
      'sub',
      'The first without the other.',
      memberCall('quantity_sub', [QUANTITY, QUANTITY], QUANTITY, ([one, other]) => of(one).minus(of(other))),
      memberCall('quantity_sub_int', [QUANTITY, INT], QUANTITY, ([one, other]) =>
        of(one).minus(Quantity.ofInt(toInt(other))),
      ),
    ),
    fn(
      'isGreaterThan',
      'Whether it is more than the other.',
      memberCall(
        'quantity_is_greater_than',
        [QUANTITY, QUANTITY],
        BOOL,
        ([one, other]) => of(one).compareTo(of(other)) > 0,
      ),
    ),
    fn(
      'isLessThan',
      'Whether it is less than the other.',
      memberCall(
        'quantity_is_less_than',
        [QUANTITY, QUANTITY],
        BOOL,
        ([one, other]) => of(one).compareTo(of(other)) < 0,
      ),
    ),
    fn(
      'compareTo',
      '-1 where it is less than the other, 1 where it is more, else 0.',
      memberCall('quantity_compare_to', [QUANTITY, QUANTITY], INT, ([one, other]) =>
        BigInt(of(one).compareTo(of(other))),
      ),
    ),
  ],
};

function of(value: CelValue | undefined): Quantity {
  return toOpaque(value, Quantity);
}
