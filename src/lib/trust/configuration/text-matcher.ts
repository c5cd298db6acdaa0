/** What a text of a certificate or a statement has to be: one text, or all that a pattern matches from end to end. */
export interface TextMatcher {
  readonly kind: 'exact' | 'pattern';
  /** As the configuration has it, for messages: the text or the RE2 expression. */
  readonly expected: string;
  /** False for texts past the limit, whatever the pattern. */
  matches(text: string): boolean;
}
