import { libraryContract } from '../contract.ts';
import { optional } from './index.ts';

libraryContract(optional, {
  holds: [
    'optional.of(1).value() == 1 && optional.of(null).hasValue() && !optional.none().hasValue()',
    '[null, false, 0, 0u, 0.0, "", b"", [], {}, duration("0s"), optional.none()].all(x, !optional.ofNonZeroValue(x).hasValue())',
    '[true, 1, "a", [0], {"": 0}, duration("1s"), timestamp(0), severity.none].all(x, optional.ofNonZeroValue(x).hasValue())',
    'optional.unwrap([optional.of(1), optional.none(), optional.of(2)]) == [1, 2]',
    '[optional.none(), optional.of("a")].unwrapOpt() == ["a"]',
    'optional.none().or(optional.of(1)).value() == 1 && optional.of(1).or(optional.of(2)).value() == 1',
    'optional.none().orValue(1) == 1 && optional.of(2).orValue(1) == 2',
  ],
  inLanguage: ['optional_or_optional', 'optional_orValue_value'],
  errors: [['optional.none().value() == 1', /optional\.none\(\) dereference/]],
});
