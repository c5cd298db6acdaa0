import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { AppError } from '#base/error.ts';
import { LIMITS } from '#base/limits.ts';
import { assertStatementPayloadType, isStatementPayloadType, parseStatement, type Statement } from './statement.ts';

const HEX = 'ab'.repeat(32);
const STATEMENT = {
  _type: 'https://in-toto.io/Statement/v1',
  subject: [{ name: 'a', uri: 'https://example.com/a', digest: { sha256: HEX, gitCommit: 'c0ffee' } }],
  predicateType: 'https://example.com/review/v1',
  predicate: { approved: true },
};

function parse(value: unknown): Statement {
  return parseStatement(Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)), 'statement');
}

function subjectWith(digest: unknown): object {
  return { ...STATEMENT, subject: [{ digest }] };
}

test('a statement of either version is read', () => {
  for (const [type, version] of [
    ['https://in-toto.io/Statement/v1', 'v1'],
    ['https://in-toto.io/Statement/v0.1', 'v0.1'],
  ]) {
    assert.deepEqual(parse({ ...STATEMENT, _type: type }), {
      version,
      subjects: [
        {
          name: 'a',
          uri: 'https://example.com/a',
          digest: new Map([
            ['sha256', HEX],
            ['gitCommit', 'c0ffee'],
          ]),
        },
      ],
      predicateType: STATEMENT.predicateType,
      predicate: STATEMENT.predicate,
    });
  }
});

test('a predicate that is left out is an empty one, and a text is kept for its reader', () => {
  const { predicate: _, ...without } = STATEMENT;
  assert.deepEqual(parse(without).predicate, {});
  assert.deepEqual(parse({ ...STATEMENT, predicate: null }).predicate, {});
  assert.equal(parse({ ...STATEMENT, predicate: 'SPDXVersion: SPDX-2.3' }).predicate, 'SPDXVersion: SPDX-2.3');
});

test('members that are not known change nothing', () => {
  const text = JSON.stringify(STATEMENT);
  const more = `{"__proto__": {"predicateType": "x"}, "Subject": [], "constructor": 1, "type": 5, ${text.slice(1)}`;
  assert.deepEqual(parse(more), parse(text));
});

