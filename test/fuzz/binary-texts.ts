import assert from 'node:assert/strict';
import { CLASSIFIERS } from '#lib/packages/catalogers/binary/classifiers.ts';
import { findVersions } from '#lib/packages/catalogers/binary/find-versions.ts';
import { binary } from '#lib/packages/catalogers/binary/index.ts';
import { type FuzzTarget, invariant } from '../../tools/fuzz/target.ts';
import { goProgram } from '../fixtures/go-program.ts';

/** As compilers lay them down: texts of several programs, between NULs. */
const TEXTS: readonly string[] = [
  '\0nginx version: nginx/1.22.1\n\0node.js/v18.20.4\0X-Powered-By: PHP/8.3.0RC1\0\0OpenSSL 1.1.1w  11 Sep 2023\0',
  '\0PYTHONHASHSEED\0/opt/python/3.11.7\x003.11.7\0PERL5LIB\0v5.36.0\0\0ruby 3.1.7p261 (2025-03-26)\0',
  '\x007.0.15\x007.0.15host-1782900560000000000\0valkey9.1.22036e910ab2c-179260013845336800000000\x009.1.2\0',
  '\0HAProxy version %s %s\0 version 2.9-dev12, released 2023\0\x0011.4.2-MariaDB\0\0OpenSSH_9.2p1 Debian-2\0',
  '\0envoy.service.discovery.v3.\x001.36.2\x001.3.1\0VersionInfoInterface\x006.0.27\0tcmalloc\0/mysql-8.0.33/sql\0',
];

/** With the build information of a Go program in front, as `kubectl`; it has no main module, so that the variable counts. */
const GO_MODULES =
  'path\tk8s.io/kubernetes/cmd/kubectl\nbuild\t-ldflags="-X k8s.io/component-base/version.gitVersion=v1.20.2"\n';

/** Texts of programs, and build information of Go: whatever is found is a version that stands in the file, at most two of a program. */
export const binaryTexts: FuzzTarget = {
  id: 'binary-texts',
  seeds: () =>
    TEXTS.flatMap((text) => {
      const texts = Buffer.from(text, 'latin1');
      return [texts, Buffer.concat([goProgram({ modules: GO_MODULES }), texts])];
    }),
  maxMillis: 200,
  dictionary: CLASSIFIERS.flatMap(({ proof = '', banners = [] }) => [
    proof,
    ...banners.flatMap(({ before, after }) => [before, ...after]),
  ]).filter((text) => text !== ''),
  run: (input) => {
    const bytes = Buffer.from(input);
    for (const classifier of CLASSIFIERS) {
      const found = findVersions(bytes, classifier, 'bin/python3.11');
      invariant('a version is a number that the file has', () => {
        for (const version of found) {
          assert.match(version, /^[0-9]+(\.[0-9]+)*([-_]?[A-Za-z]*[0-9]*)$/);
          assert.ok(bytes.includes(version, 0, 'latin1'), version);
        }
      });
    }
    // Texts alone are never refused; a program of Go that is damaged is.
    const { packages = [] } = binary.read({ path: 'usr/bin/kubectl', bytes });
    invariant('a version that the build information has', () => {
      for (const { version } of packages) {
        assert.ok(bytes.includes(version, 0, 'latin1'), version);
      }
    });
  },
};
