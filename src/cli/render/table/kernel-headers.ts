import type { Report } from '#model/report.ts';
import { counted, visible, wrap } from '../text.ts';
import type { Screen } from './screen.ts';

/** One line for all that kernel headers inherit from their source: no code of theirs runs in a container. */
export function kernelHeaderLines({ headers = [] }: Report, screen: Screen): readonly string[] {
  const [first] = headers;
  if (first === undefined) {
    return [];
  }
  const names = [...new Set(headers.map((finding) => finding.package.name))];
  const more = names.length === 1 ? '' : ` and ${counted(names.length - 1, 'other package')}`;
  const what = counted(headers.length, 'vulnerability', 'vulnerabilities');
  const title = 'KERNEL HEADERS';
  const text = `${what} of the kernel that ${visible(first.package.name)}${more} ${names.length === 1 ? 'is' : 'are'} built from do not count: its code runs in the host; -o json lists them.`;
  const [line = '', ...rest] = wrap(text, screen.width, ' '.repeat(title.length + 2));
  return [screen.style.strong(title) + line.slice(title.length), ...rest];
}
