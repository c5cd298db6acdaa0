import { libraryContract } from '../../contract.ts';
import { semver } from './index.ts';

const CHAIN =
  '["1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0", "1.0.1", "1.10.0", "2.0.0"]';

libraryContract(semver, {
  holds: [
    '["1.0.0", "0.1.0-alpha.1", "1.0.0-0", "1.0.0--", "1.0.0-0a+01.x", "9223372036854775807.0.0"].all(x, isSemver(x))',
    '["hello", "v1.0", "1.0", "200K", "01.0.0", "1.0.0-01", "1.0.0-", "1.0.0+", "1.0.0-a..b", "1.0.0.0", "9223372036854775808.0.0", " 1.0.0", "1.0.0-é"].all(x, !isSemver(x))',
    'isSemver("v1.0", true) && isSemver("01.01.01-rc", true) && !isSemver("1.0-rc", true) && !isSemver("vv1", true) && !isSemver("1.0", false)',
    'semver("v1.0.0", true) == semver("1.0.0") && semver("1.0", true) == semver("1.0.0") && semver("01.01.01", true) == semver("1.1.1") && semver("v3", true).major() == 3',
    'semver("1.2.3").major() == 1 && semver("1.2.3").minor() == 2 && semver("1.2.3").patch() == 3',
    'semver("1.2.3").compareTo(semver("1.2.3+build")) == 0 && semver("1.2.3") == semver("1.2.3+build")',
    `lists.range(10).all(i, cel.bind(v, ${CHAIN}, semver(v[i]).compareTo(semver(v[i + 1])) == -1 && semver(v[i + 1]).compareTo(semver(v[i])) == 1))`,
    'semver("1.10.0").isGreaterThan(semver("1.9.0")) && !semver("1.0.0-rc").isGreaterThan(semver("1.0.0"))',
    'semver("1.0.0-rc").isLessThan(semver("1.0.0")) && !semver("1.0.0").isLessThan(semver("1.0.0"))',
  ],
  errors: [
    ['semver("Three").major()', /not a semantic version: "Three"/],
    ['semver("1.0-rc", true).major()', /not a semantic version/],
  ],
});
