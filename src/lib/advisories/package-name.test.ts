import assert from 'node:assert/strict';
import { it } from 'node:test';
import { comparedEcosystem, comparedName } from './package-name.ts';

it('names are compared as their ecosystem compares them', () => {
  for (const [ecosystem, name, expected] of [
    ['PyPI', 'Foo._-Bar', 'foo-bar'],
    ['NuGet', 'Newtonsoft.Json', 'newtonsoft.json'],
    ['Packagist', 'Symfony/HTTP-Kernel', 'symfony/http-kernel'],
    ['GitHub Actions', 'Actions/Download-Artifact', 'actions/download-artifact'],
    ['SwiftURL', 'https://github.com/Apple/swift-nio.git', 'github.com/apple/swift-nio'],
    ['SwiftURL', 'github.com/apple/swift-nio', 'github.com/apple/swift-nio'],
    ['Maven', 'org.Example:A_b', 'org.Example:A_b'],
    ['CRAN', 'Rcpp', 'Rcpp'],
    ['Hackage', 'HTTP', 'HTTP'],
    ['npm', '@a/B', '@a/B'],
    ['Go', 'github.com/A/b', 'github.com/A/b'],
    ['Debian:12', 'A', 'A'],
  ] as const) {
    assert.equal(comparedName(ecosystem, name), expected, `${ecosystem} ${name}`);
    assert.equal(comparedName(ecosystem, expected), expected, 'once is enough');
  }
});

it('a repository behind the name of an ecosystem says nothing of the package, a release does', () => {
  assert.equal(comparedEcosystem('Maven:https://maven.google.com'), 'Maven');
  assert.equal(comparedEcosystem('Packagist:https://packages.drupal.org/8'), 'Packagist');
  for (const other of ['Maven', 'Packagist', 'Alpine:v3.20', 'Ubuntu:24.04:LTS', 'MavenX:a']) {
    assert.equal(comparedEcosystem(other), other);
  }
});
