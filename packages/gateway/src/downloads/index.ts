export { Downloads, type DownloadDeps } from './downloads.ts'