test('a statement that is not whole or not clear is refused', () => {
  const cases: readonly (readonly [unknown, string, RegExp])[] = [
    ['', 'JSON_INVALID', /statement/],
    ['[]', 'ENVELOPE_INVALID', /expected an object, found a list/],
    ['null', 'ENVELOPE_INVALID', /found null/],
    [JSON.stringify(STATEMENT).slice(0, -1), 'JSON_INVALID', /statement/],
    [`{"predicateType": "a:b", ${JSON.stringify(STATEMENT).slice(1)}`, 'JSON_DUPLICATE_KEY', /"predicateType" again/],
    [`{"\\u0073ubject": [], ${JSON.stringify(STATEMENT).slice(1)}`, 'JSON_DUPLICATE_KEY', /"subject" again/],
    [{ ...STATEMENT, _type: 'https://in-toto.io/Statement/v2' }, 'ENVELOPE_INVALID', /Statement\/v2/],
    [{ ...STATEMENT, _type: 'https://in-toto.io/Statement/v1/' }, 'ENVELOPE_INVALID', /_type/],
    [{ ...STATEMENT, subject: [] }, 'ENVELOPE_INVALID', /at least one subject, found none/],
    [{ ...STATEMENT, subject: undefined }, 'ENVELOPE_INVALID', /"subject" to be a list, found nothing/],
    [{ ...STATEMENT, subject: null }, 'ENVELOPE_INVALID', /"subject"/],
    [{ ...STATEMENT, subject: { digest: { sha256: HEX } } }, 'ENVELOPE_INVALID', /"subject"/],
    [{ ...STATEMENT, subject: [HEX] }, 'ENVELOPE_INVALID', /"subject\[0\]" to be an object/],
    [{ ...STATEMENT, subject: [{ name: 'a' }] }, 'ENVELOPE_INVALID', /at least one digest, found none/],
    [{ ...STATEMENT, subject: [...STATEMENT.subject, {}] }, 'ENVELOPE_INVALID', /subject\[1\]\.digest/],
    [subjectWith({}), 'ENVELOPE_INVALID', /at least one digest/],
    [subjectWith(HEX), 'ENVELOPE_INVALID', /"subject\[0\]\.digest" to be an object/],
    [subjectWith({ sha256: HEX.toUpperCase() }), 'ENVELOPE_INVALID', /64 lower-case hex digits/],
    [subjectWith({ sha256: HEX.slice(2) }), 'ENVELOPE_INVALID', /64 lower-case hex digits/],
    [subjectWith({ sha512: HEX }), 'ENVELOPE_INVALID', /128 lower-case hex digits/],
    [subjectWith({ sha256: `${HEX}\n` }), 'ENVELOPE_INVALID', /64 lower-case hex digits/],
    [subjectWith({ sha256: [HEX] }), 'ENVELOPE_INVALID', /sha256" to be a text/],
    [subjectWith({ gitCommit: '' }), 'ENVELOPE_INVALID', /gitCommit" to be a text, found an empty text/],
    [{ ...STATEMENT, predicateType: undefined, predicatetype: 'a:b' }, 'ENVELOPE_INVALID', /"predicateType"/],
    [{ ...STATEMENT, predicateType: 'review' }, 'ENVELOPE_INVALID', /a URI/],
    [{ ...STATEMENT, predicateType: 'https://example.com/a b' }, 'ENVELOPE_INVALID', /a URI/],
    [{ ...STATEMENT, predicateType: 'https://slsa.dev/provenance/v1\n' }, 'ENVELOPE_INVALID', /a URI/],
    [{ ...STATEMENT, predicateType: 'https://slsa.dev/рrovenance/v1' }, 'ENVELOPE_INVALID', /a URI/],
    [{ ...STATEMENT, predicateType: `a:${'b'.repeat(2000)}` }, 'ENVELOPE_INVALID', /1024 characters/],
    [{ ...STATEMENT, subject: [{ ...STATEMENT.subject[0], name: 5 }] }, 'ENVELOPE_INVALID', /name" to be a text/],
  ];
  for (const [value, code, message] of cases) {
    assert.throws(
      () => parse(value),
      (error) => error instanceof AppError && error.code === code && message.test(error.message),
      typeof value === 'string' ? value : JSON.stringify(value),
    );
  }
});

test('bytes that are not UTF-8 and a byte order mark are refused', () => {
  const text = Buffer.from(JSON.stringify(STATEMENT));
  assert.throws(() => parseStatement(Buffer.concat([text, Buffer.from([0xff])]), 'x'), { code: 'JSON_INVALID' });
  const utf16 = Buffer.from(JSON.stringify(STATEMENT), 'utf16le');
  assert.throws(() => parseStatement(utf16, 'x'), { code: 'JSON_INVALID' });
});

test('as many subjects and digests as sigstore-go takes, and no more', () => {
  const subject = { digest: { sha256: HEX } };
  const many = (count: number): unknown => ({ ...STATEMENT, subject: Array.from({ length: count }, () => subject) });
  assert.equal(parse(many(LIMITS.statementSubjects)).subjects.length, 1024);
  assert.throws(() => parse(many(LIMITS.statementSubjects + 1)), { code: 'LIMIT_EXCEEDED', message: /1024 subjects/ });
  const digests = (count: number): object =>
    subjectWith(Object.fromEntries(Array.from({ length: count }, (_, index) => [`alg${index}`, 'ab'])));
  assert.equal(parse(digests(LIMITS.subjectDigests)).subjects[0]?.digest.size, 32);
  assert.throws(() => parse(digests(LIMITS.subjectDigests + 1)), { code: 'LIMIT_EXCEEDED', message: /32 digests/ });
});

test('an algorithm with an odd name is an algorithm like any other', () => {
  const parsed = parse(JSON.stringify(subjectWith({ x: HEX })).replace('"x"', '"__proto__"'));
  assert.deepEqual([...(parsed.subjects[0]?.digest ?? [])], [['__proto__', HEX]]);
  assert.equal(parsed.subjects[0]?.digest.get('sha256'), undefined);
});

test('payload types of statements', () => {
  const good = [
    'application/vnd.in-toto+json',
    'application/vnd.in-toto.provenance+json',
    'application/vnd.in-toto.a-b.v1+json',
  ];
  const bad = [
    '',
    'application/json',
    'application/vnd.in-toto',
    'application/vnd.in-toto+jsonx',
    'application/vnd.in-toto.+json',
    'application/vnd.in-toto+dsse',
    'Application/vnd.in-toto+json',
    'application/vnd.in-toto+json; charset=utf-8',
    'application/vnd.in-toto+json\n',
    'text/application/vnd.in-toto+json',
  ];
  for (const type of good) {
    assert.ok(isStatementPayloadType(type), type);
    assertStatementPayloadType(type, 'x');
  }
  for (const type of bad) {
    assert.ok(!isStatementPayloadType(type), type);
    assert.throws(() => assertStatementPayloadType(type, 'envelope'), { code: 'ENVELOPE_INVALID', object: 'envelope' });
  }
});

test('any bytes are a statement or one of our own errors', () => {
  const example = Buffer.from(JSON.stringify(STATEMENT));
  const at = fc.nat({ max: example.length - 1 });
  fc.assert(
    fc.property(fc.array(fc.tuple(at, fc.nat({ max: 255 })), { maxLength: 8 }), fc.nat(), (changes, length) => {
      const bytes = Uint8Array.from(example.subarray(0, length % 4 === 0 ? length % example.length : undefined));
      for (const [index, value] of changes) {
        bytes[index] = value;
      }
      try {
        const statement = parseStatement(bytes, 'x');
        assert.ok(statement.subjects.length > 0 && statement.subjects.every((subject) => subject.digest.size > 0));
      } catch (error) {
        assert.ok(error instanceof AppError);
      }
    }),
  );
  fc.assert(
    fc.property(fc.json(), (text) => {
      assert.throws(() => parseStatement(Buffer.from(text), 'x'), AppError);
    }),
  );
});
