export { GatewayMessageLog, type MessageLogOptions, openMessageLog } from './message-log.ts'
export { TsaClient } from './tsa-client.ts'
export { BodySpool, type SealedBody } from './spool.ts'
export { BODY_BYTES_MAX_DEFAULT } from './policy.ts'
export { openLogKeys } from './keys.ts'
export type {
  ArchiveGrouping, ArchiveOptions, Completeness, Direction, FoundRecord, LogRecord, MessageLog, MessageLogLimits, MessageLogState, NamedContainer,
  RecordPage, RecordPageQuery, RecordPosition, RecordQuery, RecordSeal, RecordSearch, RecordStatus, Side, StoredBody, TimestampingOptions, TimestampProvider
} from './types.ts'
export { escapeFileName as encodedQueryId } from '@trembita/protocol/asic'
