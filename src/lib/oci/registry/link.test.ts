import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { nextLink } from './link.ts';

test('the next page is found among the links of a header', () => {
  for (const [header, expected] of [
    ['</v2/a?n=1>; rel="next"', '/v2/a?n=1'],
    ['</a>;rel=next', '/a'],
    ['</a>; REL=Next', '/a'],
    ['</a>; rel="prev next"', '/a'],
    ['</a>; rel="prev", </b>; title="a \\" , b"; rel="next"', '/b'],
    ['</a,b>; rel="next"', '/a,b'],
    ['</a>; rel="first"', 'none'],
    ['</a>; title="rel=next"', 'none'],
    ['</a>', 'none'],
    ['', 'none'],
    ['/a; rel="next"', 'invalid'],
    ['</a; rel="next"', 'invalid'],
    ['</a>; rel="next', 'invalid'],
    ['</a>; rel="first", x', 'invalid'],
  ] as const) {
    const link = nextLink(header);
    assert.equal(link.kind === 'next' ? link.target : link.kind, expected, header);
  }
});

test('any text is a link, none or invalid, and takes no longer than it is', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('<', '>', ',', ';', '"', '\\', '=', ' ', 'rel', 'next', 'a') }),
      (text) => {
        const link = nextLink(text);
        assert.ok(link.kind !== 'next' || text.includes(`<${link.target}>`));
      },
    ),
  );
  assert.equal(nextLink('<a>,'.repeat(8000)).kind, 'none');
});
