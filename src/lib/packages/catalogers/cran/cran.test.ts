import assert from 'node:assert/strict';
import { test } from 'node:test';
import { catalogerContract } from '../contract.ts';
import { cran } from './index.ts';

const PATH = 'usr/local/lib/R/site-library/Sample/DESCRIPTION';
const EXAMPLE = `Package: Sample
Priority: optional
Version: 7.3-58.2
Depends: R (>= 3.3.0), grDevices, stats (>= 4.0)
Imports: methods,
  Rcpp (>= 1.0.0), Sample
LinkingTo: Rcpp
Suggests: lattice
Authors@R: c(person("A", "B", role = c("aut", "cre"),
                    email = "a@example.org"),
\t     person("C", "D", role = "ctb"))
Description: Describes. Built: not at all
License: GPL-2 | GPL-3
NeedsCompilation: yes
Built: R 4.2.2; x86_64-pc-linux-gnu; 2023-01-23 07:09:09 UTC; unix
`;
const RECORD = {
  type: 'cran',
  name: 'Sample',
  version: '7.3-58.2',
  requires: ['grDevices', 'stats', 'methods', 'Rcpp'],
  licenses: ['GPL-2 | GPL-3'],
};

catalogerContract(cran, { example: { path: PATH, bytes: Buffer.from(EXAMPLE) } });

function read(text: string): ReturnType<typeof cran.read> {
  return cran.read({ path: PATH, bytes: Buffer.from(text) });
}

test('a description is wanted in any library', () => {
  const paths: readonly (readonly [string, boolean])[] = [
    [PATH, true],
    ['opt/R/4.4.1/lib/R/library/base/DESCRIPTION', true],
    ['usr/share/doc/tool/DESCRIPTION.gz', false],
    ['DESCRIPTION', false],
  ];
  for (const [path, wanted] of paths) {
    assert.equal(cran.wants({ path, mode: 0o644, size: 1 }), wanted, path);
  }
});

test('a package that R installed', () => {
  assert.deepEqual(read(EXAMPLE), { packages: [RECORD] });
  assert.deepEqual(read(EXAMPLE.replaceAll('\n', '\r\n')), { packages: [RECORD] });
  assert.deepEqual(read(EXAMPLE.replace('License: GPL-2 | GPL-3\n', '')), { packages: [{ ...RECORD, licenses: [] }] });
});

test('what R did not install is none: a source, and any other text', () => {
  for (const text of ['', 'A tool that describes.\n', EXAMPLE.replace(/^Built: .*\n/m, ''), `\n\nx\n\n${EXAMPLE}`]) {
    assert.deepEqual(read(text), {}, text.slice(0, 30));
  }
});

test('an installed package without a name or version that R takes is an unknown', () => {
  const texts = [
    EXAMPLE.replace('Package: Sample', 'Package: '),
    EXAMPLE.replace('Package: Sample', 'Package: ../x'),
    EXAMPLE.replace('Version: 7.3-58.2\n', ''),
    EXAMPLE.replace('7.3-58.2', 'latest'),
    'Built: 1',
  ];
  for (const text of texts) {
    assert.deepEqual(read(text), {
      unknowns: ['expected the name and the version of an R package, found none that R would install'],
    });
  }
});
