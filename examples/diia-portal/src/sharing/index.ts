export { missingReason, type MissingCopy, type Receipt, type ShareSummary, type Verdict } from './receipt.ts'
export { Shares, type Share, type SharesDeps, type ShareState } from './shares.ts'
