import { RE2JS } from 're2js';

/** Of a pattern. */
const MAX_CHARS = 256;

/** What a pattern of tags may be, for messages. */
export const TAG_PATTERN_FORMS = `a pattern in RE2 syntax of at most ${MAX_CHARS} characters, without counted repetition`;

/** Whether a tag, the whole of it, is of a pattern. */
export type TagMatcher = (tag: string) => boolean;

/** RE2: time is linear whatever the pattern. Counted repetition is left out, since it makes a short pattern a large program. Null for what is no pattern. */
export function parseTagPattern(text: string): TagMatcher | null {
  if (text === '' || text.length > MAX_CHARS || text.includes('{')) {
    return null;
  }
  try {
    const pattern = RE2JS.compile(text);
    return (tag) => pattern.matches(tag);
  } catch {
    return null;
  }
}

/** Whether one of the patterns is of the tag. One that is none counts as one that is of every tag: what it was to protect stays protected. */
export function isTagOf(patterns: readonly string[], tag: string): boolean {
  return patterns.some((text) => parseTagPattern(text)?.(tag) ?? true);
}
