import { quote } from '#base/error.ts';
import type { Fields } from '#base/json/fields.ts';
import type { VexDocument } from '../../document.ts';
import { describe, vexFields } from '../../fields.ts';
import type { VexFormat, VexSource } from '../format.ts';
import { readStatement } from './statement.ts';

const NAMESPACE = 'https://openvex.dev/ns';

export const openvex: VexFormat = {
  id: 'openvex',
  capabilities: {
    title: 'OpenVEX',
    versions: ['0.0.1', '0.2.0'],
    specification: 'https://github.com/openvex/spec/blob/main/OPENVEX-SPEC.md',
  },
  claims: (members) => {
    const context = members.get('@context');
    return typeof context === 'string' && context.startsWith('https://openvex.dev/');
  },
  read: (value, source) => readDocument(vexFields(value, source.name), source),
};

/** `early`: before 0.2.0, where vulnerabilities and products are texts and the schema of 0.2.0 does not hold. */
type Form = 'early' | 'current';

function readDocument(fields: Fields, { name }: VexSource): VexDocument {
  const form = formOf(fields);
  const timestamp = form === 'current' ? fields.time('timestamp') : fields.optionalTime('timestamp');
  const statements = fields.items('statements').map((item) => readStatement(item, timestamp, form === 'early'));
  if (statements.length === 0) {
    throw fields.invalid('statements', 'at least one statement', 'none');
  }
  fields.optionalTime('last_updated');
  for (const name of ['role', 'tooling']) {
    fields.optionalText(name);
  }
  return {
    name,
    format: 'openvex',
    id: fields.text('@id'),
    author: fields.text('author'),
    timestamp,
    version: form === 'current' ? String(fields.positiveInteger('version')) : readEarlyVersion(fields),
    statements,
  };
}

/** A context without a version is what documents before 0.2.0 were published with. */
function formOf(fields: Fields): Form {
  const context = fields.text('@context');
  const match = /^https:\/\/openvex\.dev\/ns(?:\/v0\.(\d{1,4})(?:\.\d{1,4})?)?$/.exec(context);
  if (match === null) {
    throw fields.invalid('@context', `${NAMESPACE} or a version 0 of it`, quote(context, 80));
  }
  const [, minor] = match;
  return minor !== undefined && Number(minor) >= 2 ? 'current' : 'early';
}

/** A text in 0.0.1; what go-vex reads may lack it, or have a number. */
function readEarlyVersion(fields: Fields): string | null {
  const version = fields.value('version');
  return typeof version === 'number' ? describe(version) : fields.optionalText('version');
}
