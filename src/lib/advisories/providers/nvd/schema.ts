import { z } from 'zod';
import { CveId } from '../cve.ts';

/** What is read of a record of the NVD (schema of the CVE API 2.0); it has more. */
const Text = z.string();
/** Without a zone, which is UTC. */
const Timestamp = z.iso.datetime({ local: true });

const Metric = z.object({
  source: Text,
  type: z.enum(['Primary', 'Secondary']),
  cvssData: z.object({ vectorString: Text }),
});

const CpeMatch = z.object({
  vulnerable: z.boolean(),
  criteria: Text,
  versionStartIncluding: Text.optional(),
  versionStartExcluding: Text.optional(),
  versionEndIncluding: Text.optional(),
  versionEndExcluding: Text.optional(),
});

const Operator = z.enum(['AND', 'OR']);
const Node = z.object({ operator: Operator, negate: z.boolean().optional(), cpeMatch: z.array(CpeMatch) });

export const NvdRecord = z.object({
  cve: z.object({
    id: CveId,
    published: Timestamp,
    lastModified: Timestamp,
    vulnStatus: Text.optional(),
    descriptions: z.array(z.object({ lang: Text, value: Text })),
    metrics: z
      .object({
        cvssMetricV40: z.array(Metric).optional(),
        cvssMetricV31: z.array(Metric).optional(),
        cvssMetricV30: z.array(Metric).optional(),
        cvssMetricV2: z.array(Metric).optional(),
      })
      .optional(),
    configurations: z
      .array(z.object({ operator: Operator.optional(), negate: z.boolean().optional(), nodes: z.array(Node) }))
      .optional(),
    references: z.array(z.object({ url: Text, tags: z.array(Text).optional() })).optional(),
  }),
});

export type NvdCve = z.infer<typeof NvdRecord>['cve'];
export type NvdMetric = z.infer<typeof Metric>;
export type NvdConfiguration = NonNullable<NvdCve['configurations']>[number];
export type NvdNode = z.infer<typeof Node>;
export type NvdCpeMatch = z.infer<typeof CpeMatch>;
