import assert from 'node:assert/strict';
import { isAppError } from '#base/error.ts';
import { parseStrictJson } from '#base/json/strict.ts';
import { FEED_LIMITS } from '#lib/advisories/feeds/index.ts';
import type { FeedMember } from '#lib/advisories/feeds/member.ts';
import { MemberScanner } from '#lib/advisories/feeds/member-scanner.ts';
import { type FuzzTarget, invariant } from '../../tools/fuzz/target.ts';

const SEEDS: readonly string[] = [
  '{"count": 2, "list": [{"a": "}\\""}, [1, true, null, -1.5e3], "x"], "after": {"b": []}}',
  '{"list": {"bash": {"CVE-2024-1": {}}, "z\\u0073h": {"CVE-2024-2": {"releases": {}}}}}',
];

function scan(input: Uint8Array, size: number): readonly FeedMember[] {
  const scanner = new MemberScanner('document', ['list'], FEED_LIMITS);
  const members: FeedMember[] = [];
  for (let at = 0; at < input.length; at += size) {
    members.push(...scanner.push(input.subarray(at, at + size)));
  }
  scanner.end();
  return members;
}

function parsed(members: readonly FeedMember[]): Readonly<Record<string, unknown>> {
  const entries = members.flatMap((member) =>
    member.kind === 'member' ? [[member.name.slice(5), parseStrictJson(member.bytes, member.name)] as const] : [],
  );
  return Object.fromEntries(entries);
}

/** The list as JSON has it. Members alone may be as deep as a document; with the document around them that is too deep. */
function listOf(input: Uint8Array): object {
  try {
    const { list } = parseStrictJson(input, 'document') as { readonly list: object };
    return list;
  } catch (error) {
    if (isAppError(error) && error.code === 'JSON_TOO_DEEP') {
      throw error;
    }
    return invariant('JSON', () => {
      throw error;
    });
  }
}

/** Large documents of feeds, split by members: in any chunks the same, and what whoever reads all of it at once finds there. */
export const feedMembers: FuzzTarget = {
  id: 'feed-members',
  seeds: () => SEEDS.map((text) => Buffer.from(text)),
  maxMillis: 300,
  dictionary: ['"list": ', '\\"', '\\u0022', '{"', '"}', '": [', '],', '}, "', ' '],
  run: (input) => {
    const values = parsed(scan(input, Math.max(input.length, 1)));
    invariant('the same in chunks', () => assert.deepEqual(parsed(scan(input, 3)), values));
    const list = listOf(input);
    invariant('the same as JSON', () => assert.deepEqual({ ...values }, { ...list }));
  },
};
