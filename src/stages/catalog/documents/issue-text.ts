import type { DocumentIssue } from '#lib/policy/index.ts';

/** What is wrong, and where, as a sentence part. */
export function issueText(issue: DocumentIssue | undefined): string {
  if (issue === undefined) {
    return 'they do not go together';
  }
  const place = issue.place === '' ? '' : `, ${issue.place}`;
  return `${issue.file}, line ${issue.line}, column ${issue.column}${place}: ${issue.message}`;
}
