/** The beginning of a day (UTC) written as `2026-01-31`, in milliseconds since 1970; null for what is no day of the calendar. */
export function parseDay(text: string): number | null {
  const time = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  return Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== text ? null : time;
}

/** A day, or an instant of RFC 3339 with its offset. */
export function parseInstant(text: string): number | null {
  const day = parseDay(text);
  if (day !== null) {
    return day;
  }
  const match =
    /^([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?(?:[Zz]|[+-][0-9]{2}:[0-9]{2})$/.exec(
      text,
    );
  const time =
    match?.[1] === undefined || parseDay(match[1]) === null ? Number.NaN : Date.parse(text.replace(' ', 'T'));
  return Number.isNaN(time) ? null : time;
}
