import type { Package } from '#model/package.ts';
import type { ProductVersion } from './distributions.ts';

/** Programs that no package manager knows, by the name that catalogers give them, as endoflife.date names products. */
const PROGRAMS: ReadonlyMap<string, string> = new Map([
  ['bun', 'bun'],
  ['deno', 'deno'],
  ['erlang', 'erlang'],
  ['haproxy', 'haproxy'],
  ['httpd', 'apache-http-server'],
  ['mariadb', 'mariadb'],
  ['memcached', 'memcached'],
  ['mongodb', 'mongodb'],
  ['mysql', 'mysql'],
  ['nginx', 'nginx'],
  ['node', 'nodejs'],
  ['perl', 'perl'],
  ['php', 'php'],
  ['postgresql', 'postgresql'],
  ['python', 'python'],
  ['rabbitmq', 'rabbitmq'],
  ['redis', 'redis'],
  ['ruby', 'ruby'],
  ['valkey', 'valkey'],
]);

/** Packages that others than the distribution publish for it, which it does not support. */
const PUBLISHED: ReadonlyMap<string, string> = new Map([
  ['mariadb-server', 'mariadb'],
  ['mongodb-org-server', 'mongodb'],
  ['mysql-community-server', 'mysql'],
  ['nginx', 'nginx'],
  ['nodejs', 'nodejs'],
  ['redis-server', 'redis'],
]);

/** Each builder of OpenJDK supports its own builds for as long as it likes. By the beginning of what the runtime says of its maker. */
const JAVA_BUILDERS: readonly (readonly [maker: string, product: string])[] = [
  ['Alibaba', 'alibaba-dragonwell'],
  ['Amazon', 'amazon-corretto'],
  ['Azul Systems', 'azul-zulu'],
  ['BellSoft', 'bellsoft-liberica'],
  ['Eclipse Adoptium', 'eclipse-temurin'],
  ['IBM', 'ibm-semeru-runtime'],
  ['International Business Machines', 'ibm-semeru-runtime'],
  ['Microsoft', 'microsoft-build-of-openjdk'],
  ['Oracle', 'openjdk-builds-from-oracle'],
  ['Red Hat', 'redhat-build-of-openjdk'],
  ['SAP', 'sapmachine'],
];

/** The shared framework of .NET, whose packages are named by their platform. */
const DOTNET = 'Microsoft.NETCore.App.Runtime.';

/**
 * What a package is as a product of its own. Null for what is none, and for what the distribution brought in: that is supported for
 * as long as the distribution, which repairs it by itself. `distributed` holds the purls of its packages.
 */
export function productOfRuntime(item: Package, distributed: ReadonlySet<string>): ProductVersion | null {
  if (item.version === '' || item.confidence === 'declared' || isDistributed(item, distributed)) {
    return null;
  }
  const product = productOf(item);
  return product === null ? null : { products: [product], version: versionOf(item) };
}

function isDistributed(item: Package, distributed: ReadonlySet<string>): boolean {
  return (
    distributed.has(item.purl) ||
    (item.locations.length > 0 && item.locations.every(({ ownedBy }) => distributed.has(ownedBy ?? '')))
  );
}

function productOf(item: Package): string | null {
  switch (item.type) {
    case 'generic':
      return item.name === 'openjdk' || item.name === 'oracle-jdk'
        ? javaProduct(item)
        : (PROGRAMS.get(item.name) ?? null);
    case 'nuget':
      return item.name.startsWith(DOTNET) ? 'dotnet' : null;
    case 'apk':
    case 'deb':
    case 'rpm':
      return PUBLISHED.get(item.name) ?? (/^postgresql-?[0-9]{1,2}$/.test(item.name) ? 'postgresql' : null);
    default:
      return null;
  }
}

function javaProduct({ name, vendor = '' }: Package): string | null {
  if (name === 'oracle-jdk') {
    return 'oracle-jdk';
  }
  return JAVA_BUILDERS.find(([maker]) => vendor.startsWith(maker))?.[1] ?? null;
}

/** Without the epoch of a packaged one, and Java's as releases are called since 9: `1.8.0_392` is of 8. */
function versionOf({ type, name, version }: Package): string {
  if (type === 'generic' && name === 'openjdk') {
    return version.replace(/^1\.(?=[0-9])/, '');
  }
  return version.replace(/^[0-9]+:/, '');
}
