export { postgresPrograms, startPostgres, type RunningPostgres } from './postgres.ts'
