/** A name of CPE 2.3 (naming specification, section 6.2), as far as matching reads it: unescaped, lower case. */
export interface Cpe {
  /** `a` for an application, `o` for an operating system, `h` for hardware. */
  readonly part: string;
  readonly vendor: string;
  readonly product: string;
  /** `*` is any, `-` is none. */
  readonly version: string;
  readonly update: string;
  /** The environment that the product is for. */
  readonly targetSoftware: string;
}

const PREFIX = 'cpe:2.3:';
const PARTS = 11;
const MAX_CHARS = 2048;

/** Null for what is no CPE 2.3 formatted string. */
export function parseCpe(text: string): Cpe | null {
  if (!text.startsWith(PREFIX) || text.length > MAX_CHARS) {
    return null;
  }
  const parts = splitParts(text.slice(PREFIX.length));
  const [part = '', vendor = '', product = '', version = '', update = '', , , , targetSoftware = ''] = parts;
  return parts.length === PARTS && !parts.includes('')
    ? { part, vendor, product, version, update, targetSoftware }
    : null;
}

/** A colon behind a backslash is part of a name. */
function splitParts(text: string): readonly string[] {
  const parts: string[] = [];
  let open = '';
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at] ?? '';
    if (char === '\\') {
      at += 1;
      open += text[at] ?? '';
    } else if (char === ':') {
      parts.push(open);
      open = '';
    } else {
      open += char;
    }
  }
  return [...parts, open].map((part) => part.toLowerCase());
}

/**
 * Products that NVD has under names of former owners, by the name that catalogers give them. Each is one program all along:
 * products that were split off or that share a name are not here.
 */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ['containous:traefik', 'traefik:traefik'],
  ['igor_sysoev:nginx', 'f5:nginx'],
  ['larry_wall:perl', 'perl:perl'],
  ['linuxfoundation:valkey', 'lfprojects:valkey'],
  ['mysql:mysql', 'oracle:mysql'],
  ['nginx:nginx', 'f5:nginx'],
  ['nodejs:nodejs', 'nodejs:node.js'],
  ['pivotal_software:redis', 'redis:redis'],
  ['python_software_foundation:python', 'python:python'],
  ['redislabs:redis', 'redis:redis'],
  ['squid:squid', 'squid-cache:squid'],
]);

/** `vendor:product`, by which the advisories of NVD go here. */
export function productOf({ vendor, product }: Cpe): string {
  const name = `${vendor}:${product}`;
  return ALIASES.get(name) ?? name;
}

/** Of the CPE of a package, when it is one of an application and not of all products; else null. */
export function applicationOf(text: string | undefined): string | null {
  const cpe = text === undefined ? null : parseCpe(text);
  return cpe?.part === 'a' && isNamed(cpe.vendor) && isNamed(cpe.product) ? productOf(cpe) : null;
}

function isNamed(value: string): boolean {
  return value !== '*' && value !== '-';
}
