/** Text of a document or an image as one line of at most so many characters, which any record can hold. */
export function oneLine(text: string, maxChars: number): string {
  const line = text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim();
  return (line.length > maxChars ? `${line.slice(0, maxChars)}…` : line).toWellFormed();
}
