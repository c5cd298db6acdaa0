import { defineRule, nameOf } from './rule.ts';

const BODY = new Set(['arrayBuffer', 'blob', 'bytes', 'json', 'text']);
const WHOLE = new Set([
  'readFile',
  'readFileSync',
  ...['gunzip', 'inflate', 'inflateRaw', 'unzip', 'brotliDecompress', 'zstdDecompress'].flatMap((name) => [
    name,
    `${name}Sync`,
  ]),
]);
const SOURCES = new Set(['node:fs', 'node:fs/promises', 'node:zlib']);

/**
 * What comes from an image, a feed or a request is read through src/base/limits.ts, where every read has a cap: a body of
 * unknown size, a whole file, or one-shot decompression is how a bomb gets in. Streams are not reported.
 */
export const noUnboundedRead = defineRule('Read through src/base/limits.ts, where every read has a cap.', (report) => ({
  ImportDeclaration: (node) => {
    if (node.source.value === 'node:stream/consumers') {
      report(node);
    }
    if (SOURCES.has(node.source.value)) {
      for (const specifier of node.specifiers) {
        if (specifier.type === 'ImportSpecifier' && WHOLE.has(nameOf(specifier.imported) ?? '')) {
          report(specifier);
        }
      }
    }
  },
  MemberExpression: (node) => {
    if (WHOLE.has(nameOf(node.property) ?? '')) {
      report(node);
    }
  },
  ObjectPattern: (node) => {
    for (const property of node.properties) {
      if (property.type === 'Property' && WHOLE.has(nameOf(property.key) ?? '')) {
        report(property);
      }
    }
  },
  CallExpression: (node) => {
    const { callee } = node;
    // `z.json()` of zod is a schema, no body.
    if (node.arguments.length === 0 && callee.type === 'MemberExpression' && nameOf(callee.object) !== 'z') {
      if (BODY.has(nameOf(callee.property) ?? '')) {
        report(node);
      }
    }
  },
}));
