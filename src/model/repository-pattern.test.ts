import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parsePattern, type RepositoryPattern, usualSpelling } from './repository-pattern.ts';

function pattern(text: string): RepositoryPattern {
  const parsed = parsePattern(text);
  assert.ok(typeof parsed !== 'string', text);
  return parsed;
}

function matches(text: string, repository: string | null): boolean {
  return pattern(text).matches(repository === null ? null : usualSpelling(repository));
}

describe('a pattern of repositories', () => {
  const cases: readonly (readonly [pattern: string, repository: string | null, matches: boolean])[] = [
    ['ghcr.io/org/app', 'ghcr.io/org/app', true],
    ['ghcr.io/org/app', 'ghcr.io/org/app2', false],
    ['ghcr.io/org/app', 'ghcr.io/org/app/sub', false],
    ['ghcr.io/org/app', 'ghcr.io/org', false],
    ['ghcr.io/org/*', 'ghcr.io/org/app', true],
    ['ghcr.io/org/*', 'ghcr.io/org/app/sub', false],
    ['ghcr.io/org/*', 'ghcr.io/org-evil/app', false],
    ['ghcr.io/*/app', 'ghcr.io/org/app', true],
    ['ghcr.io/*/app', 'ghcr.io/org/other', false],
    ['ghcr.io/org/**', 'ghcr.io/org/app', true],
    ['ghcr.io/org/**', 'ghcr.io/org/app/sub/deep', true],
    ['ghcr.io/org/**', 'ghcr.io/org', false],
    ['ghcr.io/org/**', 'ghcr.io/org-evil/app', false],
    ['ghcr.io/org/**', 'ghcr.io.evil.example/org/app', false],
    ['ghcr.io/org/**', 'evil.example/ghcr.io/org/app', false],
    ['ghcr.io/**', 'ghcr.io/a', true],
    ['**', 'any.example:5000/a/b', true],
    ['**', null, false],
    ['local', null, true],
    ['local', 'local.example/app', false],
    ['ghcr.io/**', null, false],
    ['*.example.com/**', 'a.example.com/x', true],
    ['*.example.com/**', 'a.b.example.com:5000/x/y', true],
    ['*.example.com/**', 'example.com/x', false],
    ['*.example.com/**', 'evilexample.com/x', false],
    ['registry.example:5000/app', 'registry.example:5000/app', true],
    ['registry.example:5000/app', 'registry.example/app', false],
    ['registry.example/app', 'registry.example:5000/app', false],
    ['localhost/app', 'localhost/app', true],
    ['[::1]:5000/**', '[::1]:5000/app', true],
    // One repository, however it is spelled.
    ['ghcr.io/org/**', 'GHCR.IO/org/app', true],
    ['ghcr.io/org/**', 'ghcr.io:443/org/app', true],
    ['GHCR.io/org/**', 'ghcr.io/org/app', true],
    ['ghcr.io/org/**', 'ghcr.io:0443/org/app', true],
    ['ghcr.io:05000/org/**', 'ghcr.io:5000/org/app', true],
    ['127.0.0.1:5000/**', '127.1:5000/app', true],
    ['127.0.0.1:5000/**', '0x7f.1:5000/app', true],
    ['[::1]:5000/**', '[0:0:0:0:0:0:0:1]:5000/app', true],
    ['docker.io/library/nginx', 'registry-1.docker.io:0443/library/nginx', true],
    ['**', 'ghcr.io@evil.example/app', false],
    ['**', 'ghcr.io:70000/app', false],
    ['docker.io/library/nginx', 'docker.io/library/nginx', true],
    ['docker.io/library/nginx', 'docker.io/nginx', true],
    ['docker.io/library/nginx', 'index.docker.io/library/nginx', true],
    ['docker.io/library/nginx', 'registry-1.docker.io/library/nginx', true],
    ['index.docker.io/**', 'docker.io/library/nginx', true],
  ];
  for (const [text, repository, expected] of cases) {
    it(`${text} ${expected ? 'matches' : 'does not match'} ${repository ?? 'an image without a repository'}`, () => {
      assert.equal(matches(text, repository), expected);
    });
  }

  const refused: readonly (readonly [text: string, expected: RegExp])[] = [
    ['', /registry\.example\/team\/app/],
    ['nginx', /registry\.example\/team\/app/],
    ['*', /registry\.example\/team\/app/],
    ['team/app', /a host such as registry\.example:5000/],
    ['ghcr.io', /registry\.example\/team\/app/],
    ['ghcr.io/', /segments of lower-case letters/],
    ['ghcr.io/org*', /a \* that is a whole segment/],
    ['ghcr.io/org-*/app', /a \* that is a whole segment/],
    ['ghcr.io/**/app', /\*\* only at the end/],
    ['ghcr.io/org/app:v1', /segments of lower-case letters/],
    ['ghcr.io/org/app@sha256:00', /segments of lower-case letters/],
    ['ghcr.io/Org/app', /segments of lower-case letters/],
    ['gh*.io/org/app', /a host such as/],
    ['*/org/app', /a host such as/],
    ['*.*.example.com/**', /a host such as/],
    ['docker.io/nginx', /docker\.io\/library\/nginx/],
    ['docker.io/*', /two segments/],
    [`ghcr.io/${'a'.repeat(600)}`, /registry\.example\/team\/app/],
  ];
  for (const [text, expected] of refused) {
    it(`is not ${JSON.stringify(text.slice(0, 40))}`, () => {
      const problem = parsePattern(text);
      assert.ok(typeof problem === 'string', text);
      assert.match(problem, expected);
    });
  }

  const segment = fc.stringMatching(/^[a-z0-9]{1,6}(?:[._-][a-z0-9]{1,4})?$/);
  const host = fc.stringMatching(/^[a-z]{1,6}(?:\.[a-z]{2,5}){1,2}(?::[1-9][0-9]{1,3})?$/);

  it('never matches a sibling whose name only begins or ends alike', () => {
    fc.assert(
      fc.property(
        host,
        fc.array(segment, { minLength: 1, maxLength: 3 }),
        segment,
        segment,
        (domain, path, more, app) => {
          const team = `${domain}/${path.join('/')}`;
          for (const text of [`${team}/**`, `${team}/*`, `${team}/${app}`]) {
            for (const name of [`${team}${more}/${app}`, `${team}-${more}/${app}`, `${more}${team}/${app}`]) {
              assert.equal(matches(text, name), false, `${text} and ${name}`);
            }
            assert.equal(matches(text, `${team}/${app}`), true, text);
          }
        },
      ),
    );
  });

  it('is read or refused, whatever the text', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.stringMatching(/^[a-z.*:/[\]-]{0,20}$/)),
        fc.string(),
        (text, repository) => {
          const parsed = parsePattern(text);
          if (typeof parsed !== 'string') {
            parsed.matches(usualSpelling(repository));
            assert.equal(pattern(parsed.text).text, parsed.text);
          }
        },
      ),
    );
  });
});
