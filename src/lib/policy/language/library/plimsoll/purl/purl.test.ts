import { libraryContract } from '../../contract.ts';
import { purl } from './index.ts';

const PURL = 'purl("pkg:deb/debian/curl@7.88.1?arch=amd64&distro=debian-12#usr/share")';

libraryContract(purl, {
  holds: [
    'purl("pkg:NPM/%40Acme/Left-pad@1") == purl("pkg:npm/%40Acme/Left-pad@1") && purl("pkg:npm/a") != purl("pkg:npm/b")',
    `${PURL}.type() == "deb" && ${PURL}.namespace() == "debian" && ${PURL}.name() == "curl" && ${PURL}.version() == "7.88.1"`,
    `${PURL}.qualifier("arch") == "amd64" && ${PURL}.qualifier("nope") == "" && ${PURL}.subpath() == "usr/share"`,
    'purl("pkg:npm/a").namespace() == "" && purl("pkg:npm/a").version() == "" && purl("pkg:npm/a").subpath() == ""',
    `${PURL}.matches("pkg:deb/debian/curl") && ${PURL}.matches("pkg:deb/debian/curl@7.88.1?arch=amd64") && ${PURL}.matches("pkg:deb/debian/*")`,
    `["pkg:deb/debian/curl@7.88.2", "pkg:deb/debian/cur", "pkg:deb/debian/curl2", "pkg:deb/ubuntu/curl", "pkg:deb/curl", "pkg:rpm/debian/curl", "pkg:deb/debian/curl?arch=arm64", ` +
      `"pkg:deb/debian/curl?epoch=1", "pkg:deb/debian/curl#usr", "pkg:deb/*", "pkg:deb/debian/cur*"].all(x, !${PURL}.matches(x))`,
    'purl("pkg:npm/%40acme/x@2").matches(purl("pkg:npm/%40acme/*")) && !purl("pkg:npm/acme-x").matches(purl("pkg:npm/%40acme/*"))',
    'string(purl("pkg:PyPI/Django_x@1.0")) == "pkg:pypi/django-x@1.0"',
  ],
  errors: [
    ['purl("npm/a").name()', /not a package URL/],
    ['purl("pkg:npm/a").matches("x")', /not a package URL/],
    [
      'purl("pkg:npm/" + "aaaaaaaaaa".replace("a", "aaaaaaaaaaaaaaaaaaaa").replace("a", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")).name()',
      /characters/,
    ],
  ],
});
