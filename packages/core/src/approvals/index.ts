export { approvalsApi, type ApprovalsApiDeps } from './api.ts'
export { Approvals, type ApprovalQuery, type ApprovalsDeps } from './approvals.ts'
export { holdForApproval, REASON_HEADER, type HoldOptions, type Operation } from './hold-for-approval.ts'
export { APPROVAL_STATES, type Approval, type ApprovalState } from './types.ts'
