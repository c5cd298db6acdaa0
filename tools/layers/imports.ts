import { type Argument, type Expression, parseSync, Visitor } from 'oxc-parser';

/** One module that a source file names, in whatever form. */
export interface ImportSite {
  /** The specifier; null when it is not a literal and therefore cannot be checked. */
  readonly specifier: string | null;
  readonly form: 'import' | 're-export' | 'dynamic import' | 'type import' | 'require' | 'module URL';
  readonly line: number;
}

/**
 * Every module that a TypeScript source names: imports and re-exports with and without `type`, `import()`, `require()`, the
 * type `import('…')`, and `new URL('…', import.meta.url)`, by which workers are started. Throws a SyntaxError for text that
 * does not parse.
 */
export function importsOf(path: string, source: string): readonly ImportSite[] {
  const { program, errors } = parseSync(path, source);
  if (errors[0] !== undefined) {
    throw new SyntaxError(`${path}: ${errors[0].message}`);
  }
  const sites: ImportSite[] = [];
  const add = (form: ImportSite['form'], specifier: string | null, start: number): void => {
    sites.push({ specifier, form, line: source.slice(0, start).split('\n').length });
  };
  new Visitor({
    ImportDeclaration: (node) =>
      add(node.importKind === 'type' ? 'type import' : 'import', node.source.value, node.start),
    ExportAllDeclaration: (node) => add('re-export', node.source.value, node.start),
    ExportNamedDeclaration: (node) => {
      if (node.source !== null) {
        add('re-export', node.source.value, node.start);
      }
    },
    ImportExpression: (node) => add('dynamic import', literal(node.source), node.start),
    TSImportType: (node) => add('type import', node.source.value, node.start),
    CallExpression: (node) => {
      if (node.callee.type === 'Identifier' && node.callee.name === 'require') {
        add('require', literal(node.arguments[0]), node.start);
      }
    },
    NewExpression: (node) => {
      const [target, base] = node.arguments;
      if (node.callee.type === 'Identifier' && node.callee.name === 'URL' && isImportMeta(base)) {
        add('module URL', literal(target), node.start);
      }
    },
  }).visit(program);
  return sites;
}

function literal(node: Expression | Argument | undefined): string | null {
  if (node?.type === 'Literal' && typeof node.value === 'string') {
    return node.value;
  }
  const text = node?.type === 'TemplateLiteral' && node.expressions.length === 0 ? node.quasis[0]?.value.cooked : null;
  return text ?? null;
}

function isImportMeta(node: Argument | undefined): boolean {
  return node?.type === 'MemberExpression' && node.object.type === 'MetaProperty';
}
