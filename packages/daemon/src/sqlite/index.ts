export { type Database, type DatabaseOptions, type Migration, openDatabase } from './open-database.ts'
