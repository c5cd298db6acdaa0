import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { AppError, isAppError } from '#base/error.ts';
import { parseStrictJson } from '#base/json/strict.ts';
import { FEED_LIMITS } from './index.ts';
import type { FeedMember, MemberPlace } from './member.ts';
import { MemberScanner } from './member-scanner.ts';

/** All members of a document that comes in chunks of `sizes`, over and over. */
function scan(
  document: string | Uint8Array,
  place: MemberPlace,
  sizes: readonly number[] = [],
  limits = FEED_LIMITS,
): FeedMember[] {
  const bytes = Buffer.from(document);
  const scanner = new MemberScanner('document', place, limits);
  const members: FeedMember[] = [];
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const end = at + (sizes.length === 0 ? bytes.length : (sizes[turn % sizes.length] ?? 1));
    members.push(...scanner.push(bytes.subarray(at, end)));
    at = end;
  }
  scanner.end();
  return members;
}

/** Names and parsed values. */
function parsed(members: readonly FeedMember[]): readonly (readonly [names: string, value: unknown])[] {
  return members.flatMap((member) =>
    member.kind === 'member' ? [[member.names.join('/'), parseStrictJson(member.bytes, member.name)] as const] : [],
  );
}

function refusal(document: string | Uint8Array, place: MemberPlace): AppError {
  try {
    scan(document, place);
  } catch (error) {
    assert.ok(isAppError(error), String(error));
    return error;
  }
  assert.fail(`accepted ${Buffer.from(document).toString()}`);
}

describe('the members of a document', () => {
  it('at its top', () => {
    const found = scan('{"a": {"x": "}"}, "b":[1, {"c": "\\"]"}],"c":-1.5e3 , "d":null}', []);
    assert.deepEqual(parsed(found), [
      ['a', { x: '}' }],
      ['b', [1, { c: '"]' }]],
      ['c', -1500],
      ['d', null],
    ]);
  });

  it('in a list below a name, with what stands beside it', () => {
    const found = scan('{"count": 2, "format": {"a": []}, "list": [{"id": 1}, {"id": 2}], "end": "x"}', ['list']);
    assert.deepEqual(parsed(found), [
      ['0', { id: 1 }],
      ['1', { id: 2 }],
    ]);
    assert.deepEqual(
      found.filter(({ kind }) => kind === 'beside'),
      [
        { kind: 'beside', name: 'count', value: 2 },
        { kind: 'beside', name: 'format', value: { a: [] } },
        { kind: 'beside', name: 'end', value: 'x' },
      ],
    );
  });

  it('below every name', () => {
    const found = scan('{"bash": {"CVE-1": {}, "CVE-2": {"a": 1}}, "zsh": {}, "\\u0061": {"CVE-1": []}}', [null]);
    assert.deepEqual(parsed(found), [
      ['bash/CVE-1', {}],
      ['bash/CVE-2', { a: 1 }],
      ['a/CVE-1', []],
    ]);
  });

  it('without what has no members where some were expected', () => {
    const found = scan('{"a": 1, "b": {"c": 2}, "d": "{"}', [null]);
    assert.deepEqual(
      found.map(({ kind, name }) => [kind, name]),
      [
        ['rejected', 'a'],
        ['member', 'b/c'],
        ['rejected', 'd'],
      ],
    );
  });

  it('that is larger than a record may be is rejected by name, and the others are there', () => {
    const document = `{"a": [1], "b": {"text": "${'}'.repeat(100)}"}, "c": [2]}`;
    const found = scan(document, [], [7], { ...FEED_LIMITS, recordBytes: 20 });
    assert.deepEqual(
      found.map((member) => (member.kind === 'rejected' ? member.reason : member.name)),
      ['a', 'expected at most 20 bytes, found 112', 'c'],
    );
  });

  it('beside the place that is large is passed over', () => {
    const found = scan(`{"text": "${'x'.repeat(100_000)}", "list": [1]}`, ['list'], [1000]);
    assert.deepEqual(parsed(found), [['0', 1]]);
    assert.equal(found.length, 1);
  });
});

