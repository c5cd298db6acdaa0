import { z } from 'zod';

export type ClusterImagePolicy = z.infer<typeof clusterImagePolicySchema>;
export type Authority = z.infer<typeof authority>;
export type Identity = z.infer<typeof identity>;
export type KeyRef = z.infer<typeof keyRef>;

const secretRef = z.strictObject({ name: z.string().optional(), namespace: z.string().optional() });

const keyRef = z
  .strictObject({
    secretRef: secretRef.optional(),
    data: z.string().min(1).optional(),
    kms: z.string().min(1).optional(),
    hashAlgorithm: z.enum(['sha224', 'sha256', 'sha384', 'sha512']).optional(),
  })
  .superRefine(({ secretRef: secret, data, kms }, context) => {
    if ([secret, data, kms].filter((source) => source !== undefined).length !== 1) {
      context.addIssue({ code: 'custom', path: [], message: 'expected exactly one of data, kms, secretRef' });
    }
  });

const identity = z
  .strictObject({
    issuer: z.string().min(1).optional(),
    subject: z.string().min(1).optional(),
    issuerRegExp: z.string().min(1).optional(),
    subjectRegExp: z.string().min(1).optional(),
  })
  .superRefine((entry, context) => {
    for (const name of ['issuer', 'subject'] as const) {
      if ((entry[name] === undefined) === (entry[`${name}RegExp`] === undefined)) {
        context.addIssue({ code: 'custom', path: [], message: `expected exactly one of ${name} and ${name}RegExp` });
      }
    }
  });

const policy = z.strictObject({
  type: z.enum(['cue', 'rego']),
  data: z.string().optional(),
  remote: z.strictObject({ url: z.string(), sha256sum: z.string() }).optional(),
  configMapRef: z.strictObject({ name: z.string(), namespace: z.string().optional(), key: z.string() }).optional(),
  fetchConfigFile: z.boolean().optional(),
  includeSpec: z.boolean().optional(),
  includeObjectMeta: z.boolean().optional(),
  includeTypeMeta: z.boolean().optional(),
});

const trustRootRef = z.string().optional();

const authority = z
  .strictObject({
    name: z.string().optional(),
    key: keyRef.optional(),
    keyless: z
      .strictObject({
        url: z.string().optional(),
        identities: z.array(identity).min(1, 'expected at least one identity').max(256),
        'ca-cert': keyRef.optional(),
        trustRootRef,
        insecureIgnoreSCT: z.boolean().optional(),
      })
      .superRefine((entry, context) => {
        if (entry.url !== undefined && entry['ca-cert'] !== undefined) {
          context.addIssue({ code: 'custom', path: ['ca-cert'], message: 'expected either url or ca-cert' });
        }
      })
      .optional(),
    static: z.strictObject({ action: z.enum(['pass', 'fail']), message: z.string().optional() }).optional(),
    source: z
      .array(
        z.strictObject({
          oci: z.string().optional(),
          signaturePullSecrets: z.array(secretRef).optional(),
          tagPrefix: z.string().optional(),
        }),
      )
      .max(1)
      .optional(),
    ctlog: z.strictObject({ url: z.string().optional(), trustRootRef }).optional(),
    attestations: z
      .array(z.strictObject({ name: z.string().min(1), predicateType: z.string().min(1), policy: policy.optional() }))
      .max(64)
      .optional(),
    rfc3161timestamp: z.strictObject({ trustRootRef }).optional(),
    signatureFormat: z.enum(['legacy', 'bundle']).optional(),
  })
  .superRefine((entry, context) => {
    const kinds = (['key', 'keyless', 'static'] as const).filter((kind) => entry[kind] !== undefined);
    if (kinds.length !== 1) {
      context.addIssue({ code: 'custom', path: [], message: 'expected exactly one of key, keyless, static' });
    }
    const beside = (['attestations', 'source', 'ctlog', 'rfc3161timestamp'] as const).find(
      (name) => entry[name] !== undefined,
    );
    if (entry.static !== undefined && beside !== undefined) {
      context.addIssue({ code: 'custom', path: [beside], message: 'expected nothing of the kind beside static' });
    }
  });

/** `ClusterImagePolicy` of policy.sigstore.dev, as its webhook accepts it: unknown fields are refused there too. */
export const clusterImagePolicySchema = z.strictObject({
  apiVersion: z.enum(['policy.sigstore.dev/v1alpha1', 'policy.sigstore.dev/v1beta1']),
  kind: z.literal('ClusterImagePolicy'),
  metadata: z.looseObject({ name: z.string().min(1) }),
  spec: z.strictObject({
    images: z
      .array(
        z.strictObject({
          glob: z
            .string()
            .regex(/^[a-zA-Z0-9_:/*.@-]+$/, 'expected a glob of the characters a-z A-Z 0-9 - _ : / * . @'),
        }),
      )
      .min(1, 'expected at least one glob')
      .max(256),
    authorities: z.array(authority).max(256).optional(),
    policy: policy.optional(),
    mode: z.enum(['enforce', 'warn']).optional(),
    match: z.array(z.looseObject({})).optional(),
  }),
  status: z.unknown().optional(),
});
