import type { ExportedBundle, ExportedVex, ImportedExceptions } from '#assess/index.ts';
import { printJson } from '#base/json/print.ts';
import { counted, visible, wrap } from './text.ts';

/** Standard error of `policy import`: what the exceptions on standard output do not say. */
export function renderImportedExceptions({ count, notCarriedOver }: ImportedExceptions): string {
  const left = notCarriedOver.length;
  return [
    `plimsoll: ${counted(count, 'exception')}, ${left === 0 ? 'nothing left out' : `${counted(left, 'rule')} left out:`}`,
    ...notCarriedOver.flatMap(({ what, where, why }) => [
      `- ${visible(what)} (${visible(where)})`,
      ...wrap(visible(why), 80, '  '),
    ]),
    '',
  ].join('\n');
}

/** Standard error of `policy export --openvex`. */
export function renderExportedVex({ statements, leftOut }: ExportedVex): string {
  const left = leftOut.length;
  return [
    `plimsoll: ${counted(statements, 'statement')}, ${left === 0 ? 'nothing left out' : `${counted(left, 'part')} left out:`}`,
    ...leftOut.flatMap(({ exception, why }) => [`- ${visible(exception)}`, ...wrap(visible(why), 80, '  ')]),
    '',
  ].join('\n');
}

/** What `policy export --to` did. */
export function renderExportedBundle(bundle: ExportedBundle, json: boolean): string {
  if (json) {
    return printJson(bundle);
  }
  const { reference, digest, by, revision, documents } = bundle;
  const lines = [
    `${counted(documents, 'document')} put into ${visible(reference)}`,
    `    ${digest}`,
    `    revision ${revision}`,
    ...(by === null
      ? ['    not signed: nobody takes it before somebody has signed it (plimsoll sign)']
      : [`    signed by ${visible(by.identity?.subject ?? by.name)}`, `    ${by.fingerprint}`]),
  ];
  return `${lines.join('\n')}\n`;
}
