import { libraryContract } from '../../contract.ts';
import { quantity } from './index.ts';

libraryContract(quantity, {
  holds: [
    'quantity("200M") == quantity("0.2G") && quantity("1Ki") == quantity("1024") && quantity("1e3") == quantity("1k") && quantity("1E") == quantity("1e18")',
    'quantity(".5") == quantity("500m") && quantity("5.") == quantity("5") && quantity("+1") == quantity("1") && quantity("-1u") == quantity("-1000n") && quantity("1E-3") == quantity("1m")',
    'quantity("0.1n") == quantity("1n") && quantity("-0.1n") == quantity("-1n") && quantity("0.0n") == quantity("0")',
    '["1.3G", "1.3Gi", "10000k", "1e-3", "1Ei", "0"].all(x, isQuantity(x))',
    '["1,3G", "200K", "Three", "Mi", "", ".", "1.2.3", "--1", "1e", "1 G", "1e65", "1e9999", "1kk", "1MI", "1".replace("1", "11111111111111111111111111111111111111111111111111111111111111111")]' +
      '.all(x, !isQuantity(x))',
    'quantity("-5").sign() == -1 && quantity("0").sign() == 0 && sign(quantity("1n")) == 1',
    'quantity("50000000G").isInteger() && !quantity("9999999999999999999999999999999999999G").isInteger() && !quantity("1.5").isInteger() && quantity("1.5k").isInteger()',
    'quantity("50k").asInteger() == 50000 && quantity("-9223372036854775808").asInteger() == -9223372036854775808',
    'quantity("1.5").asApproximateFloat() == 1.5 && quantity("50k").sub(20000).asApproximateFloat() == 30000.0',
    'quantity("50k").add(quantity("20k")) == quantity("70k") && quantity("50k").add(20) == quantity("50020")',
    'quantity("50k").sub(quantity("20k")) == quantity("30k") && quantity("50k").sub(20000) == quantity("30k")',
    'quantity("0.1").add(quantity("0.2")) == quantity("0.3")',
    'quantity("150Mi").isGreaterThan(quantity("100Mi")) && !quantity("50Mi").isGreaterThan(quantity("50Mi"))',
    'quantity("50M").isLessThan(quantity("50Mi")) && !quantity("1").isLessThan(quantity("1000m"))',
    'quantity("200M").compareTo(quantity("0.2G")) == 0 && quantity("50M").compareTo(quantity("50Mi")) == -1 && quantity("50Mi").compareTo(quantity("50M")) == 1',
    '"%s %s".format([quantity("-1.5k"), quantity("10m")]) == "-1500 0.01"',
  ],
  errors: [
    ['quantity("200K").sign()', /not a quantity: "200K"/],
    ['quantity("1.5").asInteger()', /cannot convert value to integer/],
    ['quantity("9223372036854775808").asInteger()', /cannot convert value to integer/],
  ],
});
