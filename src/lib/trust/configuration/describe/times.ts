import type { Certificate } from '../../x509/certificate.ts';

/** `from 2026-01-01T00:00:00Z until 2027-01-01T00:00:00Z (ended)`. `until` is null where no end is known. */
export function windowText(from: number | null, until: number | null, now: number): string {
  const words = [
    from === null ? '' : `from ${instantText(from)}`,
    until === null ? (from === null ? '' : 'without an end') : `until ${instantText(until)}`,
    until !== null && until <= now ? '(ended)' : from !== null && from > now ? '(not yet)' : '',
  ];
  return words.filter((word) => word !== '').join(' ') || 'without bounds';
}

export function certificateText({ subject, fingerprint, notBefore, notAfter }: Certificate, now: number): string {
  return `${subject.text}, ${fingerprint}, ${windowText(notBefore, notAfter, now)}`;
}

/** To the second: nothing here is known better. */
export function instantText(time: number): string {
  return new Date(time).toISOString().replace('.000Z', 'Z');
}
