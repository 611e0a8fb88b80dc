export { messageLogApi } from './message-log-api.ts'
