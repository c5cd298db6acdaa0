import { libraryContract } from '../../contract.ts';
import { version } from './index.ts';

libraryContract(version, {
  holds: [
    'version.compare("deb", "1.0~rc1", "1.0") == -1 && version.compare("rpm", "1.0-1", "1.0-1") == 0 && version.compare("apk", "1.0_p1", "1.0") == 1',
    'version.compare("semver", "1.0.0-rc.1", "1.0.0") == -1 && version.compare("npm", "1.10.0", "1.9.0") == 1 && version.compare("pypi", "1.0.dev1", "1.0") == -1',
    'version.isValid("semver", "1.2.3") && !version.isValid("pep440", "not a version") && version.isValid("cargo", "1.2.3")',
    '!version.isValid("deb", "1".replace("", "1111111111").replace("", "1111111111").replace("", "1111111111").replace("", "1111111111"))',
  ],
  errors: [
    ['version.compare("nope", "1", "2") == 0', /unknown version scheme: "nope"/],
    ['version.compare("pep440", "1.0", "x y") == 0', /"x y" is not a version: expected/],
    ['version.isValid("nope", "1")', /unknown version scheme/],
  ],
});
