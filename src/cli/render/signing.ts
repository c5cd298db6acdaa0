import type { KeyDescription } from '#assess/index.ts';
import { printJson } from '#base/json/print.ts';
import type { AttachedTo, SignedBy, SigningReport } from '#model/signing-report.ts';
import type { Style } from './style.ts';
import { visible } from './text.ts';

const LABEL = 12;

const ROUTES: Readonly<Record<AttachedTo['route'], string>> = {
  referrers: 'a referrer',
  'fallback-tag': 'a referrer, under the fallback tag',
  'signature-tag': 'under the tag .sig',
  'attestation-tag': 'under the tag .att',
};

export function renderSigningJson(report: SigningReport): string {
  return printJson(report);
}

/** What `sign` and `attest` say: what was signed by which key, and where it is now. */
export function renderSigningTable(report: SigningReport, style: Style): string {
  const { image, by, format, predicateType, attached } = report;
  const lines = [
    style.strong(visible(image.reference)),
    '',
    ...signer(by, style),
    row('format', format, style),
    ...by.timestampAuthorities.map((name) => row('timestamp', visible(name), style)),
    ...by.logs.map((name) => row('log', visible(name), style)),
    ...(predicateType === null ? [] : [row('states', visible(predicateType), style)]),
    ...attached.flatMap(({ subject, manifest, route }) => [
      '',
      row(subject.kind === 'index' ? 'index' : visible(subject.platform ?? 'image'), subject.digest, style),
      `${' '.repeat(LABEL)}${style.good('✓')} ${report.kind === 'signature' ? 'signed' : 'attested'}, ${ROUTES[route]}:`,
      row('', `  ${manifest}`, style),
    ]),
  ];
  return `${lines.join('\n')}\n`;
}

function signer({ name, fingerprint, identity }: SignedBy, style: Style): readonly string[] {
  return identity === null
    ? [row('key', visible(name), style), row('', fingerprint, style)]
    : [row('identity', visible(identity.subject), style), row('issuer', visible(identity.issuer), style)];
}

export function renderKeyJson(description: KeyDescription): string {
  return printJson(description);
}

export function renderKeyTable({
  name,
  private: isPrivate,
  algorithm,
  fingerprint,
  publicPem,
}: KeyDescription): string {
  const rows = [
    `${'key'.padEnd(LABEL)}${visible(name)}`,
    `${'algorithm'.padEnd(LABEL)}${algorithm}${isPrivate ? '' : ', public half only'}`,
    `${'fingerprint'.padEnd(LABEL)}${fingerprint}`,
  ];
  return `${rows.join('\n')}\n\n${publicPem}`;
}

function row(label: string, text: string, style: Style): string {
  return `${style.faint(label)}${' '.repeat(Math.max(1, LABEL - label.length))}${text}`;
}
