export { backupApi } from './api.ts'
export { readBackup, writeBackup, type BackupHeader, type SignedBackup } from './archive.ts'
export { describeBackup, restoreBackupFile, writeBackupFile, type BackupCommandDeps } from './commands.ts'
export { Backups, restoreBackup, type BackupsDeps, type KeptBackup } from './backups.ts'