describe('a document is refused', () => {
  const cases: readonly (readonly [what: string, document: string, place: MemberPlace, found: string])[] = [
    ['that is empty', '', [], 'the end of the document at byte 0'],
    ['that is cut off in a value', '{"a": {"b": [', [], 'the end of the document at byte 13'],
    ['that is cut off behind a value', '{"a": {}', [], 'the end of the document at byte 8'],
    ['that is cut off in a name', '{"a', [], 'the end of the document at byte 3'],
    ['that is a web page', '<html></html>', [], '"<" at byte 0'],
    ['that is a number', '12', [], '"1" at byte 0'],
    ['with a byte order mark', '\ufeff{}', [], '0xef at byte 0'],
    ['without a comma', '{"a": {} "b": {}}', [], '"\\"" at byte 9'],
    ['with a comma too many', '{"a": {},}', [], '"}" at byte 9'],
    ['without a colon', '{"a" {}}', [], '"{" at byte 5'],
    ['with a second value', '{}{}', [], '"{" at byte 2'],
    ['that closes what is not open', '{"a": []]', [], '"]" at byte 8'],
    ['without the member that holds the others', '{"b": []}', ['a'], 'none'],
    ['whose member is none that has members', '{"a": 12}', ['a'], '"1" at byte 6'],
    ['that has a member twice', '{"a": {}, "\\u0061": {}}', [], '"a" again before byte 18'],
    ['that has the place twice', '{"a": [1], "a": [2]}', ['a'], '"a" again before byte 14'],
    ['with a word that is none', '{"b": nul, "a": []}', ['a'], 'before byte 9'],
  ];
  for (const [what, document, place, found] of cases) {
    it(what, () => {
      const error = refusal(document, place);
      assert.equal(error.code, 'ADVISORY_FEED_INVALID');
      assert.match(error.message, /^document: broken document of a feed: expected /);
      assert.ok(error.found?.includes(found), error.message);
    });
  }

  it('with more records than allowed, or a name of kilobytes', () => {
    assert.throws(() => scan('[1,2,3]', [], [], { ...FEED_LIMITS, records: 2 }), { code: 'LIMIT_EXCEEDED' });
    assert.throws(() => scan('[1,2,3]', [null], [], { ...FEED_LIMITS, records: 2 }), { code: 'LIMIT_EXCEEDED' });
    assert.throws(() => scan(`{"${'a'.repeat(5000)}": 1}`, []), { code: 'LIMIT_EXCEEDED' });
  });
});

const chunks = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 });
const blanks = fc.constantFrom('', ' ', '\n\t', '\r\n');

it('members: any document, in any chunks, has the members that JSON.parse has', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.string(), fc.jsonValue()),
      fc.nat({ max: 3 }),
      chunks,
      blanks,
      (members, indent, sizes, space) => {
        const document = `${space}${JSON.stringify(members, null, indent)}${space}`;
        const again = JSON.parse(document) as Record<string, unknown>;
        assert.deepEqual(parsed(scan(document, [], sizes)), Object.entries(again));
        const deeper = `{"before": ${JSON.stringify(members)}, "place": {"in": ${document}}, "after": 1}`;
        assert.deepEqual(parsed(scan(deeper, ['place', 'in'], sizes)), Object.entries(again));
      },
    ),
    { numRuns: 300 },
  );
});

it('members: a damaged document is refused, or what is read of it is what JSON.parse reads', () => {
  const whole = Buffer.from(JSON.stringify({ n: 1, list: [{ a: 'b\\"' }, [true, null], 'x'], o: {} }));
  fc.assert(
    fc.property(fc.nat({ max: whole.length - 1 }), fc.nat({ max: 255 }), chunks, (at, byte, sizes) => {
      const bytes = Buffer.from(whole);
      bytes.writeUInt8(byte, at);
      let found: ReturnType<typeof parsed>;
      try {
        found = parsed(scan(bytes, ['list'], sizes));
      } catch (error) {
        assert.ok(error instanceof AppError, String(error));
        return;
      }
      const value = parseStrictJson(bytes, 'document') as { readonly list: Record<string, unknown> };
      assert.deepEqual(found, Object.entries(value.list));
    }),
    { numRuns: 2000 },
  );
});

it('members: a document that is cut anywhere is refused', () => {
  const whole = JSON.stringify({ list: [{ a: 'b' }, 12], o: {} });
  for (let length = 0; length < whole.length; length += 1) {
    assert.equal(refusal(whole.slice(0, length), ['list']).code, 'ADVISORY_FEED_INVALID', whole.slice(0, length));
  }
});
