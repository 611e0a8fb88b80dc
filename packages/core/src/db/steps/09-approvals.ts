export const APPROVALS_STEP = ''
