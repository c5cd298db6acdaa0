import { printYaml } from '#base/yaml.ts';
import { type AnswerMembers, answerOf } from '../server/answer.ts';
import type { Screen } from '../server/remote-command.ts';
import { tableOf } from './rows.ts';
import { counted, visible } from './text.ts';

/** What became of documents; a list of them; one; or that one is gone. */
export function renderApplied(answer: unknown, screen: Screen): string {
  if (answer === null) {
    return 'removed\n';
  }
  const found = answerOf(answer, 'documents');
  if (found.has('issues')) {
    return changesOf(found, screen);
  }
  return found.has('items') ? listOf(found, screen) : documentText(answer, found);
}

function changesOf(found: AnswerMembers, { style }: Screen): string {
  const issues = found.list('issues').map((issue) => {
    const at = `${visible(issue.text('file'))}:${issue.count('line')}:${issue.count('column')}`;
    const place = issue.text('place') === '' ? '' : ` ${style.faint(`(${visible(issue.text('place'))})`)}`;
    const word = style.severity('critical', visible(issue.text('severity')));
    return `${at}: ${word}: ${visible(issue.text('message'))}${place} ${style.faint(`[${visible(issue.text('code'))}]`)}\n`;
  });
  if (issues.length > 0) {
    return `${issues.join('')}${style.strong(counted(issues.length, 'error'))}, nothing was written\n`;
  }
  const changes = found.list('documents').map((one) => {
    const change = one.text('change');
    const hint = change === 'requested' ? ', which somebody else has to approve' : '';
    return `${visible(one.text('kind'))}/${visible(one.text('name'))} ${style.strong(visible(change))}${hint}\n`;
  });
  const end = found.is('isDryRun')
    ? 'dry run: nothing was written'
    : found.is('isWritten')
      ? `written, revision ${found.count('revision')}`
      : 'nothing changed';
  return `${changes.join('')}${end}\n`;
}

function listOf(found: AnswerMembers, { columns }: Screen): string {
  const rows = found
    .list('items')
    .map((one) => [
      visible(`${one.text('kind')}/${one.text('name')}`),
      String(one.count('revision')),
      visible(one.text('changedAt').slice(0, 16).replace('T', ' ')),
      visible(one.text('changedBy')),
    ]);
  return rows.length === 0
    ? 'no documents: what ships decides\n'
    : tableOf([['DOCUMENT', 'REVISION', 'CHANGED', 'BY'], ...rows], columns);
}

/** What a terminal could take for something else than text. */
const UNFIT = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/u;

/** As it may be applied again: YAML, or where a terminal would not show that as it is, JSON with escapes. */
function documentText(answer: unknown, found: AnswerMembers): string {
  const content = typeof answer === 'object' && answer !== null && 'content' in answer ? answer.content : null;
  const who = `revision ${found.count('revision')}, ${found.text('changedAt')} by ${found.text('changedBy')}`;
  const yaml = printYaml(content);
  const text = !UNFIT.test(yaml.replaceAll('\n', '')) ? yaml : `${escaped(JSON.stringify(content))}\n`;
  return `# ${visible(who)}\n${text}`;
}

function escaped(json: string): string {
  return json.replaceAll(new RegExp(UNFIT, 'gu'), (char) =>
    [...Array(char.length).keys()].map((at) => `\\u${char.charCodeAt(at).toString(16).padStart(4, '0')}`).join(''),
  );
}
