import { limitExceeded } from './limits.ts';

const MAX_DOCUMENTS = 256;

/** One document of a YAML stream. */
export interface StreamedDocument {
  readonly text: string;
  readonly linesBefore: number;
}

/**
 * The documents of a YAML stream (YAML 1.2 section 9.2): a line that begins with `---` is a boundary wherever it stands, in
 * texts of several lines as well. Documents of nothing but comments are left out.
 */
export function splitDocuments(text: string, file: string): readonly StreamedDocument[] {
  const documents: StreamedDocument[] = [];
  let lines: string[] = [];
  let linesBefore = 0;
  const end = (): void => {
    if (lines.some((line) => !/^\s*(?:#|$)/.test(line))) {
      documents.push({ text: lines.join('\n'), linesBefore });
    }
  };
  for (const [index, line] of text.split('\n').entries()) {
    if (/^---(?:\s|$)/.test(line)) {
      end();
      lines = [line.replace('---', '   ')];
      linesBefore = index;
      if (documents.length >= MAX_DOCUMENTS) {
        throw limitExceeded(file, MAX_DOCUMENTS, 'documents');
      }
    } else {
      lines.push(line);
    }
  }
  end();
  return documents;
}
