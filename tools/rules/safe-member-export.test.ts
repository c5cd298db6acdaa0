import { safeMemberExport } from './safe-member-export.ts';
import { testRule } from './tester.ts';

testRule('safe-member-export', safeMemberExport, {
  good: [
    'export const dpkg: Cataloger = { id: "dpkg" };',
    "import { parse } from './parse.ts'; export type { Entry } from './parse.ts'; export const dpkg: Cataloger = { parse };",
    'export interface Options {} export const dpkg: Cataloger = {};',
  ],
  bad: [
    'export const dpkg = { id: "dpkg" };',
    'export const dpkg: Cataloger = {}; export const other: Cataloger = {};',
    'export const dpkg: Cataloger = {}; export function parse() {}',
    'export const dpkg: Cataloger = {}; export class Dpkg {}',
    "export const dpkg: Cataloger = {}; export { parse } from './parse.ts';",
    "export const dpkg: Cataloger = {}; export * from './parse.ts';",
    'export const dpkg: Cataloger = {}; export default dpkg;',
    'const dpkg: Cataloger = {};',
  ],
});
