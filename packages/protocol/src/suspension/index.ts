export { SUSPENSION_GROUNDS, type ListedSuspension, type SuspensionGround, type SuspensionList, type SuspensionTarget } from './types.ts'
export { parseSuspensionList, SUSPENSION_LIST_NS, SUSPENSIONS_FILE, SUSPENSIONS_PART, writeSuspensionList } from './part.ts'
export { withoutSuspended } from './without-suspended.ts'
