import { defineRule, nameOf } from './rule.ts';

const MODULES = new Set(['node:http', 'node:https', 'node:http2', 'undici']);
const CALLS = new Set(['request', 'get', 'connect']);
const OBJECTS = new Set(['http', 'https', 'http2']);

/**
 * Requests go through src/base/http or src/lib/oci/transport: they bind credentials to an origin, follow redirects by hand,
 * and cap what comes back. The bare global `fetch` is refused by no-restricted-globals, which knows about scopes.
 */
export const noRawFetch = defineRule(
  'Requests go through src/base/http or src/lib/oci/transport, which bind credentials to an origin.',
  (report) => ({
    ImportDeclaration: (node) => {
      if (!MODULES.has(node.source.value) || node.importKind === 'type') {
        return;
      }
      for (const specifier of node.specifiers) {
        const imported = specifier.type === 'ImportSpecifier' ? nameOf(specifier.imported) : null;
        if (node.source.value === 'undici' || CALLS.has(imported ?? '')) {
          report(specifier);
        }
      }
    },
    MemberExpression: (node) => {
      const [object, property] = [nameOf(node.object) ?? '', nameOf(node.property) ?? ''];
      if ((OBJECTS.has(object) && CALLS.has(property)) || (object === 'globalThis' && property === 'fetch')) {
        report(node);
      }
    },
  }),
);
