import type { Rating, Severity } from '#model/advisory.ts';
import type { CvssKind } from '../../cvss/index.ts';
import { isCvssKind, scoreCvss, severityOfScore } from '../../cvss/index.ts';
import type { OsvSeverity, OsvSpecific } from './schema.ts';

/** Words of the sources: GitHub, Debian's urgencies, Ubuntu's priorities. */
const WORDS: ReadonlyMap<string, Severity> = new Map([
  ['critical', 'critical'],
  ['high', 'high'],
  ['important', 'high'],
  ['medium', 'medium'],
  ['moderate', 'medium'],
  ['low', 'low'],
  ['minor', 'low'],
  ['negligible', 'low'],
  ['unimportant', 'low'],
  ['none', 'none'],
]);

/** The members beside the schema that hold a rating, by the scale that they are shown as. */
export interface Words {
  readonly database_specific?: OsvSpecific | null | undefined;
  readonly ecosystem_specific?: OsvSpecific | null | undefined;
}

/**
 * Every rating of a record or of one of its packages, words before numbers. A vector that cannot be scored is kept as
 * `unknown`: it is shown, and never decides.
 */
export function collectRatings(
  source: string,
  severity: readonly OsvSeverity[] | null | undefined,
  words: Words,
): readonly Rating[] {
  const ratings: Rating[] = [];
  for (const place of ['database_specific', 'ecosystem_specific'] as const) {
    for (const member of ['severity', 'urgency'] as const) {
      const found = severityOfWord(words[place]?.[member]);
      if (found !== null) {
        ratings.push({ severity: found, scale: `${place}.${member}`, source });
      }
    }
  }
  for (const { type, score: text } of severity ?? []) {
    const rating = isCvssKind(type) ? rateVector(source, type, text) : rateWord(source, type, text);
    if (rating !== null) {
      ratings.push(rating);
    }
  }
  const number = words.database_specific?.cvss_score;
  if (typeof number === 'number' && number >= 0 && number <= 10) {
    // Sources that publish a number without a vector; which version it follows is not said, so v3's words are used.
    ratings.push({
      severity: severityOfScore('CVSS_V3', number),
      score: number,
      scale: 'database_specific.cvss_score',
      source,
    });
  }
  return ratings;
}

function rateVector(source: string, scale: CvssKind, vector: string): Rating {
  const number = scoreCvss(scale, vector);
  return number === null
    ? { severity: 'unknown', scale, vector: vector.slice(0, 512), source }
    : { severity: severityOfScore(scale, number), score: number, scale, vector, source };
}

/** Other types are a source's own scale, such as `Ubuntu`, with a word for a score. */
function rateWord(source: string, scale: string, text: string): Rating | null {
  const severity = severityOfWord(text);
  return severity === null ? null : { severity, scale, source };
}

function severityOfWord(word: unknown): Severity | null {
  return typeof word === 'string' ? (WORDS.get(word.toLowerCase()) ?? null) : null;
}
