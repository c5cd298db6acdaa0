/** Where jobs and schedules are. Times are milliseconds UTC. In PostgreSQL jobs are graphile-worker's own tables. */
export interface JobTables {
  readonly jobs: JobRow;
  readonly schedules: ScheduleRow;
}

export interface JobRow {
  readonly id: string;
  readonly project_id: string | null;
  readonly kind: string;
  readonly payload: string;
  readonly job_key: string | null;
  readonly priority: number;
  readonly run_at: number;
  readonly attempts: number;
  readonly max_attempts: number;
  readonly leased_by: string | null;
  readonly leased_until: number | null;
  readonly last_error: string | null;
  readonly failed_at: number | null;
  readonly created_at: number;
}

export interface ScheduleRow {
  readonly kind: string;
  readonly next_at: number;
}
