import { textThat } from './rules.ts';

/** RFC 3339, `date-time`: 2026-08-21T12:00:00Z. */
export const dateTime = textThat(isDateTime, 'a time such as 2026-08-21T12:00:00Z');

/** RFC 3987, `iri-reference`. Checked for characters that none has. */
export const iriReference = textThat(
  (text) => /^[^\s<>"{}|\\^`]*$/.test(text) && text.indexOf('#') === text.lastIndexOf('#'),
  'a URL without spaces or quotes',
);

const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function isDateTime(text: string): boolean {
  const parts = /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2}):(\d{2})(?:\.\d{1,30})?(?:[Zz]|[+-](\d{2}):(\d{2}))$/.exec(
    text,
  );
  if (parts === null) {
    return false;
  }
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, offsetHour = 0, offsetMinute = 0] = parts
    .slice(1)
    .map((part: string | undefined) => Number(part ?? 0));
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = month === 2 && !isLeap ? 28 : (DAYS[month - 1] ?? 0);
  return (
    day >= 1 && day <= days && hour <= 23 && minute <= 59 && second <= 60 && offsetHour <= 23 && offsetMinute <= 59
  );
}
