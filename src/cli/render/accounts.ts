import { type Members, membersOf, textOf } from '#base/json/members.ts';
import { columnsOf, pad, visible } from './text.ts';

/** What the server answered about accounts: a list, one, or one with its new secret. What it says is not trusted to be text for a terminal. */
export function renderAccounts(answer: unknown): string {
  if (answer === null) {
    return 'removed\n';
  }
  const members = membersOf(answer);
  const secret = members === null ? null : textOf(members, 'secret');
  if (members !== null && secret !== null) {
    return `${table([members.get('robot')])}\nsecret  ${visible(secret)}\nIt is shown only now.\n`;
  }
  return table(Array.isArray(answer) ? (answer as readonly unknown[]) : [answer]);
}

function table(accounts: readonly unknown[]): string {
  const rows = [['NAME', 'ROLES', 'ENVIRONMENT', 'ENDS'], ...accounts.map((one) => rowOf(membersOf(one)))];
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => columnsOf(row[column] ?? ''))));
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, at) => pad(cell, widths[at] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}

function rowOf(account: Members | null): readonly string[] {
  if (account === null) {
    return ['?'];
  }
  const grants = account.get('grants');
  const roles = Array.isArray(grants) ? grants.map((grant) => grantText(membersOf(grant))) : [];
  const end = textOf(account, 'expiresAt')?.slice(0, 10) ?? '-';
  return [
    visible(textOf(account, 'name') ?? '?'),
    roles.length === 0 ? '-' : roles.join(' '),
    visible(textOf(account, 'environment') ?? '-'),
    account.get('isDisabled') === true ? 'disabled' : visible(end),
  ];
}

function grantText(grant: Members | null): string {
  const part = (name: string): string => visible((grant === null ? null : textOf(grant, name)) ?? '?');
  const environment = part('environment');
  return `${part('role')}:${part('scope')}${environment === '*' ? '' : `:${environment}`}`;
}
