import type { AnswerMembers } from '../server/answer.ts';
import { answerOf } from '../server/answer.ts';
import type { Screen } from '../server/remote-command.ts';
import { countsText, shortDigest } from './catalog.ts';
import { fieldsOf, tableOf } from './rows.ts';
import { counted, visible } from './text.ts';

const MAX_FINDINGS = 20;

/** One image: what it is, what was decided, what policy says, what is in it, what hangs on it, where it runs, how it came. */
export function renderImage(answer: unknown, screen: Screen): string {
  const image = answerOf(answer, 'image');
  return [
    head(image, screen),
    section('Policy', judgements(image, screen), screen),
    section('Approvals', approvals(image, screen), screen),
    section('Platforms', platforms(image, screen), screen),
    section('Findings', findings(image, screen), screen),
    section('Evidence', evidence(image, screen), screen),
    section('Runs at', uses(image, screen), screen),
    section('History', history(image, screen), screen),
  ].join('');
}

function head(image: AnswerMembers, { style }: Screen): string {
  const state = image.optionalOne('state');
  const inventory = image.optionalOne('inventory');
  const packages = inventory?.optionalCount('packages') ?? null;
  return `${style.strong(visible(`${image.text('repository')}@${image.text('digest')}`))}\n${fieldsOf([
    ['state', state === null ? 'quarantined' : `${visible(state.text('state'))}: ${visible(state.text('reason'))}`],
    ['pushed', `${visible(image.text('pushedAt'))} by ${visible(image.text('pushedBy'))}`],
    ['packages', inventory === null ? 'not analysed yet' : packages === null ? 'could not be analysed' : `${packages}`],
    ['findings', packages === null || inventory === null ? null : countsText(inventory.one('counts'))],
    ['unknown', inventory === null ? null : unknownText(inventory.count('unknownCount'))],
  ])}`;
}

function unknownText(count: number): string | null {
  return count === 0 ? null : counted(count, 'thing that could not be found out', 'things that could not be found out');
}

function section(title: string, text: string, { style }: Screen): string {
  return text === '' ? '' : `\n${style.strong(title)}\n${text}`;
}

function judgements(image: AnswerMembers, { columns }: Screen): string {
  return rows(
    image
      .list('judgements')
      .map((one) => [
        visible(one.text('environment')),
        visible(one.text('outcome')),
        untilText(one.optional('validUntil')),
        visible(one.text('reason')),
      ]),
    columns,
  );
}

function approvals(image: AnswerMembers, { columns }: Screen): string {
  return rows(
    image
      .list('approvals')
      .map((one) => [
        visible(one.text('environment')),
        visible(one.text('decision')),
        untilText(one.optional('validUntil')),
        visible(`${one.text('reason')} (${one.text('decidedBy')})`),
      ]),
    columns,
  );
}

function platforms(image: AnswerMembers, { columns }: Screen): string {
  return rows(
    image.list('platforms').map((one) => [visible(one.optional('platform') ?? '-'), visible(one.text('digest'))]),
    columns,
  );
}

function findings(image: AnswerMembers, { columns, style }: Screen): string {
  const all = image.list('findings');
  const shown = all.slice(0, MAX_FINDINGS).map((one) => {
    const alias = one.texts('aliases').find((id) => id.startsWith('CVE-'));
    return [
      visible(one.text('severity')),
      visible(alias ?? one.text('id')),
      visible(one.text('purl')),
      visible(one.optional('fixedIn') === null ? 'no fix' : `fixed in ${one.optional('fixedIn') ?? ''}`),
    ];
  });
  const more =
    all.length > shown.length ? style.faint(`  and ${all.length - shown.length} more: -o json has all\n`) : '';
  return `${rows(shown, columns)}${more}`;
}

function evidence(image: AnswerMembers, { columns }: Screen): string {
  return rows(
    image
      .list('evidence')
      .map((one) => [
        visible(one.optional('artifactType') ?? one.text('mediaType')),
        shortDigest(visible(one.text('digest'))),
        visible(one.text('pushedBy')),
      ]),
    columns,
  );
}

function uses(image: AnswerMembers, { columns }: Screen): string {
  return rows(
    image
      .list('uses')
      .map((one) => [
        visible(one.text('place')),
        visible(one.optional('environment') ?? '-'),
        visible(one.text('seenAt')),
      ]),
    columns,
  );
}

function history(image: AnswerMembers, { columns }: Screen): string {
  return rows(
    image
      .list('history')
      .map((one) => [
        visible(one.text('at')),
        one.text('kind') === 'acquisition'
          ? visible(`taken from ${one.text('upstream')}: ${one.text('state')} ${one.text('reason')}`)
          : visible(`${one.optional('environment') ?? ''}: ${one.optional('outcome') ?? ''}`),
      ]),
    columns,
  );
}

function untilText(time: string | null): string {
  return time === null ? '' : `until ${visible(time)}`;
}

function rows(cells: readonly (readonly string[])[], columns: number): string {
  return cells.length === 0
    ? ''
    : tableOf(
        cells.map((row) => ['', ...row]),
        columns,
      ).replace(/^ {2}/gm, '  ');
}
