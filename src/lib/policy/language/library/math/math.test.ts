import { libraryContract } from '../contract.ts';
import { math } from './index.ts';

libraryContract(math, {
  holds: [
    'math.greatest(1) == 1 && math.greatest(1u) == 1u && math.greatest(1.5) == 1.5',
    'math.greatest(1, 2) == 2 && math.greatest(1, 2u) == 2 && math.greatest(1, 2.5) == 2.5',
    'math.greatest(3u, 2) == 3 && math.greatest(1u, 2u) == 2u && math.greatest(1u, 0.5) == 1',
    'math.greatest(2.5, 1) == 2.5 && math.greatest(2.5, 3u) == 3 && math.greatest(-1.0, -2.0) == -1.0',
    'math.greatest([1, 3, 2]) == 3 && math.greatest([1u, 3u]) == 3u && math.greatest([-42.0, -21.5]) == -21.5',
    'math.least(1) == 1 && math.least(1u) == 1u && math.least(1.5) == 1.5',
    'math.least(1, 2) == 1 && math.least(1, 2u) == 1 && math.least(1, 2.5) == 1',
    'math.least(3u, 2) == 2 && math.least(1u, 2u) == 1u && math.least(1u, 0.5) == 0.5',
    'math.least(2.5, 1) == 1 && math.least(2.5, 3u) == 2.5 && math.least(-1.0, -2.0) == -2.0',
    'math.least([1, 3, 2]) == 1 && math.least([1u, 3u]) == 1u && math.least([-42.0, -21.5]) == -42.0',
    'math.ceil(1.2) == 2.0 && math.floor(-1.2) == -2.0 && math.trunc(-1.9) == -1.0',
    'math.round(1.5) == 2.0 && math.round(-1.5) == -2.0 && math.round(0.49999999999999994) == 0.0',
    'math.isNaN(0.0 / 0.0) && !math.isNaN(1.0) && math.isInf(-1.0 / 0.0) && math.isFinite(1.0)',
    'math.abs(-11) == 11 && math.abs(1u) == 1u && math.abs(-1.5) == 1.5',
    'math.sign(-11) == -1 && math.sign(0) == 0 && math.sign(9u) == 1u && math.sign(-0.5) == -1.0',
    'math.sqrt(49) == 7.0 && math.sqrt(4u) == 2.0 && math.isNaN(math.sqrt(-1.0))',
    'math.bitAnd(1, -1) == 1 && math.bitAnd(3u, 2u) == 2u && math.bitOr(4, -2) == -2 && math.bitOr(1u, 4u) == 5u',
    'math.bitXor(4, -2) == -6 && math.bitXor(1u, 3u) == 2u && math.bitNot(1) == -2 && math.bitNot(0u) == 18446744073709551615u',
    'math.bitShiftLeft(1, 63) == -9223372036854775808 && math.bitShiftLeft(1u, 200) == 0u',
    'math.bitShiftRight(-1024, 3) == 2305843009213693824 && math.bitShiftRight(1024u, 2) == 256u',
  ],
  errors: [
    ['math.abs(-9223372036854775808) == 0', /overflow/],
    ['math.bitShiftLeft(1, -1) == 0', /negative offset/],
    ['math.bitShiftRight(1u, -1) == 0u', /negative offset/],
    ['math.greatest([1].filter(x, x > 1)) == 1', /must not be empty/],
    ['math.greatest(dyn("a")) == 1', /no such overload/],
  ],
});
