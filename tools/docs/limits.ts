import { Visitor } from 'oxc-parser';
import { LIMITS } from '#base/limits.ts';
import { docBefore, page, type Source, table } from './source.ts';

/** The page of every cap on input. Throws for a limit without a comment. */
export function limitsPage(source: Source): string {
  const texts = new Map<string, string>();
  new Visitor({
    VariableDeclarator: (node) => {
      const object = node.init?.type === 'TSAsExpression' ? node.init.expression : node.init;
      if (node.id.type === 'Identifier' && node.id.name === 'LIMITS' && object?.type === 'ObjectExpression') {
        for (const property of object.properties) {
          if (property.type === 'Property' && property.key.type === 'Identifier') {
            texts.set(property.key.name, docBefore(source, property.start) ?? '');
          }
        }
      }
    },
  }).visit(source.program);
  const rows = Object.entries(LIMITS).map(([name, value]) => {
    const text = texts.get(name) ?? '';
    if (text === '') {
      throw new TypeError(`${source.path}: ${name} has no doc comment`);
    }
    return [`\`${name}\``, amount(name, value), text];
  });
  return page(
    'Limits',
    `\`${source.path}\``,
    'Input that passes one of these is refused with `LIMIT_EXCEEDED`, or becomes an unknown of the result.',
    table(['limit', 'value', 'of what'], rows),
  );
}

function amount(name: string, value: number): string {
  if (!name.endsWith('Bytes')) {
    return value.toLocaleString('en');
  }
  const units = ['bytes', 'KiB', 'MiB', 'GiB'];
  const unit = Math.min(units.length - 1, Math.floor(Math.log2(value) / 10));
  const scaled = value / 1024 ** unit;
  return Number.isInteger(scaled) ? `${scaled} ${units[unit] ?? ''}` : `${value.toLocaleString('en')} bytes`;
}
