import { Fields } from '../../fields.ts';
import type { PredicateReader } from '../predicate.ts';

const TYPE = 'https://sigstore.dev/cosign/sign/v1';

export const cosignSign: PredicateReader = {
  id: 'cosign-sign',
  capabilities: {
    title: 'Image signature of cosign 3',
    kind: 'signature',
    predicateTypes: [TYPE],
    specification: 'https://github.com/sigstore/cosign/blob/main/specs/BUNDLE_SPEC.md',
  },
  reads: (predicateType) => predicateType === TYPE,
  read: (predicate, _predicateType, object) => {
    // Its members are not defined, so that none can take anything back; but it is an object.
    Fields.of(predicate, object, 'PREDICATE_INVALID', 'predicate');
    return { kind: 'signature' };
  },
};
