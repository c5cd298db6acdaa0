import { visible } from '../text.ts';

const SHELL = '/bin/sh -c ';
const NOT_AN_OPERATION = '#(nop)';
const BUILDKIT = '# buildkit';

/**
 * The history line of a layer as the Dockerfile had it: without the shell and the marks of the classic builder and of
 * BuildKit, digests in it shortened. `/bin/sh -c #(nop) ADD file:ae1f0992… in /` becomes `ADD file:ae1f0992… in /`.
 */
export function shortCommand(createdBy: string | null): string {
  let text = visible(createdBy ?? '');
  if (text.endsWith(BUILDKIT)) {
    text = text.slice(0, -BUILDKIT.length);
  }
  const shell = text.indexOf(SHELL);
  if (shell !== -1 && isShellPrefix(text.slice(0, shell))) {
    const command = text.slice(shell + SHELL.length).trim();
    text = command.startsWith(NOT_AN_OPERATION) ? command.slice(NOT_AN_OPERATION.length) : `RUN ${command}`;
  }
  return text
    .split(' ')
    .filter((word) => word !== '')
    .map(shortenDigest)
    .join(' ');
}

/** Nothing, `RUN`, or the count and values of build arguments: `|1 VERSION=3 `, `RUN |1 VERSION=3 `. */
function isShellPrefix(text: string): boolean {
  const words = text.trim();
  return words === '' || words === 'RUN' || words.startsWith('|') || words.startsWith('RUN |');
}

/** `file:<hex>` and `dir:<hex>` of the classic builder. */
function shortenDigest(word: string): string {
  const colon = word.indexOf(':');
  const hex = word.slice(colon + 1);
  return colon > 0 && hex.length >= 32 && /^[0-9a-f]+$/.test(hex) ? `${word.slice(0, colon + 9)}…` : word;
}
