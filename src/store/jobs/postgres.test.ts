import { evidence } from '#test/evidence.ts';
import { postgresJobs } from '#test/fixtures/job-drivers.ts';
import { jobContract } from './contract.ts';
import { jobLeaseContract } from './leases/contract.ts';

evidence(
  'platform/jobs on PostgreSQL',
  'real tool',
  'PostgreSQL of Debian, workers in several processes, some of them killed',
);

jobContract(postgresJobs);
jobLeaseContract(postgresJobs);
