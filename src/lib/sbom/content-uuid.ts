import { digestOf, hexOf } from '#base/digest.ts';

/** A UUID of version 8 (RFC 9562, 5.8) over JSON content: the same content has the same. */
export function contentUuid(content: unknown): string {
  const hex = hexOf(digestOf(JSON.stringify(content)));
  const variant = ((Number.parseInt(hex.charAt(16), 16) % 4) + 8).toString(16);
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ];
  return parts.join('-');
}
