import { type Block, type Memory, ULONG_BYTES, ulongAt } from './memory.ts';
import { type Cryptoki, Refusal, unusable } from './module.ts';
import type { KeyAttributes, KeySearch } from './protocol.ts';

const CKO_CERTIFICATE = 1;
const CKO_PUBLIC_KEY = 2;
const CKO_PRIVATE_KEY = 3;

const CKA_CLASS = 0x0;
const CKA_LABEL = 0x3;
const CKA_VALUE = 0x11;
const CKA_KEY_TYPE = 0x100;
const CKA_ID = 0x102;
const CKA_SIGN = 0x108;
const CKA_MODULUS = 0x120;
const CKA_PUBLIC_EXPONENT = 0x122;
const CKA_EC_PARAMS = 0x180;
const CKA_EC_POINT = 0x181;
const CKA_ALWAYS_AUTHENTICATE = 0x202;

/** Of one attribute: certificates are the largest. */
const MAX_VALUE_BYTES = 64 * 1024;
/** Of objects that match: there should be one. */
const MAX_OBJECTS = 256;
const UNAVAILABLE = 0xffff_ffff_ffff_ffffn;
/** ATTRIBUTE_SENSITIVE, ATTRIBUTE_TYPE_INVALID: what the module does not tell. */
const NOT_TOLD = [0x11, 0x12];

export interface FoundKey {
  readonly handle: bigint;
  readonly attributes: KeyAttributes;
  /** Whether each signature takes a login of its own. */
  readonly alwaysAuthenticate: boolean;
}

type Condition = readonly [attribute: number, value: Uint8Array];

/** The one private key that is meant, with what says which public key is its other half. */
export function findKey(module: Cryptoki, session: bigint, search: KeySearch): FoundKey {
  const conditions: Condition[] = [
    ...condition(CKA_LABEL, search.label === null ? null : Buffer.from(search.label, 'hex')),
    ...condition(CKA_ID, search.id === null ? null : Buffer.from(search.id, 'hex')),
  ];
  const handles = findObjects(module, session, CKO_PRIVATE_KEY, conditions);
  const [handle] = handles;
  if (handle === undefined || handles.length > 1) {
    throw new Refusal({ kind: 'keys', count: handles.length });
  }
  const own = (attribute: number): Buffer | null => readAttribute(module, session, handle, attribute);
  const id = condition(CKA_ID, own(CKA_ID));
  const label = condition(CKA_LABEL, own(CKA_LABEL));
  const same = id.length > 0 ? id : label;
  const kind = condition(CKA_KEY_TYPE, own(CKA_KEY_TYPE));
  const publicKey = same.length > 0 ? theOne(module, session, CKO_PUBLIC_KEY, [...same, ...kind], label) : undefined;
  const certificate = id.length > 0 ? theOne(module, session, CKO_CERTIFICATE, id, label) : undefined;
  const either = (attribute: number): string | null => {
    const value =
      own(attribute) ?? (publicKey === undefined ? null : readAttribute(module, session, publicKey, attribute));
    return value?.toString('hex') ?? null;
  };
  return {
    handle,
    alwaysAuthenticate: own(CKA_ALWAYS_AUTHENTICATE)?.[0] === 1,
    attributes: {
      keyType: Number(own(CKA_KEY_TYPE)?.readBigUInt64LE(0) ?? -1n),
      maySign: own(CKA_SIGN)?.[0] !== 0,
      modulus: either(CKA_MODULUS),
      publicExponent: either(CKA_PUBLIC_EXPONENT),
      ecParams: either(CKA_EC_PARAMS),
      ecPoint: either(CKA_EC_POINT),
      certificate:
        certificate === undefined
          ? null
          : (readAttribute(module, session, certificate, CKA_VALUE)?.toString('hex') ?? null),
    },
  };
}

/**
 * The object that belongs to the key: by what it has to have, or else, where several have it, by its label too. None
 * rather than one of several: what is shown as the key's public half has to be that.
 */
function theOne(
  module: Cryptoki,
  session: bigint,
  kind: number,
  conditions: readonly Condition[],
  label: readonly Condition[],
): bigint | undefined {
  const found = findObjects(module, session, kind, conditions);
  const meant = found.length > 1 ? findObjects(module, session, kind, [...conditions, ...label]) : found;
  return meant.length === 1 ? meant[0] : undefined;
}

/** An empty value says nothing: some modules give one to every key. */
function condition(attribute: number, value: Uint8Array | null): readonly Condition[] {
  return value === null || value.length === 0 ? [] : [[attribute, value]];
}

function findObjects(
  module: Cryptoki,
  session: bigint,
  kind: number,
  conditions: readonly Condition[],
): readonly bigint[] {
  using memory = module.memory();
  const all: readonly Condition[] = [[CKA_CLASS, memory.ulongs([kind]).bytes], ...conditions];
  const template = attributesIn(memory, all);
  module.call('C_FindObjectsInit', [session, template.address, all.length]);
  const handles: bigint[] = [];
  const room = memory.take(MAX_OBJECTS * ULONG_BYTES);
  const count = memory.ulongs([0]);
  for (;;) {
    module.call('C_FindObjects', [session, room.address, MAX_OBJECTS, count.address]);
    const found = ulongAt(count);
    if (found > MAX_OBJECTS) {
      throw unusable('answer', `${found} objects in the room of ${MAX_OBJECTS}`);
    }
    handles.push(...Array.from({ length: Number(found) }, (_, index) => ulongAt(room, index)));
    if (found === 0n || handles.length > MAX_OBJECTS) {
      break;
    }
  }
  module.call('C_FindObjectsFinal', [session]);
  return handles;
}

/** CK_ATTRIBUTE: type, address and length. */
function attributesIn(memory: Memory, conditions: readonly Condition[]): Block {
  return memory.ulongs(
    conditions.flatMap(([attribute, value]) => [attribute, memory.take(value).address, value.length]),
  );
}

function readAttribute(module: Cryptoki, session: bigint, object: bigint, attribute: number): Buffer | null {
  using memory = module.memory();
  const asked = memory.ulongs([attribute, 0, 0]);
  if (module.call('C_GetAttributeValue', [session, object, asked.address, 1], NOT_TOLD) !== 0) {
    return null;
  }
  const length = ulongAt(asked, 2);
  if (length === UNAVAILABLE || length === 0n) {
    return null;
  }
  if (length > MAX_VALUE_BYTES) {
    throw unusable('answer', `an attribute of ${length} bytes`);
  }
  const value = memory.take(Number(length));
  const told = memory.ulongs([attribute, value.address, length]);
  module.call('C_GetAttributeValue', [session, object, told.address, 1]);
  const written = ulongAt(told, 2);
  if (written > length) {
    throw unusable('answer', `${written} bytes of an attribute in the room of ${length}`);
  }
  return Buffer.from(value.bytes.subarray(0, Number(written)));
}
