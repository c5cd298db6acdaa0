import { type Class, type TSType, Visitor } from 'oxc-parser';
import { docBefore, page, type Source, table } from './source.ts';

interface ErrorClass {
  readonly name: string;
  readonly path: string;
  readonly codes: readonly ErrorCode[];
}
interface ErrorCode {
  readonly code: string;
  readonly text: string;
}

/** The page of every error code. Throws for a code without a comment, one declared twice, or one that is not a literal. */
export function errorsPage(sources: readonly Source[]): string {
  const classes = sources.flatMap(errorClasses).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const owners = new Map<string, string>();
  for (const { name, path, codes } of classes) {
    for (const { code } of codes) {
      const other = owners.get(code);
      if (other !== undefined) {
        throw new TypeError(`${path}: ${name} declares ${code}, which ${other} declares as well`);
      }
      owners.set(code, name);
    }
  }
  return page(
    'Error codes',
    'the subclasses of `AppError`',
    'Every error says which object it is about, what was expected and what was found; scripts and tests go by its code.',
    ...classes.flatMap(({ name, path, codes }) => [
      `## ${name}`,
      `\`${path}\``,
      table(
        ['code', 'meaning'],
        codes.map(({ code, text }) => [`\`${code}\``, text]),
      ),
    ]),
  );
}

function errorClasses(source: Source): readonly ErrorClass[] {
  const classes: ErrorClass[] = [];
  const unions = codeUnions(source);
  new Visitor({
    ClassDeclaration: (node) => {
      if (node.superClass?.type === 'Identifier' && node.superClass.name === 'AppError') {
        const name = node.id?.name ?? '';
        classes.push({ name, path: source.path, codes: codesOf(source, node, unions, name) });
      }
    },
  }).visit(source.program);
  return classes;
}

function codesOf(source: Source, node: Class, unions: ReadonlyMap<string, TSType>, name: string): readonly ErrorCode[] {
  const argument = node.superTypeArguments?.params[0];
  const alias =
    argument?.type === 'TSTypeReference' && argument.typeName.type === 'Identifier' ? argument.typeName.name : '';
  const union = unions.get(alias);
  if (union === undefined) {
    throw new TypeError(
      `${source.path}: expected \`class ${name} extends AppError<XCode>\` with \`export type XCode = /** meaning */ | 'CODE'\` in the same file`,
    );
  }
  const members = union.type === 'TSUnionType' ? union.types : [union];
  return members.map((member) => {
    const code = member.type === 'TSLiteralType' && member.literal.type === 'Literal' ? member.literal.value : null;
    if (typeof code !== 'string' || !/^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/.test(code)) {
      throw new TypeError(`${source.path}: ${alias} holds a member that is not an UPPER_SNAKE literal`);
    }
    const text = docBefore(source, member.start);
    if (text === null || text === '') {
      throw new TypeError(`${source.path}: ${code} has no doc comment`);
    }
    return { code, text };
  });
}

function codeUnions(source: Source): ReadonlyMap<string, TSType> {
  const unions = new Map<string, TSType>();
  new Visitor({
    TSTypeAliasDeclaration: (node) => {
      unions.set(node.id.name, node.typeAnnotation);
    },
  }).visit(source.program);
  return unions;
}
